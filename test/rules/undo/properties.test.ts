/** Whatever a plan did to whatever Moodle: as long as nobody else was there, its undo leaves what was before. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { enrolmentsByMoodleId, findEnrolment } from '../../../data/model/managed-enrolments.js';
import type { Change, Plan } from '../../../data/model/plan.js';
import { KEY_SEPARATOR } from '../../../data/model/snapshot.js';
import type { MoodleState } from '../../../data/moodle/state.js';
import { makePlan } from '../../../data/rules/plan/make-plan.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { makeUndoPlan } from '../../../data/rules/undo/make-undo-plan.js';
import type { Done, InsertedRow, UndoCategory, UndoInput, Use } from '../../../data/rules/undo/undo-input.js';
import { applyPlan, type Applied } from '../plan/apply-model.js';
import { dirtyInput } from '../plan/dirty-school.js';
import { secondYear } from '../plan/second-year.js';

const runs = Number(process.env['ROLLOVER_PROPERTY_RUNS'] ?? 400);
const anyInput = fc.oneof(dirtyInput, secondYear);

/** Path → id of every category. */
function pathsOf({ categories }: MoodleState): Map<string, number> {
  const byId = new Map(categories.map((one) => [one.id, one]));
  const pathOf = (id: number): string => {
    const one = byId.get(id);
    if (one === undefined) return '';
    const above = pathOf(one.parent);
    return above === '' ? one.name : above + KEY_SEPARATOR + one.name;
  };
  return new Map(categories.map((one) => [pathOf(one.id), one.id]));
}

/** What the plan did, last change first, with the ids that the model gave. */
function doneBy(plan: Plan, { managed, moodle }: Applied, given: PlanInput): Done[] {
  const old = new Set(given.moodle.categories.map((one) => one.id));
  const paths = pathsOf({ ...moodle, categories: moodle.categories });
  const added = new Map([...paths].filter(([, id]) => !old.has(id)));
  const idOf = (change: Change): number => {
    if ('moodleId' in change) return change.moodleId;
    switch (change.kind) {
      case 'user':
        return managed.users.get(change.externalId)?.moodleId ?? 0;
      case 'course':
        return managed.courses.get(change.externalId)?.moodleId ?? 0;
      case 'category':
        return added.get(change.path) ?? 0;
      case 'enrolment':
        return findEnrolment(managed.enrolments, change.group, change.person)?.moodleId ?? 0;
    }
  };
  return plan.changes
    .map((change) => ({ planId: 1, seq: change.seq, change, moodleId: idOf(change), tookBack: [] }))
    .reverse();
}

function undoInput(
  done: readonly Done[],
  { moodle, managed, withdrawn }: Applied,
  use: (id: number) => Use,
): UndoInput {
  const byId = <R extends { readonly id: number }>(rows: readonly R[]): Map<number, R> =>
    new Map(rows.map((row) => [row.id, row]));
  const ours = <R extends { readonly moodleId: number }>(rows: Iterable<R>): Map<number, R> =>
    new Map([...rows].map((row) => [row.moodleId, row]));
  const insertedBy = (kind: Change['kind'], column: 'userid' | 'courseid' | null): Map<number, InsertedRow> =>
    new Map(
      done
        .filter(({ change }) => change.kind === kind && change.operation === 'create')
        .map(({ moodleId }) => {
          const enrolments =
            column === null
              ? []
              : moodle.enrolments.filter((one) => one[column] === moodleId).map((one) => one.id);
          return [moodleId, { use: use(moodleId), enrolments }];
        }),
    );
  const categories = new Map(
    moodle.categories.map((one): [number, UndoCategory] => [
      one.id,
      {
        id: one.id,
        use: 'unused',
        children: moodle.categories.filter((other) => other.parent === one.id).map((other) => other.id),
        courses: moodle.courses.filter((other) => other.category === one.id).map((other) => other.id),
      },
    ]),
  );
  return {
    done,
    scope: { kind: 'whole' },
    withdrawn,
    deleted: new Set(),
    ours: {
      users: ours(managed.users.values()),
      courses: ours(managed.courses.values()),
      enrolments: enrolmentsByMoodleId(managed.enrolments),
    },
    state: {
      users: byId(moodle.users.map((one) => ({ ...one, deleted: false }))),
      courses: byId(moodle.courses),
      enrolments: byId(moodle.enrolments.map((one) => ({ ...one, suspended: one.status !== 0 }))),
      categories,
      inserted: {
        users: insertedBy('user', 'userid'),
        courses: insertedBy('course', 'courseid'),
        enrolments: insertedBy('enrolment', null),
      },
    },
  };
}

