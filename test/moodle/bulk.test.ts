import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { courseDrafts } from '../../data/moodle/course-defaults.js';
import type { UserPatch } from '../../data/moodle/drafts.js';
import { readMoodleState } from '../../data/moodle/read.js';
import { selectManualInstances } from '../../data/moodle/reread.js';
import { createCategories } from '../../data/moodle/write/categories.js';
import { createCourses, updateCourses } from '../../data/moodle/write/courses.js';
import { enrolUsers } from '../../data/moodle/write/enrolments.js';
import { createUsers, updateUsers } from '../../data/moodle/write/users.js';
import { listRoles } from '../rules/plan/roles.js';
import { describeWithMoodle, moodleVersions } from '../support/database.js';
import { brokenInvariants, readInvariants, type Invariant } from '../support/invariants.js';
import {
  courseChoice,
  enrolmentDraft,
  execute,
  openMoodle,
  rowsIn,
  userDraft,
  writeContext,
  type MoodleFixture,
} from './fixture.js';

const STUDENTS = 280;
const TEACHERS = 20;
const COURSES = 60;
const PER_COURSE = 50;
const formats = ['topics', 'weeks', 'singleactivity', 'social'];

/** Counts the statements that `work` runs. */
async function countStatements(db: Knex, work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const counted = (): void => {
    count += 1;
  };
  db.on('query', counted);
  await work();
  db.removeListener('query', counted);
  return count;
}

vi.setConfig({ testTimeout: 300_000 });

describeWithMoodle('a whole school', () => {
  describe.each(moodleVersions)('in Moodle %s', (version) => {
    let moodle: MoodleFixture;
    let invariants: readonly Invariant[];
    beforeAll(async () => {
      moodle = await openMoodle(version);
      invariants = await readInvariants();
    });
    afterAll(() => moodle.close());

    const sound = async () => expect(await brokenInvariants(moodle.db, moodle.site, invariants)).toEqual({});
    const inTransaction = <T>(work: (tx: Knex) => Promise<T>): Promise<T> => moodle.db.transaction(work);

    test('is written in few statements and leaves a sound database', async () => {
      const { site } = moodle;

      // Three levels under a category that is hidden, in front of one that is not.
      await inTransaction(async (tx) => {
        const ctx = writeContext(tx, site);
        const [hidden = 0] = await createCategories(ctx, [
          { name: 'Archive', parent: 0, idnumber: 'ARC' },
          { name: 'Departments', parent: 0 },
        ]);
        await execute(
          tx,
          site,
          'course_categories',
          `UPDATE # SET visible = 0, visibleold = 0 WHERE id = ${hidden}`,
        );
        let parent = hidden;
        for (const name of ['2025', '2026', 'Kura'])
          [parent = 0] = await createCategories(ctx, [{ name, parent }]);
      });
      await sound();
      const categories = await rowsIn(moodle.db, site, 'course_categories', '1 = 1');
      const byOrder = categories.sort((a, b) => Number(a['sortorder']) - Number(b['sortorder']));
      expect(
        byOrder.map((row) => [row['name'], row['sortorder'], row['visible'], row['visibleold']]),
      ).toEqual([
        ['Category 1', 10_000, 1, 1],
        ['Archive', 20_000, 0, 0],
        ['2025', 30_000, 0, 1],
        ['2026', 40_000, 0, 1],
        ['Kura', 50_000, 0, 1],
        ['Departments', 60_000, 1, 1],
      ]);

      const people = [
        ...Array.from({ length: STUDENTS }, (_, n) => userDraft(`student${n}`)),
        ...Array.from({ length: TEACHERS }, (_, n) =>
          userDraft(`teacher${n}`, { password: '$2y$10$abcdefghijklmnopqrstuv', passwordSet: true }),
        ),
      ];
      const userStatements = await inTransaction((tx) =>
        countStatements(tx, () => createUsers(writeContext(tx, site), people)),
      );
      expect(userStatements).toBeLessThan(20);
      await sound();

      const homes = byOrder.map((row) => Number(row['id']));
      const choices = Array.from({ length: COURSES }, (_, n) =>
        courseChoice(`C${n}`, {
          format: formats[n % formats.length] ?? 'topics',
          category: homes[n % homes.length] ?? 1,
          enddate: 0,
          visible: n % 7 !== 0,
        }),
      );
      const courseStatements = await inTransaction((tx) =>
        countStatements(tx, async () =>
          createCourses(writeContext(tx, site), await courseDrafts(tx, site, choices)),
        ),
      );
      expect(courseStatements).toBeLessThan(45);
      await sound();

      const state = await readMoodleState(moodle.db, site);
      const courses = state.courses.map((course) => course.id);
      const manual = await selectManualInstances(moodle.db, site, courses);
      const students = state.users.filter((user) => user.username.startsWith('student'));
      const teachers = state.users.filter((user) => user.username.startsWith('teacher'));
      const drafts = courses.flatMap((courseid, n) => {
        const enrolid = manual.get(courseid)?.[0]?.id ?? 0;
        const members = students.map((user) => user.id);
        const rotated = [...members.slice((n * 13) % STUDENTS), ...members.slice(0, (n * 13) % STUDENTS)];
        return [
          ...rotated
            .slice(0, PER_COURSE - 1)
            .map((userid) => enrolmentDraft(courseid, enrolid, userid, site.roles.student)),
          enrolmentDraft(courseid, enrolid, teachers[n % TEACHERS]?.id ?? 0, site.roles.editingteacher),
        ];
      });
      expect(drafts).toHaveLength(3000);
      const enrolStatements = await inTransaction((tx) =>
        countStatements(tx, () => enrolUsers(writeContext(tx, site), drafts)),
      );
      expect(enrolStatements).toBeLessThan(60);
      await sound();

      const after = await readMoodleState(moodle.db, site);
      expect(after.enrolments).toHaveLength(3000);
      expect(listRoles(after.roles)).toHaveLength(3000);
      expect(after.manualInstances).toHaveLength(COURSES);

      const renamed = students.map((user): UserPatch => ({
        id: user.id,
        set: { lastname: `New ${user.id}` },
      }));
      const updateStatements = await inTransaction((tx) =>
        countStatements(tx, async () => {
          await updateUsers(writeContext(tx, site), renamed);
          await updateCourses(
            writeContext(tx, site),
            courses.map((id) => ({ id, set: { fullname: `Renamed ${id}` } })),
          );
        }),
      );
      expect(updateStatements).toBeLessThan(12);
      await sound();
      const last = await readMoodleState(moodle.db, site);
      expect(last.users.filter((user) => user.lastname === `New ${user.id}`)).toHaveLength(STUDENTS);
      expect(last.courses.every((course) => course.fullname === `Renamed ${course.id}`)).toBe(true);
    });
  });
});
