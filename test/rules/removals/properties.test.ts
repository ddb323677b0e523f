import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Withdrawal } from '../../../data/model/removal.js';
import { makePlan } from '../../../data/rules/plan/make-plan.js';
import { mayWithdrawUnattended } from '../../../data/rules/removals/few.js';
import { makeRemovalPlan } from '../../../data/rules/removals/make-removal-plan.js';
import type { RemovalInput } from '../../../data/rules/removals/survey.js';
import { applyPlan } from '../plan/apply-model.js';
import { dirtyInput } from '../plan/dirty-school.js';
import { input } from '../plan/school.js';
import { secondYear } from '../plan/second-year.js';
import { isOurs, withdraw } from './withdraw.js';

const runs = Number(process.env['ROLLOVER_PROPERTY_RUNS'] ?? 400);

const anySchool = fc
  .record({
    given: fc.oneof(dirtyInput, secondYear),
    first: fc.boolean(),
    season: fc.constantFrom('term' as const, 'rollover' as const),
    users: fc.boolean(),
    enrolments: fc.boolean(),
    courses: fc.constantFrom("don't-delete" as const, 'hide' as const, 'delete' as const),
  })
  .map(({ given, first, season, ...deletion }): RemovalInput => {
    const settings = { ...given.settings, deletion };
    // half of the schools have been brought to this reading before
    const state = first ? applyPlan(makePlan(given), given) : {};
    return { ...input({ ...given, ...state, settings }), season };
  });

function forAll(property: (given: RemovalInput) => void): void {
  fc.assert(fc.property(anySchool, property), { numRuns: runs });
}

describe('any school, any Moodle', { timeout: 180_000 + runs * 50 }, () => {
  test('the schools have something of every kind to withdraw', () => {
    const seen = new Set<string>();
    for (const given of fc.sample(anySchool, { numRuns: 1500, seed: 2027 }))
      for (const { kind, operation } of makeRemovalPlan(given).changes) seen.add(`${kind}.${operation}`);
    expect([...seen].sort()).toEqual(['course.hide', 'enrolment.suspend', 'user.suspend']);
  });

  test('nothing that is not ours is ever in a plan of removals, nor what is not allowed', () => {
    forAll((given) => {
      const { users, enrolments, courses } = given.settings.deletion;
      const allowed: Record<Withdrawal['kind'], boolean> = {
        user: users,
        enrolment: enrolments,
        course: courses !== "don't-delete",
      };
      for (const change of makeRemovalPlan(given).changes) {
        expect(isOurs(given, change)).toBe(true);
        expect(allowed[change.kind]).toBe(true);
      }
    });
  });

  test('whom and what KN has is never withdrawn, unless KN itself has disabled somebody', () => {
    forAll((given) => {
      const { snapshot } = given;
      const enabled = new Set(
        snapshot.records.person.filter((one) => one.disabled !== true).map((one) => one.externalId),
      );
      const classes = new Set(snapshot.records.group.map((one) => one.externalId));
      const members = new Set(snapshot.records.membership.map((one) => `${one.group} ${one.person}`));
      for (const change of makeRemovalPlan(given).changes)
        if (change.kind === 'user') expect(enabled.has(change.externalId)).toBe(false);
        else if (change.kind === 'course') expect(classes.has(change.externalId)).toBe(false);
        else if (change.cause === 'gone')
          expect(
            members.has(`${change.group} ${change.person}`) &&
              classes.has(change.group) &&
              enabled.has(change.person),
          ).toBe(false);
    });
  });

  test('a plan that was applied leaves nothing more to withdraw', () => {
    forAll((given) => {
      const after = withdraw(makeRemovalPlan(given), given);
      expect(makeRemovalPlan(after).changes).toEqual([]);
    });
  });

  test('what was withdrawn comes back when KN has it again, and only that', () => {
    forAll((given) => {
      const plan = makeRemovalPlan(given);
      const after = withdraw(plan, given);
      const again = input({ ...after, snapshot: given.previous ?? given.snapshot });
      const comeback = makePlan(again).changes.filter((one) =>
        ['reactivate', 'show'].includes(one.operation),
      );
      const ids = new Set(plan.changes.map((one) => `${one.kind} ${one.moodleId}`));
      const known = new Set((given.withdrawn ?? []).map((one) => `${one.kind} ${one.moodleId}`));
      for (const one of comeback) {
        const key = `${one.kind} ${'moodleId' in one ? one.moodleId : 0}`;
        expect(ids.has(key) || known.has(key)).toBe(true);
      }
      applyPlan(makePlan(again), again);
    });
  });

  test('an equal school has an equal plan', () => {
    forAll((given) => {
      const reversed: RemovalInput = {
        ...given,
        moodle: {
          ...given.moodle,
          users: [...given.moodle.users].reverse(),
          enrolments: [...given.moodle.enrolments].reverse(),
          courses: [...given.moodle.courses].reverse(),
        },
      };
      expect(makeRemovalPlan(reversed)).toEqual(makeRemovalPlan(given));
    });
  });
});

test('few withdrawals need no person, many do, and an open question does', () => {
  expect(mayWithdrawUnattended({ 'user.suspend': 4, 'managed.user': 10 })).toBe(true);
  expect(mayWithdrawUnattended({ 'user.suspend': 5, 'managed.user': 100 })).toBe(true);
  expect(mayWithdrawUnattended({ 'user.suspend': 6, 'managed.user': 100 })).toBe(false);
  expect(mayWithdrawUnattended({ 'course.hide': 5 })).toBe(false);
  expect(mayWithdrawUnattended({ 'user.suspend': 1, 'managed.user': 100, 'notice.held': 1 })).toBe(false);
});
