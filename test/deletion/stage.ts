/** A school of which some people, a class and a membership have left KN: suspended and hidden, and old enough to go. */
import type { DeletionPoint } from '../../data/deletion/points.js';
import { makeDeletionList } from '../../data/deletion/make-list.js';
import { deleteSlice, type DeletionSlice } from '../../data/deletion/slice.js';
import { decideDeletion, selectDeletionItems, type DeletionHeader } from '../../data/journal/deletions.js';
import { beginRun } from '../../data/journal/runs.js';
import { storeSettings } from '../../data/journal/settings.js';
import { holdTarget, setAppliedSnapshot } from '../../data/journal/targets.js';
import type { DeletionResult } from '../../data/model/deletion.js';
import type { SchoolSettings } from '../../data/model/settings.js';
import { probeSite } from '../../data/moodle/probe.js';
import type { TablePlace } from '../../data/moodle/sql/statement.js';
import type { School } from '../../data/schools.js';
import { settingsHash } from '../../data/settings/hash.js';
import { computeRemovals, storeRemovals } from '../../data/stages/compute-removals.js';
import { sampleSchool, type SampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { applyStored, planSnapshot } from '../support/apply-in-process.js';
import { moodleDeletions, type Deletions } from '../support/moodle-deletions.js';
import { startMoodleStandIn, type MoodleStandIn } from '../support/moodle-webservice.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, openSettings } from '../support/school.js';

export const HOLDER = 'rollover/test/2027';

/** Everything may go, at once. */
export const everything: SchoolSettings['deletion'] = {
  users: true,
  enrolments: true,
  courses: 'delete',
  forGood: true,
  graceDays: 0,
};

export interface Stage {
  /** With the stand-in as its web service. */
  readonly school: School;
  /** Where this Moodle's tables are. */
  readonly place: TablePlace;
  readonly moodle: MoodleStandIn;
  readonly deletions: Deletions;
  readonly runId: number;
  /** External IDs. */
  readonly leavers: readonly string[];
  readonly lostClass: string;
  /** Still there, no longer a member of `of`. */
  readonly mover: { readonly person: string; readonly of: string };
  rows<R>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  write(sql: string, values?: readonly unknown[]): Promise<void>;
  setDeletion(deletion: SchoolSettings['deletion']): Promise<void>;
  list(): Promise<DeletionHeader>;
  approve(list: DeletionHeader): Promise<void>;
  /** One slice, long enough for everything. */
  run(list: DeletionHeader, options?: RunOptions): Promise<DeletionSlice>;
  items(list: DeletionHeader): Promise<DeletionResult[]>;
  close(): Promise<void>;
}

export interface RunOptions {
  readonly onPoint?: (point: DeletionPoint) => void | Promise<void>;
  readonly unansweredMs?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The same school when four students, a class and one membership have gone. */
function later(before: SampleSchool): {
  after: SampleSchool;
  leavers: string[];
  lost: string;
  mover: string;
  of: string;
} {
  const [first, ...others] = before.groups;
  const lost = first?.externalId ?? '';
  const leavers = before.students.slice(0, 4).map(({ externalId }) => externalId);
  const stay = before.students.slice(4);
  const sizes = new Map(
    others.map(({ externalId }) => [
      externalId,
      stay.filter(({ groups }) => groups.includes(externalId)).length,
    ]),
  );
  const moving = stay.find(({ groups }) => groups.some((group) => (sizes.get(group) ?? 0) > 5));
  const of = moving?.groups.find((group) => (sizes.get(group) ?? 0) > 5) ?? '';
  const students = stay.map((student) => ({
    ...student,
    groups: student.groups.filter((group) => group !== lost && !(student === moving && group === of)),
  }));
  const teachers = before.teachers.map((teacher) => ({
    ...teacher,
    groups: teacher.groups.filter((group) => group !== lost),
  }));
  return {
    after: { ...before, groups: others, students, teachers },
    leavers,
    lost,
    mover: moving?.externalId ?? '',
    of,
  };
}

async function bring(school: School, sample: SampleSchool): Promise<number> {
  const { snapshotId } = await readSchool(school, [{ name: 'kn.xlsx', bytes: toWorkbook(sample, 'xlsx') }]);
  await applyStored(school, await planSnapshot(school, snapshotId));
  await setAppliedSnapshot(school.journal, snapshotId);
  return snapshotId;
}

/** Makes it: applied, then removed mildly. */
export async function setStage(): Promise<Stage> {
  const own = await createSchool('4.5', { ...openSettings(), deletion: everything });
  const { db, journal, moodle: place } = own.school;
  const before = sampleSchool({ seed: 'deletion', year: 2027, students: 36 });
  const { after, leavers, lost, mover, of } = later(before);
  await bring(own.school, before);
  const snapshotId = await bring(own.school, after);
  const removals = await computeRemovals(own.school, snapshotId, 'rollover');
  await applyStored(own.school, {
    ...(await storeRemovals(own.school, null, snapshotId, removals)),
    plan: removals.plan,
  });
  const deletions = moodleDeletions(db, place.database);
  const site = await probeSite(db, place);
  const moodle = await startMoodleStandIn({
    account: { id: 2, username: 'admin' },
    version: site.version,
    release: site.release,
    handlers: deletions.handlers,
  });
  const school: School = { ...own.school, webService: moodle.service() };
  const runId = await beginRun(journal, {
    kind: 'rollover',
    year: 2027,
    workflowId: HOLDER,
    workflowRunId: 'one',
    startedBy: 'test',
  });
  await holdTarget(journal, HOLDER);
  const named = (sql: string): string =>
    sql.replace(/\{(\w+)\}/g, (_, name: string) => `\`${place.database}\`.\`mdl_${name}\``);
  return {
    school,
    place: site,
    moodle,
    deletions,
    runId,
    leavers,
    lostClass: lost,
    mover: { person: mover, of },
    async rows<R>(sql: string, values: readonly unknown[] = []) {
      const [rows] = (await db.raw(named(sql), values as never)) as unknown as [R[]];
      return rows;
    },
    async write(sql, values = []) {
      await db.raw(named(sql), values as never);
    },
    async setDeletion(deletion) {
      // in the middle of a term all the same
      const settings = { ...openSettings(), deletion, calendar: { removals: 'any-time' } as const };
      await storeSettings(journal, settings, settingsHash(settings), 'test');
    },
    async list() {
      const list = await makeDeletionList(school, { runId });
      if (list === null) throw new Error('there is no list');
      return list;
    },
    async approve(list) {
      await decideDeletion(journal, list.id, { verdict: 'approved', dumpId: null, account: 'test' });
    },
    async run(list, options = {}) {
      const {
        onPoint = () => undefined,
        unansweredMs = 0,
        timeoutMs,
        signal = new AbortController().signal,
      } = options;
      const webService = moodle.service(timeoutMs === undefined ? {} : { timeoutMs });
      return deleteSlice({
        school: { ...school, webService },
        place: site,
        deletionId: list.id,
        approvedHash: list.hash,
        holder: HOLDER,
        sliceMs: 600_000,
        unansweredMs,
        signal,
        onPoint,
      });
    },
    items: (list) => selectDeletionItems(journal, list.id),
    async close() {
      await moodle.close();
      await own.close();
    },
  };
}
