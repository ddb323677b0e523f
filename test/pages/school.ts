/**
 * A school in its second year, as the journal of a rollover has it: a messy workbook with names that try to break out
 * of a page, an account made by hand, a plan that waits for its answer. No Temporal is at hand here.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '../../data/configuration.js';
import { openPool } from '../../data/database/connect.js';
import { selectPlanHeader } from '../../data/journal/plans.js';
import { beginRun, endRun, insertComment, insertDecision, insertOpening } from '../../data/journal/runs.js';
import { selectManaged } from '../../data/journal/managed.js';
import { storeSettings } from '../../data/journal/settings.js';
import { selectSnapshotHeader } from '../../data/journal/snapshots.js';
import type { Gate, OpenGate } from '../../data/model/gate.js';
import { eachEnrolment } from '../../data/model/managed-enrolments.js';
import { buildReport } from '../../data/report/build-report.js';
import { openSchools, type School } from '../../data/schools.js';
import { settingsHash } from '../../data/settings/hash.js';
import { computePlan, storePlan } from '../../data/stages/compute-plan.js';
import { computeRemovals, storeRemovals } from '../../data/stages/compute-removals.js';
import { compareAfter, fingerprintBefore } from '../../data/stages/grade-safety.js';
import { verifyPlan } from '../../data/stages/verify.js';
import { addAccountByHand } from '../../embedded/pocket-moodle/account-by-hand.js';
import { createPocketMoodle, type PocketMoodle } from '../../embedded/pocket-moodle.js';
import { nextYear, sampleSchool, type SampleSchool } from '../../embedded/sample-school.js';
import { messy, type MessySchool } from '../../embedded/sample-school/dirt.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { runCommand, type Ended } from '../cli/school.js';
import { applyStored, planSnapshot } from '../support/apply-in-process.js';
import { testServer } from '../support/database.js';
import { readSchool } from '../support/read-school.js';
import { openSettings } from '../support/school.js';
import { planUndo } from '../support/undo.js';

/** Names that would do something if a page let them. */
export const hostileNames = {
  script: '<script>document.title="broken"</script>',
  image: '"><img src="http://attacker.example/x" onerror="document.title=1">',
  style: '</style><h1>Broken</h1>',
  turned: '\u202eeman denrut',
} as const;

export interface PageSchool {
  readonly school: School;
  readonly folder: string;
  readonly snapshotId: number;
  readonly planId: number;
  readonly planHash: string;
  readonly runId: number;
  run(...args: readonly string[]): Promise<Ended>;
  /** Writes the page and returns its file. */
  page(...args: readonly string[]): Promise<string>;
  /** The plan is approved, carried out and checked; the run ends with its report. */
  finish(): Promise<void>;
  /** Plans what is no longer in KnowledgeNET: everything may be suspended and hidden. Returns the plan's id. */
  planRemovals(): Promise<number>;
  /** Somebody signs in to a new account; then taking the run back is planned. Returns the plan's id. */
  planUndo(): Promise<number>;
  close(): Promise<void>;
}

/** Clean records get them, new and old ones: what is left out by a finding never reaches a plan. */
function withHostileNames({ school, dirt }: MessySchool): SampleSchool {
  const changed = structuredClone(school);
  const dirty = new Set(dirt.map(({ subject }) => subject));
  const clean = changed.students.filter(
    ({ externalId, groups }) => !dirty.has(externalId) && groups.length > 0,
  );
  for (const [at, name] of Object.values(hostileNames).entries()) {
    const student = clean.at(-20 - at);
    if (student !== undefined) student.surname = name;
  }
  const group = changed.groups.find(
    ({ groupType, externalId }) => groupType === 'Class' && !dirty.has(externalId),
  );
  if (group !== undefined) group.name = `${hostileNames.script} Maths`;
  return changed;
}

async function bringLastYear(school: School, sample: SampleSchool): Promise<void> {
  const settings = openSettings(sample.year);
  await storeSettings(school.journal, settings, settingsHash(settings), 'kiri');
  const bytes = toWorkbook(sample, 'xlsx');
  const { snapshotId } = await readSchool(school, [{ name: 'kn.xlsx', bytes }]);
  const stored = await planSnapshot(school, snapshotId);
  await applyStored(school, stored);
  const runId = await beginRun(school.journal, {
    kind: 'rollover',
    year: sample.year,
    workflowId: `rollover/kowhai/${sample.year}`,
    workflowRunId: `first-${sample.year}`,
    startedBy: 'kiri',
  });
  await verifyPlan(school, runId, stored.planId);
  await endRun(school.journal, runId, 'completed', await buildReport(school.journal, runId, 'completed'));
}

/** Somebody of last year has a grade. */
async function plantGrade({ db, journal }: School, moodle: string): Promise<void> {
  const managed = await selectManaged(journal);
  const enrolment = [...eachEnrolment(managed.enrolments)].find(({ role }) => role === 'student');
  const courseId = managed.courses.get(enrolment?.group ?? '')?.moodleId ?? 0;
  const item = 'INSERT INTO ??.mdl_grade_items (id, courseid, itemname, itemtype) VALUES (1, ?, ?, ?)';
  await db.raw(item, [moodle, courseId, 'Essay', 'manual']);
  const grade = 'INSERT INTO ??.mdl_grade_grades (id, itemid, userid, finalgrade) VALUES (1, 1, ?, 70)';
  await db.raw(grade, [moodle, enrolment?.userid ?? 0]);
}

