/** The verdict after an accident. */
import { expect } from 'vitest';
import type { Stage } from './stage.js';
import { countStates } from '../../data/journal/plans.js';
import { selectManaged } from '../../data/journal/managed.js';
import { countEnrolments } from '../../data/model/managed-enrolments.js';
import { countTwice, naturalRows } from '../support/natural-rows.js';

/** Same rows as the undisturbed run, nothing twice, journal and Moodle agree. */
export async function expectSameRows(stage: Stage): Promise<void> {
  const { disturbed, calm } = stage.plans;
  const rows = await naturalRows(disturbed.school.db, disturbed.school.moodle.database);
  expect(rows).toEqual(await naturalRows(calm.school.db, calm.school.moodle.database));
  expect(await countTwice(disturbed.school.db, disturbed.school.moodle.database)).toEqual({
    users: 0,
    enrolments: 0,
    roles: 0,
    contexts: 0,
    courses: 0,
  });
  const progress = await countStates(disturbed.school.journal, disturbed.planId);
  expect(progress).toEqual({ pending: 0, applied: disturbed.changes, satisfied: 0, conflict: 0 });
  const managed = await selectManaged(disturbed.school.journal);
  expect(managed.users.size + managed.courses.size + countEnrolments(managed.enrolments)).toBeGreaterThan(
    100,
  );
  expect(managed.users.size).toBe((await selectManaged(calm.school.journal)).users.size);
}
