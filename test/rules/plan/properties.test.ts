import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eachEnrolment, enrolmentsByClass } from '../../../data/model/managed-enrolments.js';
import { noticeCodes, removalNotices, undoNotices } from '../../../data/model/notice-codes.js';
import type { Change, Plan, ProvisioningChange } from '../../../data/model/plan.js';
import { KEY_SEPARATOR } from '../../../data/model/snapshot.js';
import type { MoodleState } from '../../../data/moodle/state.js';
import {
  byClass,
  fillClasses,
  type Memberships,
} from '../../../data/rules/group-provisioning/fill-classes.js';
import { planHash } from '../../../data/rules/plan/hash.js';
import { hasOpenQuestions } from '../../../data/rules/plan/open-questions.js';
import { makePlan } from '../../../data/rules/plan/make-plan.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { applyPlan, type Applied } from './apply-model.js';
import { foldLikeMoodle } from './collation.js';
import { dirtyInput } from './dirty-school.js';
import { listRoles, toRoles } from './roles.js';
import { secondYear } from './second-year.js';
import { input } from './school.js';

/** More of them: ROLLOVER_PROPERTY_RUNS=20000. */
const runs = Number(process.env['ROLLOVER_PROPERTY_RUNS'] ?? 600);

/** Half of them are first years in any state, half are second years of a school that works with us. */
const anyInput = fc.oneof(dirtyInput, secondYear);

function forAll(property: (given: PlanInput) => void): void {
  fc.assert(fc.property(anyInput, property), { numRuns: runs });
}

function again(given: PlanInput, applied: Applied, more: Partial<PlanInput> = {}): Plan<ProvisioningChange> {
  return makePlan(input({ ...given, ...applied, ...more }));
}

/** What rules add, as it is remembered when the snapshot was applied. */
function filledBy(given: PlanInput): Memberships {
  return byClass(fillClasses({ ...given, rules: given.settings.groupProvisioning ?? [] }).memberships);
}

function countBy<R>(rows: readonly R[], key: (row: R) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) if (key(row) !== '') counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  return counts;
}

const sets: readonly (keyof Plan)[] = ['changes', 'notices', 'kept', 'proposals', 'reusedCodes'];

