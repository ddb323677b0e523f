/** The list of what may be deleted for good, made from a real Moodle database; nothing is deleted here. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { School } from '../../data/schools.js';
import { selectTarget, setAppliedSnapshot } from '../../data/journal/targets.js';
import { computeRemovals, storeRemovals } from '../../data/stages/compute-removals.js';
import { makeDeletionList } from '../../data/deletion/make-list.js';
import { describeWithMoodle } from '../support/database.js';
import { everything, setStage, type Stage } from './stage.js';

let stage: Stage;

describeWithMoodle('the list of what may be deleted for good', () => {
  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(() => stage?.close());

  test('lists what we withdrew, with what hangs on it', async () => {
    const [leaver] = await stage.rows<{ id: number }>('SELECT id FROM {user} WHERE idnumber = ?', [
      stage.leavers[0],
    ]);
    await stage.write(
      `INSERT INTO {grade_items} (courseid, itemtype, itemname, gradetype)
        SELECT MAX(id), 'manual', 'Test', 1 FROM {course} WHERE idnumber <> ?`,
      [stage.lostClass],
    );
    await stage.write(
      'INSERT INTO {grade_grades} (itemid, userid, finalgrade) SELECT MAX(id), ?, 7 FROM {grade_items}',
      [leaver?.id],
    );
    await stage.write('UPDATE {user} SET lastaccess = 1700000000 WHERE id = ?', [leaver?.id]);
    const list = await stage.list();
    const items = await stage.items(list);
    expect(
      items
        .filter(({ kind }) => kind === 'user')
        .map(({ externalId }) => externalId)
        .sort(),
    ).toEqual([...stage.leavers].sort());
    expect(items.filter(({ kind }) => kind === 'course').map(({ externalId }) => externalId)).toEqual([
      stage.lostClass,
    ]);
    expect(
      items
        .filter(({ kind }) => kind === 'enrolment')
        .map(({ externalId, secondId }) => [externalId, secondId]),
    ).toEqual([[stage.mover.of, stage.mover.person]]);
    const graded = items.find(({ kind, moodleId }) => kind === 'user' && moodleId === leaver?.id);
    expect(graded?.hanging).toMatchObject({
      grades: 1,
      submissions: 0,
      posts: 0,
      files: 0,
      lastAccess: 1_700_000_000,
    });
    expect(graded?.hanging.enrolments).toBeGreaterThan(0);
    expect(items.find(({ kind }) => kind === 'course')?.hanging.enrolments).toBeGreaterThan(5);
    expect(list.counts).toMatchObject({
      users: 4,
      courses: 1,
      enrolments: 1,
      'lost.grades': 1,
      'lost.used': 1,
    });
    expect(list.setup).toEqual([]);
  });

  test('without a token the list says what to set up, and no gate is opened', async () => {
    const school: School = { ...stage.school };
    delete (school as { webService?: unknown }).webService;
    const list = await makeDeletionList(school, { runId: stage.runId });
    expect(list?.setup).toEqual([{ what: 'no-web-service', detail: '' }]);
  });

  test('where deletion for good is off nothing is listed', async () => {
    const off = { ...everything, courses: 'hide', forGood: false } as const;
    await stage.setDeletion(off);
    expect(await makeDeletionList(stage.school, { runId: stage.runId })).toBeNull();
    await stage.setDeletion(everything);
  });

  test('nobody is unenrolled where Moodle keeps no history of grades for long enough [T13]', async () => {
    await stage.write("DELETE FROM {config} WHERE name IN ('disablegradehistory', 'gradehistorylifetime')");
    await stage.write("INSERT INTO {config} (name, value) VALUES ('gradehistorylifetime', '30')");
    const list = await stage.list();
    expect(list.counts).toMatchObject({ users: 4, courses: 1, enrolments: 0 });
    await stage.write("UPDATE {config} SET value = '365' WHERE name = 'gradehistorylifetime'");
    expect((await stage.list()).counts).toMatchObject({ enrolments: 1 });
    await stage.write("INSERT INTO {config} (name, value) VALUES ('disablegradehistory', '1')");
    expect((await stage.list()).counts).toMatchObject({ enrolments: 0 });
    await stage.write("DELETE FROM {config} WHERE name IN ('disablegradehistory', 'gradehistorylifetime')");
  });

  test('roles that other people gave keep an enrolment and an account', async () => {
    const [mover] = await stage.rows<{ id: number }>('SELECT id FROM {user} WHERE idnumber = ?', [
      stage.mover.person,
    ]);
    const [context] = await stage.rows<{ id: number }>(
      'SELECT x.id FROM {context} x JOIN {course} c ON c.id = x.instanceid WHERE x.contextlevel = 50 AND c.idnumber = ?',
      [stage.mover.of],
    );
    await stage.write('INSERT INTO {role_assignments} (roleid, contextid, userid) VALUES (4, ?, ?)', [
      context?.id,
      mover?.id,
    ]);
    const [leaver] = await stage.rows<{ id: number }>('SELECT id FROM {user} WHERE idnumber = ?', [
      stage.leavers[0],
    ]);
    await stage.write('INSERT INTO {role_assignments} (roleid, contextid, userid) VALUES (1, 1, ?)', [
      leaver?.id,
    ]);
    const list = await stage.list();
    expect(list.counts).toMatchObject({ users: 3, courses: 1 });
    const items = await stage.items(list);
    expect(items.filter(({ userId, moodleId }) => userId === mover?.id || moodleId === leaver?.id)).toEqual(
      [],
    );
    await stage.write('DELETE FROM {role_assignments} WHERE userid IN (?, ?) AND roleid IN (1, 4)', [
      mover?.id,
      leaver?.id,
    ]);
    expect((await stage.list()).counts).toMatchObject({ users: 4, enrolments: 1 });
  });

  test('is judged by the reading that the removals of the run were planned from', async () => {
    const { journal } = stage.school;
    const { appliedSnapshotId: latest } = await selectTarget(journal);
    const computed = await computeRemovals(stage.school, latest ?? 0, 'rollover');
    await storeRemovals(stage.school, stage.runId, latest ?? 0, computed);
    const [first] = await stage.rows<{ id: number }>('SELECT MIN(id) AS id FROM snapshot');
    // as when a class code of the new reading is asked about: it is not remembered as applied
    await setAppliedSnapshot(journal, first?.id ?? 0);
    try {
      expect((await stage.list()).counts).toMatchObject({ users: 4, courses: 1, enrolments: 1 });
    } finally {
      await setAppliedSnapshot(journal, latest);
    }
  });
});