/** @param students of last year */
export async function createPageSchool(students = 180): Promise<PageSchool> {
  const suffix = randomBytes(5).toString('hex');
  const names = { journal: `page_journal_${suffix}`, moodle: `page_moodle_${suffix}` };
  const where: PocketMoodle = { database: names.moodle, prefix: 'mdl_' };
  const folder = await mkdtemp(join(tmpdir(), 'rollover-pages-'));
  const { host, port, user, password } = testServer();
  const db = openPool(testServer(), { max: 2 });
  await createPocketMoodle(db, where, 'Kōwhai College');
  const database = { host, port, user, passwordEnv: 'TEST_DATABASE_PASSWORD' };
  const path = join(folder, 'rollover.yaml');
  const configuration = {
    temporal: { address: '127.0.0.1:1' },
    journal: { schema: names.journal },
    schools: { kowhai: { name: 'Kōwhai College', database, moodle: { database: names.moodle } } },
  };
  await writeFile(path, JSON.stringify(configuration));
  const env = { TEST_DATABASE_PASSWORD: password, ROLLOVER_CONFIG: path };
  const schools = openSchools(loadConfiguration(path, env));
  const school = await schools.open('kowhai');

  const lastYear = sampleSchool({ seed: 'pages', year: 2026, students });
  await bringLastYear(school, lastYear);
  const clean = nextYear(lastYear);
  const settings = openSettings(clean.year);
  await storeSettings(school.journal, settings, settingsHash(settings), 'kiri');
  const newcomers = clean.students.slice(-12, -4);
  for (const { login, firstName, surname, email } of newcomers.slice(0, 3))
    await addAccountByHand(db, where, { login, firstName, surname, email });
  const bytes = toWorkbook(withHostileNames(messy(clean, 'pages')), 'xlsx');
  const { snapshotId } = await readSchool(school, [{ name: 'kn.xlsx', bytes }]);

  await plantGrade(school, names.moodle);

  const workflowId = `rollover/kowhai/${clean.year}`;
  const runId = await beginRun(school.journal, {
    kind: 'rollover',
    year: clean.year,
    workflowId,
    workflowRunId: 'second',
    startedBy: 'kiri',
  });
  const open = async (gate: Gate, subject: OpenGate['subject'], hash: string): Promise<void> => {
    await insertOpening(school.journal, runId, { gate, opening: 1, subject, hash, counts: {} });
  };
  const approve = async (gate: Gate, hash: string, comment?: string): Promise<void> => {
    const commentId = comment === undefined ? null : await insertComment(school.journal, 'mere', comment);
    await insertDecision(school.journal, {
      workflowId,
      decisionId: `${gate}-1`,
      gate,
      opening: 1,
      verdict: 'approve',
      hash,
      account: 'mere',
      channel: 'update',
      outcome: 'accepted',
      commentId,
    });
  };
  const { hash: snapshotHash } = await selectSnapshotHeader(school.journal, snapshotId);
  await open('data', { kind: 'snapshot', id: snapshotId }, snapshotHash);
  await approve('data', snapshotHash, `${hostileNames.turned} ${hostileNames.style}`);
  const stored = await storePlan(school, runId, snapshotId, await computePlan(school, snapshotId, false));
  const { hash } = await selectPlanHeader(school.journal, stored.planId);
  await open('plan', { kind: 'plan', id: stored.planId }, hash);

  const run = (...args: readonly string[]): Promise<Ended> => runCommand(args, { env, cwd: folder });
  return {
    school,
    folder,
    snapshotId,
    planId: stored.planId,
    planHash: hash,
    runId,
    run,
    async page(...args) {
      const file = join(folder, `${args.join('-')}.html`);
      const ended = await run(...args, '--html', file);
      if (ended.code !== 0) throw new Error(ended.stderr);
      return file;
    },
    async finish() {
      await approve('plan', hash);
      // somebody makes an account with a login that the plan wants
      const [taken] = clean.students.slice(-6, -5);
      if (taken !== undefined)
        await addAccountByHand(db, where, { ...taken, firstName: 'Another', email: 'another@example.org' });
      await fingerprintBefore(school, stored.planId);
      await applyStored(school, { ...stored, plan: (await computePlan(school, snapshotId, false)).plan });
      // a teacher marks meanwhile
      await db.raw('UPDATE ??.mdl_grade_grades SET finalgrade = 71 WHERE id = 1', [names.moodle]);
      await compareAfter(school, stored.planId);
      await verifyPlan(school, runId, stored.planId);
      await endRun(school.journal, runId, 'completed', await buildReport(school.journal, runId, 'completed'));
    },
    async planRemovals() {
      const allowed = { ...settings, deletion: { users: true, enrolments: true, courses: 'hide' as const } };
      await storeSettings(school.journal, allowed, settingsHash(allowed), 'kiri');
      const computed = await computeRemovals(school, snapshotId, 'rollover');
      return (await storeRemovals(school, runId, snapshotId, computed)).planId;
    },
    async planUndo() {
      const { plan } = await planUndo(school, runId);
      const removed = plan.changes.find((one) => one.kind === 'user' && one.operation === 'remove');
      if (removed === undefined || !('moodleId' in removed)) throw new Error('No account would be removed.');
      await db.raw('UPDATE ??.mdl_user SET firstaccess = 5, lastaccess = 5 WHERE id = ?', [
        names.moodle,
        removed.moodleId,
      ]);
      return (await planUndo(school, runId)).planId;
    },
    async close() {
      await schools.close();
      for (const name of Object.values(names)) await db.raw('DROP DATABASE IF EXISTS ??', [name]);
      await db.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
