/** What is withdrawn → the list that a person decides about: read, judged by the pure rules, counted, stored and sealed. */
import {
  insertDeletion,
  insertDeletionItems,
  insertDeletionKept,
  sealDeletion,
  selectDeletion,
  type DeletionHeader,
} from '../journal/deletions.js';
import { select } from '../journal/journal.js';
import { selectRemovalReading } from '../journal/plan-purpose.js';
import { selectSnapshotHeader } from '../journal/snapshots.js';
import { selectTarget } from '../journal/targets.js';
import type { DeletionItem } from '../model/deletion.js';
import { eachEnrolment } from '../model/managed-enrolments.js';
import type { Withdrawn } from '../model/removal.js';
import { countHanging } from '../moodle/hanging.js';
import { probeSite } from '../moodle/probe.js';
import type { MoodleSite } from '../moodle/site.js';
import { selectRolesInCourses, selectSiteRoleHolders } from '../moodle/sql/hanging.js';
import { keepsGradeHistory } from '../rules/deletion/grade-history.js';
import { deletionHash } from '../rules/deletion/hash.js';
import { listDeletions, type DeletionInput, type DeletionList } from '../rules/deletion/list-deletions.js';
import { countKinds } from '../rules/deletion/typed-counts.js';
import type { PlanInput } from '../rules/plan/plan-input.js';
import type { School } from '../schools.js';
import { readPlanInput } from '../stages/compute-plan.js';
import { readingForRemovals } from '../stages/compute-removals.js';
import { settingsInForce } from '../stages/settings-in-force.js';
import { findSetup, kindsToDelete } from './setup.js';

/** Enrolments that are withdrawn and whose people have other roles in the same course: given by others, or inside it. */
async function findOtherRoles(
  school: School,
  site: MoodleSite,
  { managed, moodle }: PlanInput,
  withdrawn: readonly Withdrawn[],
): Promise<Set<number>> {
  const ids = new Set(withdrawn.flatMap(({ kind, moodleId }) => (kind === 'enrolment' ? [moodleId] : [])));
  const rows = moodle.enrolments.filter(({ id }) => ids.has(id));
  const roleOf = new Map([...eachEnrolment(managed.enrolments)].map((one) => [one.moodleId, one.role]));
  const roleIds: Readonly<Record<string, number>> = site.roles;
  const users = [...new Set(rows.map(({ userid }) => userid))];
  const given = new Map<string, { roleid: number; inside: number; component: string }[]>();
  const courses = [...new Set(rows.map(({ courseid }) => courseid))];
  for (const { userid, courseid, ...role } of await selectRolesInCourses(school.db, site, users, courses)) {
    const key = `${userid} ${courseid}`;
    given.set(key, [...(given.get(key) ?? []), role]);
  }
  const found = new Set<number>();
  for (const { id, userid, courseid } of rows) {
    const own = roleIds[roleOf.get(id) ?? ''];
    const others = (given.get(`${userid} ${courseid}`) ?? []).filter(
      ({ roleid, inside, component }) => roleid !== own || inside !== 0 || component !== '',
    );
    if (others.length > 0) found.add(id);
  }
  return found;
}

/**
 * The reading that this run's removals were judged by, or a newer one that Moodle was brought to; null when its absences
 * say nothing. One with an open question about a class code is not remembered as applied: what is asked about stays.
 */
async function readingForDeletion(school: School, runId: number): Promise<number | null> {
  const { journal } = school;
  const planned = await selectRemovalReading(journal, runId);
  const { appliedSnapshotId } = await selectTarget(journal);
  const reading = planned === null ? appliedSnapshotId : await readingForRemovals(school, planned);
  if (reading === null) return null;
  return (await selectSnapshotHeader(journal, reading)).complete ? reading : null;
}

async function readNow(school: School): Promise<string> {
  const [row] = await select<{ now: string }>(school.journal.db, 'SELECT CURRENT_TIMESTAMP(3) AS now');
  return row?.now ?? '';
}

async function readInput(
  school: School,
  site: MoodleSite,
  snapshotId: number,
  graceOver: boolean,
): Promise<DeletionInput> {
  const { settings } = await settingsInForce(school.journal);
  const input = await readPlanInput(school, snapshotId, settings, site, false);
  const { withdrawn = [] } = input;
  const allowed = new Set(kindsToDelete(settings));
  return {
    ...input,
    season: 'rollover',
    graceOver,
    withdrawn,
    now: await readNow(school),
    keepsGradeHistory: keepsGradeHistory(site.config, settings.retentionDays),
    siteRoles: new Set(allowed.has('user') ? await selectSiteRoleHolders(school.db, site) : []),
    otherRoles: allowed.has('enrolment')
      ? await findOtherRoles(school, site, input, withdrawn)
      : new Set<number>(),
  };
}

/** Names of what is lost with the list, as gates show it. */
function countLosses(items: readonly DeletionItem[]): Record<string, number> {
  const losses: Record<string, number> = {};
  const add = (name: string, count: number): void => {
    if (count > 0) losses[name] = (losses[name] ?? 0) + count;
  };
  for (const { hanging } of items) {
    for (const name of ['grades', 'submissions', 'posts', 'files'] as const)
      if (hanging[name] === null) losses['lost.unknown'] = 1;
      else add(`lost.${name}`, hanging[name]);
    add('lost.enrolments', hanging.enrolments ?? 0);
    add('lost.used', (hanging.lastAccess ?? 0) > 0 ? 1 : 0);
  }
  return losses;
}

async function store(
  school: School,
  runId: number,
  snapshotId: number,
  site: MoodleSite,
  list: DeletionList,
  signal: AbortSignal | undefined,
): Promise<DeletionHeader> {
  const { journal } = school;
  const hanging = await countHanging(school.db, site, list.items);
  const nothing = {
    grades: null,
    submissions: null,
    posts: null,
    files: null,
    enrolments: null,
    lastAccess: null,
  };
  const items = list.items.map((item, at): DeletionItem => ({
    ...item,
    seq: at + 1,
    hanging: hanging[at] ?? nothing,
  }));
  const { settings } = await settingsInForce(journal);
  const setup = items.length === 0 ? [] : await findSetup(school, site, kindsToDelete(settings), signal);
  const counts = { ...countKinds(items), ...countLosses(items) };
  const id = await insertDeletion(journal, { runId, snapshotId, counts, setup });
  await insertDeletionItems(journal, id, items);
  await insertDeletionKept(journal, id, list.kept);
  await sealDeletion(journal, id, deletionHash(items));
  return selectDeletion(journal, id);
}

export interface ListOptions {
  readonly runId: number;
  /** A person has ended the grace period before its time. */
  readonly graceOver?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Makes a list and stores it; nothing is asked of Moodle's web services but whether they would do it. Null: no reading
 * says what is gone, or nothing of what is withdrawn may be deleted by the settings.
 */
export async function makeDeletionList(
  school: School,
  { runId, graceOver = false, signal }: ListOptions,
): Promise<DeletionHeader | null> {
  const { settings } = await settingsInForce(school.journal);
  const snapshotId = await readingForDeletion(school, runId);
  if (snapshotId === null || kindsToDelete(settings).length === 0) return null;
  const site = await probeSite(school.db, school.moodle);
  const list = listDeletions(await readInput(school, site, snapshotId, graceOver));
  return store(school, runId, snapshotId, site, list, signal);
}
