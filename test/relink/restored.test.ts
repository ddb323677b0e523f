/** A Moodle restored from a backup: the journal follows it, and the year is made again with nobody twice. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../activities/index.js';
import { selectGivenUp } from '../../data/journal/managed-history.js';
import { selectManaged } from '../../data/journal/managed.js';
import { selectTarget } from '../../data/journal/targets.js';
import { RolloverError } from '../../data/model/errors.js';
import { countMissingCourses } from '../../data/moodle/preflight.js';
import { probeSite } from '../../data/moodle/probe.js';
import { isNothingToRelink, lookAtRelink, relink } from '../../data/stages/relink.js';
import { describeWithMoodle } from '../support/database.js';
import { brokenInvariants, readInvariants } from '../support/invariants.js';
import type { TestSchool } from '../support/school.js';
import { countTwice, naturalRows } from '../support/natural-rows.js';
import { applyYear, createYears, dumpMoodle, type Dump } from './stage.js';

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof RolloverError) return error.code;
    throw error;
  }
  return 'nothing was refused';
}

describeWithMoodle('a Moodle restored from a backup', () => {
  let calm: TestSchool;
  let own: TestSchool;
  let dump: Dump;
  let firstSnapshot: number;

  beforeAll(async () => {
    calm = await createYears();
    await applyYear(calm, 2026);
    await applyYear(calm, 2027);
    own = await createYears();
    ({ snapshotId: firstSnapshot } = await applyYear(own, 2026));
    dump = await dumpMoodle(own);
    const { states } = await applyYear(own, 2027);
    expect(states).toMatchObject({ pending: 0, conflict: 0 });
    await dump.restore();
  }, 240_000);
  afterAll(async () => {
    await dump?.discard();
    await own?.close();
    await calm?.close();
  });

  const preflight = (): Promise<unknown> => {
    const context = {
      open: async () => own.school,
      passwordKey: null,
      limits: {},
      onApplyPoint: () => undefined,
    };
    const activities = createActivities(context);
    const input = { school: 'test', forWriting: true };
    return new MockActivityEnvironment().run(() => activities.preflight(input));
  };

  const order = (hash: string, workflowId: string) => ({
    hash,
    workflowId,
    acceptSite: false,
    account: 'admin',
  });

  test('courses alone tell of a restore, but one that a person deleted does not', async () => {
    const { db, journal, moodle } = calm.school;
    const site = await probeSite(db, moodle);
    const missing = (): Promise<number> => countMissingCourses(db, site, journal.targetId);
    expect(await missing()).toBe(0);
    const courses = [...(await selectManaged(journal)).courses.values()].map(({ moodleId }) => moodleId);
    const newest = Math.max(...courses);
    const table = `\`${moodle.database}\`.mdl_course`;
    // in a transaction of its own that is taken back, so that the school stays whole
    const trx = await db.transaction();
    await trx.raw(`DELETE FROM ${table} WHERE id = ?`, [newest]);
    expect(await countMissingCourses(trx, site, journal.targetId)).toBe(0);
    await trx.raw(`UPDATE ${table} SET timecreated = timecreated + 1 WHERE id = ?`, [Math.min(...courses)]);
    expect(await countMissingCourses(trx, site, journal.targetId)).toBe(1);
    await trx.rollback();
    expect(await missing()).toBe(0);
    const site2 = await probeSite(own.school.db, own.school.moodle);
    expect(await countMissingCourses(own.school.db, site2, own.school.journal.targetId)).toBeGreaterThan(0);
  });

  test('nothing is to be relinked where nothing was restored', async () => {
    expect(isNothingToRelink(await lookAtRelink(calm.school))).toBe(true);
  });

  test('is not written to: the run says so and names the way out', async () => {
    const refusal = await preflight().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(RolloverError);
    expect((refusal as RolloverError).code).toBe('MoodleRestored');
    expect((refusal as RolloverError).mend).toContain('rollover relink');
  });

  test('says by kind what is gone, and looking changes nothing', async () => {
    const before = await selectManaged(own.school.journal);
    const { finding, siteChanged } = await lookAtRelink(own.school);
    expect(siteChanged).toBe(false);
    expect(finding.counts['gone.user']).toBeGreaterThan(0);
    expect(finding.counts['gone.course']).toBeGreaterThan(0);
    expect(finding.counts['gone.enrolment']).toBeGreaterThan(0);
    expect(finding.counts['removed']).toBe(0);
    expect(finding.idnumberLost).toEqual([]);
    expect(await selectManaged(own.school.journal)).toEqual(before);
  });

  test('what was confirmed must be what is there', async () => {
    const { hash } = await lookAtRelink(own.school);
    expect(await codeOf(relink(own.school, order(hash.replace(/^./, 'x'), 'stale')))).toBe('StaleDecision');
    expect(await selectGivenUp(own.school.journal)).toEqual([]);
  });

  test('after relinking the year is made again: the same rows as undisturbed, nobody twice', async () => {
    const { journal, db, moodle } = own.school;
    const { hash, finding } = await lookAtRelink(own.school);
    const counts = await relink(own.school, order(hash, 'one'));
    expect(counts).toEqual(finding.counts);
    // the same workflow again finds what it did
    expect(await relink(own.school, order(hash, 'one'))).toEqual(counts);
    expect(await selectGivenUp(journal)).toHaveLength(finding.lost.length);
    expect((await selectTarget(journal)).appliedSnapshotId).toBe(firstSnapshot);
    expect(isNothingToRelink(await lookAtRelink(own.school))).toBe(true);
    await preflight();
    const { states } = await applyYear(own, 2027);
    expect(states).toMatchObject({ pending: 0, conflict: 0 });
    expect(await naturalRows(db, moodle.database)).toEqual(
      await naturalRows(calm.school.db, calm.school.moodle.database),
    );
    expect(Object.values(await countTwice(db, moodle.database))).toEqual([0, 0, 0, 0, 0]);
    const place = { database: moodle.database, prefix: 'mdl_' };
    expect(await brokenInvariants(db, place, await readInvariants())).toEqual({});
    const [mine, theirs] = [await selectManaged(journal), await selectManaged(calm.school.journal)];
    expect([...mine.enrolments.keys()].sort()).toEqual([...theirs.enrolments.keys()].sort());
    expect([...mine.courses.keys()].sort()).toEqual([...theirs.courses.keys()].sort());
  }, 120_000);
});