type Rows = Record<'users' | 'courses' | 'enrolments' | 'categories', Map<number, object>>;

function rowsOf({ users, courses, enrolments, categories }: MoodleState): Rows {
  const byId = (rows: readonly { readonly id: number }[]): Map<number, object> =>
    new Map(rows.map((row) => [row.id, row]));
  return {
    users: byId(users),
    courses: byId(courses),
    enrolments: byId(enrolments),
    categories: byId(categories),
  };
}

const tables = { user: 'users', course: 'courses', enrolment: 'enrolments', category: 'categories' } as const;

/** Applies an undo's plan; throws where Moodle is not as the plan says. */
function applyUndo(rows: Rows, plan: Plan): void {
  for (const change of plan.changes) {
    if (!('moodleId' in change)) throw new Error('An undo of a first plan makes nothing.');
    const table = rows[tables[change.kind]];
    const row = table.get(change.moodleId);
    if (row === undefined) throw new Error(`Nothing to change: ${JSON.stringify(change)}`);
    if (change.operation === 'remove') table.delete(change.moodleId);
    else if ('after' in change) {
      expect(row).toMatchObject(change.before);
      table.set(change.moodleId, { ...row, ...change.after });
      const merged = 'insteadOf' in change ? (change.insteadOf ?? 0) : 0;
      if (merged > 0) {
        expect(table.get(merged)).toMatchObject({ idnumber: '' });
        table.set(merged, { ...table.get(merged), ...change.before });
      }
    } else if (change.operation === 'suspend')
      table.set(change.moodleId, {
        ...row,
        ...(change.kind === 'user' ? { suspended: true } : { status: 1 }),
      });
    else if (change.operation === 'reactivate')
      table.set(change.moodleId, {
        ...row,
        ...(change.kind === 'user' ? { suspended: false } : { status: 0 }),
      });
    else table.set(change.moodleId, { ...row, visible: change.operation === 'show' });
  }
}

describe('the undo of any plan', { timeout: 180_000 + runs * 50 }, () => {
  test('leaves Moodle as it was, and takes every change back exactly once', () => {
    fc.assert(
      fc.property(anyInput, (given) => {
        const plan = makePlan(given);
        const applied = applyPlan(plan, given);
        const made = makeUndoPlan(undoInput(doneBy(plan, applied, given), applied, () => 'unused'));
        expect(made.plan.notices).toEqual([]);
        expect(made.of.map(({ of }) => of.seq).sort((a, b) => a - b)).toEqual(
          plan.changes.map(({ seq }) => seq),
        );
        const rows = rowsOf(applied.moodle);
        applyUndo(rows, made.plan);
        expect(rows).toEqual(rowsOf(given.moodle));
      }),
      { numRuns: runs },
    );
  });

  test('deletes nothing that is in use, nor anything that this hangs on, and says so', () => {
    fc.assert(
      fc.property(anyInput, fc.nat(5), (given, every) => {
        const plan = makePlan(given);
        const applied = applyPlan(plan, given);
        const uses: readonly Use[] = ['used', 'changed', 'unproved'];
        const use = (id: number): Use => (id % (every + 2) === 0 ? (uses[id % 3] ?? 'used') : 'unused');
        const input = undoInput(doneBy(plan, applied, given), applied, use);
        const made = makeUndoPlan(input);
        const removed = new Map<string, Set<number>>();
        for (const change of made.plan.changes)
          if (change.operation === 'remove')
            removed.set(change.kind, (removed.get(change.kind) ?? new Set()).add(change.moodleId));
        for (const kind of ['user', 'course', 'enrolment'])
          for (const id of removed.get(kind) ?? []) expect(use(id)).toBe('unused');
        for (const row of applied.moodle.enrolments)
          if (!(removed.get('enrolment')?.has(row.id) ?? false)) {
            expect(removed.get('user')?.has(row.userid) ?? false).toBe(false);
            expect(removed.get('course')?.has(row.courseid) ?? false).toBe(false);
          }
        for (const course of applied.moodle.courses)
          if (!(removed.get('course')?.has(course.id) ?? false))
            expect(removed.get('category')?.has(course.category) ?? false).toBe(false);
        applyUndo(rowsOf(applied.moodle), made.plan);
        const untouched = plan.changes.length - new Set(made.of.map(({ of }) => of.seq)).size;
        expect(made.plan.notices.length).toBeGreaterThanOrEqual(untouched);
      }),
      { numRuns: runs },
    );
  });
});
