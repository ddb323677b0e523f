/** Around deleting for good: what was to go goes with its grades; a loss of anybody else fails the run. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gatherBeside } from '../../cli/report/gather.js';
import { renderBeside } from '../../cli/text/report-safety.js';
import { createStyle } from '../../cli/text/style.js';
import { compareAfterBreak, compareAfterDeletion, lookBeforeDeletion } from '../../data/deletion/grades.js';
import { selectRun } from '../../data/journal/runs.js';
import type { DeletionHeader } from '../../data/journal/deletions.js';
import { largestClass, plantWork, type Planted } from '../grade-safety/plant.js';
import { describeWithMoodle } from '../support/database.js';
import { everything, setStage, type Stage } from './stage.js';

describeWithMoodle('grades around deleting', () => {
  let stage: Stage;
  let planted: Planted;
  let list: DeletionHeader;
  let stays: number;

  beforeEach(async () => {
    stage = await setStage();
    await stage.setDeletion(everything);
    planted = await plantWork(stage.school, await largestClass(stage.school));
    list = await stage.list();
    await stage.approve(list);
    const items = await stage.items(list);
    const going = new Set(items.flatMap(({ kind, moodleId }) => (kind === 'user' ? [moodleId] : [])));
    const courses = new Set(items.flatMap(({ kind, moodleId }) => (kind === 'course' ? [moodleId] : [])));
    const moved = new Set(items.flatMap(({ kind, userId }) => (kind === 'enrolment' ? [userId] : [])));
    expect(courses).not.toContain(planted.courseId);
    stays = planted.students.find((id) => !going.has(id) && !moved.has(id)) ?? 0;
    // of an account that goes, also where the sample put none of them into this class
    await stage.write(
      `INSERT IGNORE INTO {grade_grades} (itemid, userid, finalgrade)
        SELECT id, ?, 7 FROM {grade_items} WHERE itemmodule IS NOT NULL`,
      [[...going][0]],
    );
    await lookBeforeDeletion(stage.school, list.id);
  }, 240_000);
  afterEach(() => stage?.close());

  async function gradesOf(people: readonly number[]): Promise<number> {
    const [row] = await stage.rows<{ n: number }>(
      'SELECT COUNT(*) AS n FROM {grade_grades} WHERE userid IN (?)',
      [people],
    );
    return Number(row?.n);
  }

  async function report(): Promise<string> {
    const run = await selectRun(stage.school.journal, stage.runId);
    if (run === null) throw new Error('no run');
    const beside = await gatherBeside(stage.school.journal, run);
    return renderBeside(beside, `rollover undo ${run.id}`, createStyle(false)).join('\n');
  }

  test('go with whom the list named, and are no loss then', async () => {
    const users = (await stage.items(list)).flatMap(({ kind, moodleId }) =>
      kind === 'user' ? [moodleId] : [],
    );
    const others = await gradesOf(planted.students.filter((id) => !users.includes(id)));
    expect(await gradesOf(users)).toBeGreaterThan(0);
    await stage.run(list);
    expect(await gradesOf(users)).toBe(0);
    expect(await gradesOf(planted.students)).toBe(others);
    await compareAfterDeletion(stage.school, list.id);
    expect(await report()).toContain('nothing is gone');
  });

  test('of somebody who stays are missed, named, and fail the run', async () => {
    await stage.run(list, {
      onPoint: async (point) => {
        if (point === 'answered') await stage.write('DELETE FROM {grade_grades} WHERE userid = ?', [stays]);
      },
    });
    await expect(compareAfterDeletion(stage.school, list.id)).rejects.toMatchObject({
      code: 'GradeLoss',
      details: { losses: 1 },
    });
    const text = await report();
    expect(text).toContain(planted.externalIds.get(stays) ?? '?');
    expect(text).toContain('grade_grades, 1 row gone');
    expect(text).toContain(`rollover undo ${stage.runId}`);
  });

  test('are compared, too, when deleting is broken off, and only once', async () => {
    await stage.write('UPDATE {grade_grades} SET finalgrade = NULL WHERE userid = ?', [stays]);
    await expect(compareAfterBreak(stage.school)).rejects.toMatchObject({ code: 'GradeLoss' });
    await stage.write('UPDATE {grade_grades} SET finalgrade = 5 WHERE userid = ?', [stays]);
    await expect(compareAfterDeletion(stage.school, list.id)).rejects.toMatchObject({ code: 'GradeLoss' });
  });
});
