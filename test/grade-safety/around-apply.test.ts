/** What a loss of grades or work looks like around an apply, and what is none, on real Moodle databases. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { selectDifferences, selectGradeSafety } from '../../data/journal/grade-safety.js';
import type { GradeSafety } from '../../data/model/grade-safety.js';
import { findWatchedTables } from '../../data/moodle/grade-safety/schema.js';
import { readTotals } from '../../data/moodle/grade-safety/totals.js';
import { probeSite } from '../../data/moodle/probe.js';
import { compareAfter, fingerprintBefore, refuseLoss } from '../../data/stages/grade-safety.js';
import { nextYear, sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { applyStored, planSnapshot, type StoredPlan } from '../support/apply-in-process.js';
import { describeWithMoodle, moodleVersions, type MoodleVersion } from '../support/database.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';
import { largestClass, onMoodle, plantWork, readWork, type Planted } from './plant.js';

const lastYear = sampleSchool({ seed: 'grades', year: 2026, students: 60 });

async function planYear(own: TestSchool, sample: typeof lastYear): Promise<StoredPlan> {
  const bytes = toWorkbook(sample, 'xlsx');
  const { snapshotId } = await readSchool(own.school, [{ name: 'kn.xlsx', bytes }]);
  return planSnapshot(own.school, snapshotId);
}

describeWithMoodle('grades and work around an apply', () => {
  describe.each(moodleVersions)('in Moodle %s', (version: MoodleVersion) => {
    let own: TestSchool;
    let planted: Planted;
    let stored: StoredPlan;

    beforeAll(async () => {
      own = await createSchool(version, openSettings(2026));
      const first = await planYear(own, lastYear);
      await fingerprintBefore(own.school, first.planId);
      await applyStored(own.school, first);
      const empty = await compareAfter(own.school, first.planId);
      expect(empty).toMatchObject({ people: 0, courses: 0, after: { losses: 0, others: 0 } });
      planted = await plantWork(own.school, await largestClass(own.school));
    }, 120_000);
    afterAll(async () => own?.close());
    beforeEach(async () => {
      stored = await planYear(own, nextYear(lastYear));
      await fingerprintBefore(own.school, stored.planId);
    });

    const run = (sql: string, ...bindings: (string | number)[]): Promise<unknown> =>
      onMoodle(own.school, sql, bindings);
    const student = (nth: number): number => planted.students[nth] ?? 0;

    async function compared(): Promise<GradeSafety> {
      const safety = await compareAfter(own.school, stored.planId);
      if (safety === null) throw new Error('Nobody has looked.');
      return safety;
    }

    async function differences(): Promise<object[]> {
      const found = await selectDifferences(own.school.journal, stored.planId, 100);
      return found.map(
        ({ isLoss, table, userId, lostRows, lostValues, newRows, newValues, changed, person, group }) => ({
          isLoss,
          table,
          person: person ?? userId,
          group,
          lostRows,
          lostValues,
          newRows,
          newValues,
          changed,
        }),
      );
    }

    const nothing = { lostRows: 0, lostValues: {}, newRows: 0, newValues: 0, changed: false };

    test('rows and values that go are losses, each named with its person and class', async () => {
      const person = (nth: number): string => planted.externalIds.get(student(nth)) ?? '';
      const { group, courseId } = planted;
      await run(
        'UPDATE {grade_grades} g JOIN {grade_items} i ON i.id = g.itemid SET g.finalgrade = NULL, g.overridden = 0 WHERE i.courseid = ? AND g.userid = ?',
        courseId,
        student(0),
      );
      await run(
        'DELETE s FROM {assign_submission} s JOIN {assign} a ON a.id = s.assignment WHERE a.course = ? AND s.userid = ?',
        courseId,
        student(1),
      );
      await run(
        'DELETE m FROM {groups_members} m JOIN {groups} g ON g.id = m.groupid WHERE g.courseid = ? AND m.userid = ?',
        courseId,
        student(2),
      );
      // gone together with its person's whole group of rows, while another one comes
      await run(
        'UPDATE {quiz_attempts} q JOIN {quiz} z ON z.id = q.quiz SET q.id = q.id + 1000000 WHERE z.course = ? AND q.userid = ?',
        courseId,
        student(3),
      );
      // unticked without Moodle's having written the row
      await run(
        'UPDATE {course_modules_completion} c JOIN {course_modules} m ON m.id = c.coursemoduleid SET c.completionstate = 0 WHERE m.course = ? AND c.userid = ?',
        courseId,
        student(0),
      );
      const safety = await compared();
      expect(safety.after).toMatchObject({ losses: 4, others: 0 });
      expect(await differences()).toEqual(
        expect.arrayContaining(
          [
            {
              ...nothing,
              isLoss: true,
              table: 'grade_grades',
              person: person(0),
              group,
              lostValues: { finalgrade: 1, overridden: 1 },
            },
            { ...nothing, isLoss: true, table: 'assign_submission', person: person(1), group, lostRows: 1 },
            { ...nothing, isLoss: true, table: 'groups_members', person: person(2), group, lostRows: 1 },
            {
              ...nothing,
              isLoss: true,
              table: 'quiz_attempts',
              person: person(3),
              group,
              lostRows: 1,
              newRows: 1,
            },
            {
              ...nothing,
              isLoss: true,
              table: 'course_modules_completion',
              person: person(0),
              group,
              lostValues: { completionstate: 1 },
            },
          ].map((one) => ({ ...one, changed: one.lostRows === 0 })),
        ),
      );
      expect(() => refuseLoss(safety)).toThrow(
        expect.objectContaining({ code: 'GradeLoss', details: { plan: stored.planId, losses: 4 } }) as Error,
      );
      expect(await compared(), 'what was compared once stands').toEqual(safety);
    });

    test('what teachers and students do meanwhile is listed, and is no loss', async () => {
      const { courseId } = planted;
      await run(
        'UPDATE {grade_grades} g JOIN {grade_items} i ON i.id = g.itemid SET g.finalgrade = 99, g.feedback = ? WHERE i.courseid = ? AND g.userid = ?',
        'Tino pai',
        courseId,
        student(1),
      );
      await run(
        'INSERT INTO {grade_grades} (itemid, userid, finalgrade) SELECT id, 2, 50 FROM {grade_items} WHERE courseid = ?',
        courseId,
      );
      // a student takes back a tick: Moodle has written the row since
      await run(
        'UPDATE {course_modules_completion} c JOIN {course_modules} m ON m.id = c.coursemoduleid SET c.completionstate = 0, c.timemodified = UNIX_TIMESTAMP() + 5 WHERE m.course = ? AND c.userid = ?',
        courseId,
        student(4 % planted.students.length),
      );
      const safety = await compared();
      expect(safety.after?.losses).toBe(0);
      expect(() => refuseLoss(safety)).not.toThrow();
      const listed = (await differences()) as {
        table: string;
        newRows: number;
        newValues: number;
        changed: boolean;
      }[];
      expect(listed.map(({ table }) => table).sort()).toEqual(
        expect.arrayContaining(['course_modules_completion', 'grade_grades']),
      );
      expect(listed.some(({ newValues }) => newValues > 0)).toBe(true);
      await run('DELETE FROM {grade_grades} WHERE userid = 2');
    });

    test('the first look stands, also when somebody looks again after a loss', async () => {
      const [before] = await selectGradeSafety(own.school.journal, [stored.planId]);
      await run(
        'DELETE p FROM {forum_posts} p JOIN {forum_discussions} d ON d.id = p.discussion WHERE d.course = ? AND p.userid = ?',
        planted.courseId,
        student(0),
      );
      await fingerprintBefore(own.school, stored.planId);
      expect(await selectGradeSafety(own.school.journal, [stored.planId])).toEqual([before]);
      expect((await compared()).after?.losses).toBe(1);
    });

    test('people and courses apart are the same rows as both together', async () => {
      const site = await probeSite(own.school.db, own.school.moodle);
      const { tables, unread } = await findWatchedTables(own.school.db, site);
      expect(unread).toEqual([]);
      const scope = { table: 'grade_scope', planId: stored.planId };
      for (const table of tables) {
        const apart = await readTotals(own.school.db, site, table, { ...scope, size: 1 }, 0);
        const together = await readTotals(own.school.db, site, table, { ...scope, size: 1_000_000 }, 0);
        expect(together, table.table).toEqual(apart);
      }
    });

    test('next year’s rollover takes nothing, and says how much it has compared', async () => {
      const before = await readWork(own.school, planted.courseId);
      const result = await applyStored(own.school, stored);
      expect(result).toMatchObject({ ended: 'done', progress: { conflict: 0 } });
      const safety = await compared();
      expect(await readWork(own.school, planted.courseId)).toEqual(before);
      expect(safety.people).toBeGreaterThan(20);
      expect(safety.after).toMatchObject({ losses: 0, others: 0 });
      expect(safety.after?.totals).toEqual(safety.totalsBefore);
      const tables = safety.totalsBefore.map(({ table }) => table);
      expect(tables).toEqual(
        expect.arrayContaining([
          'grade_grades',
          'groups_members',
          'course_completions',
          'course_modules_completion',
          'assign_submission',
          'assign_grades',
          'assignsubmission_onlinetext',
          'quiz_attempts',
          'quiz_grades',
          'forum_posts',
        ]),
      );
      const left = `SELECT COUNT(*) AS n FROM grade_look l LEFT JOIN grade_group g ON g.look_id = l.id WHERE l.plan_id = ?`;
      const [[row]] = (await own.school.db.raw(left, [stored.planId])) as unknown as [[{ n: number }]];
      expect(Number(row.n), 'what was kept for comparing is gone').toBe(0);
    });
  });
});