describe('any school, any Moodle', { timeout: 180_000 + runs * 50 }, () => {
  test('the generated schools are untidy in every way that has a name', () => {
    const seen = new Set<string>();
    for (const given of fc.sample(anyInput, { numRuns: 2500, seed: 2027 })) {
      const plan = makePlan(given);
      for (const { code } of plan.notices) seen.add(code);
      for (const name of Object.keys(plan.counts)) seen.add(name);
    }
    const planCodes = Object.keys(noticeCodes).filter(
      (code) => !(code in removalNotices) && !(code in undoNotices),
    );
    const operations = ['category.create', 'enrolment.create', 'user.create', 'user.link', 'user.update'];
    const courses = ['course.create', 'course.link', 'course.update', 'course.archive'];
    const others = [
      'kept.user',
      'kept.course',
      'kept.enrolment',
      'proposal.user',
      'proposal.course',
      'reused',
    ];
    expect([...seen]).toEqual(expect.arrayContaining([...planCodes, ...operations, ...courses, ...others]));
  });

  test('what is planned can be applied, and then there is nothing left to do', () => {
    forAll((given) => {
      const plan = makePlan(given);
      const applied = applyPlan(plan, given);
      expect(again(given, applied).changes).toEqual([]);
      if (!hasOpenQuestions(plan))
        expect(
          again(given, applied, { previous: given.snapshot, filledBefore: filledBy(given) }).changes,
        ).toEqual([]);
    });
  });

  test('the order of rows does not matter, and equal inputs give equal plans', () => {
    fc.assert(
      fc.property(anyInput, fc.infiniteStream(fc.nat()), (given, numbers) => {
        const shuffled = <R>(rows: readonly R[]): R[] =>
          rows
            .map((row) => ({ row, at: numbers.next().value as number }))
            .sort((a, b) => a.at - b.at)
            .map(({ row }) => row);
        const shuffledMap = <K, V>(map: ReadonlyMap<K, V>): Map<K, V> => new Map(shuffled([...map]));
        const { records } = given.snapshot;
        const other: PlanInput = {
          ...given,
          snapshot: {
            ...given.snapshot,
            records: {
              groupType: shuffled(records.groupType),
              group: shuffled(records.group),
              person: shuffled(records.person),
              membership: shuffled([...records.membership, ...records.membership]),
            },
          },
          moodle: {
            ...given.moodle,
            users: shuffled(given.moodle.users),
            categories: shuffled(given.moodle.categories),
            courses: shuffled(given.moodle.courses),
            manualInstances: shuffled(given.moodle.manualInstances),
            enrolments: shuffled(given.moodle.enrolments),
            roles: toRoles(shuffled(listRoles(given.moodle.roles))),
          },
          managed: {
            users: shuffledMap(given.managed.users),
            courses: shuffledMap(given.managed.courses),
            enrolments: enrolmentsByClass(shuffled([...eachEnrolment(given.managed.enrolments)])),
            merged: shuffled(given.managed.merged),
          },
          settings: {
            ...given.settings,
            groupProvisioning: shuffled(given.settings.groupProvisioning ?? []),
          },
          answers: { links: shuffledMap(given.answers.links), reusedCodes: given.answers.reusedCodes },
        };
        const plan = makePlan(given);
        for (const name of sets) expect(makePlan(other)[name]).toEqual(plan[name]);
        expect(planHash(makePlan(other))).toBe(planHash(plan));
        expect(planHash(makePlan(given))).toBe(planHash(plan));
      }),
      { numRuns: runs },
    );
  });

  test('nobody gets a second account, no class a second course', () => {
    forAll((given) => {
      const { moodle } = applyPlan(makePlan(given), given);
      for (const kind of ['users', 'courses'] as const) {
        const fold = (row: { readonly idnumber: string }): string => foldLikeMoodle(row.idnumber);
        const before = countBy<{ idnumber: string }>(given.moodle[kind], fold);
        for (const [idnumber, count] of countBy<{ idnumber: string }>(moodle[kind], fold))
          expect(count).toBeLessThanOrEqual(Math.max(1, before.get(idnumber) ?? 0));
      }
    });
  });

  test('only what is ours, has exactly the idnumber, or was accepted is touched', () => {
    forAll((given) => {
      const { moodle, managed, answers } = given;
      const mayTouch = (kind: 'user' | 'course', externalId: string, id: number): boolean => {
        const row = (kind === 'user' ? moodle.users : moodle.courses).find((one) => one.id === id);
        const ours = (kind === 'user' ? managed.users : managed.courses).get(externalId);
        const accepted = answers.links.get([kind, externalId, id].join(KEY_SEPARATOR)) === 'accepted';
        return row?.idnumber === externalId || accepted || ours?.moodleId === id;
      };
      for (const change of makePlan(given).changes) {
        if (change.kind === 'user' || change.kind === 'course') {
          if (change.operation !== 'create')
            expect(mayTouch(change.kind, change.externalId, change.moodleId)).toBe(true);
        } else if (change.kind === 'enrolment') {
          if (change.userId !== undefined) expect(mayTouch('user', change.person, change.userId)).toBe(true);
          if (change.courseId !== undefined)
            expect(mayTouch('course', change.group, change.courseId)).toBe(true);
        }
      }
    });
  });

  test('guests, administrators and accounts of other hosts are never touched', () => {
    forAll((given) => {
      const never = new Set(
        given.moodle.users.filter((one) => one.siteAccount || !one.local).map((one) => one.id),
      );
      for (const change of makePlan(given).changes) {
        const id =
          change.kind === 'enrolment'
            ? change.userId
            : change.kind === 'user' && change.operation !== 'create'
              ? change.moodleId
              : undefined;
        expect(id !== undefined && never.has(id)).toBe(false);
      }
    });
  });

  test('nothing is ever taken away [T03, T05, T06, T29]', () => {
    forAll((given) => {
      const plan = makePlan(given);
      const { moodle } = applyPlan(plan, given);
      expectNothingLost(given.moodle, moodle, plan.changes);
    });
  });

  test('nobody is enrolled into a course whose code waits for an answer', () => {
    forAll((given) => {
      const { changes, reusedCodes } = makePlan(given);
      const waiting = new Set(reusedCodes.map(({ group }) => group));
      expect(changes.filter((change) => change.kind === 'enrolment' && waiting.has(change.group))).toEqual(
        [],
      );
    });
  });
});

function byId<R extends { readonly id: number }>(rows: readonly R[]): Map<number, R> {
  return new Map(rows.map((row) => [row.id, row]));
}

function expectNothingLost(before: MoodleState, after: MoodleState, changes: readonly Change[]): void {
  const users = byId(after.users);
  // a person said that these were merged into another account, which has the idnumber now
  const merged = new Set(changes.flatMap((one) => ('insteadOf' in one ? [one.insteadOf] : [])));
  for (const user of before.users) {
    const now = users.get(user.id);
    expect(now).toMatchObject({ id: user.id, suspended: user.suspended, auth: user.auth });
    for (const field of ['username', 'firstname', 'lastname', 'email', 'idnumber'] as const)
      if (user[field] !== '' && !(field === 'idnumber' && merged.has(user.id)))
        expect(now?.[field]).not.toBe('');
  }
  const courses = byId(after.courses);
  for (const { id, category, visible, shortname, format, idnumber } of before.courses) {
    expect(courses.get(id)).toMatchObject({ category, visible, shortname, format });
    if (idnumber !== '') expect(courses.get(id)?.idnumber).not.toBe('');
  }
  expect(after.categories).toEqual(expect.arrayContaining([...before.categories]));
  expect(after.enrolments).toEqual(expect.arrayContaining([...before.enrolments]));
  const rolesAfter = new Map(listRoles(after.roles));
  for (const [key, roles] of listRoles(before.roles))
    expect(rolesAfter.get(key)).toEqual(expect.arrayContaining([...roles]));
  const operations = new Set(changes.map((change) => `${change.kind}.${change.operation}`));
  for (const operation of operations)
    expect(operation).toMatch(
      /^(category\.create|user\.(create|link|update)|course\.(create|link|update|archive)|enrolment\.create)$/,
    );
}
