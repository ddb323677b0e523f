import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../../support/property-seed.js';
import { guardedKinds, guardedTypes, type GuardLimit } from '../../../data/model/guard.js';
import type { Plan } from '../../../data/model/plan.js';
import { judgePlan, withGuards } from '../../../data/rules/guards/judge.js';
import { isBeyond, limitsOf } from '../../../data/rules/guards/limits.js';
import { objectToUnusual } from '../../../data/rules/guards/objection.js';
import { countOf, findExcesses, operationsOf } from '../../../data/rules/guards/thresholds.js';
import { mayApplyUnattended } from '../../../data/rules/guards/unattended.js';
import { planHash } from '../../../data/rules/plan/hash.js';
import { enrolled, judge, reading, renamed, student, suspend, usualRows } from './school.js';

const school = { 'managed.user': 1000, 'managed.course': 200, 'managed.enrolment': 10_000 };
const term = limitsOf('term', undefined);

describe('the thresholds of a plan [T52]', () => {
  test('each type is counted against its own total', () => {
    const counts = { ...school, 'user.create': 251, 'enrolment.create': 251 };
    expect(findExcesses(counts, term)).toEqual([
      { type: 'user', kind: 'create', count: 251, total: 1000, limit: { percent: 25 } },
    ]);
  });

  test('exactly the usual share is usual, and fewer than five always are', () => {
    expect(findExcesses({ ...school, 'user.create': 250 }, term)).toEqual([]);
    expect(findExcesses({ 'managed.course': 4, 'course.create': 4 }, term)).toEqual([]);
    expect(findExcesses({ 'managed.course': 4, 'course.create': 5 }, term)).toHaveLength(1);
  });

  test('updates, links and archived courses are changes; hidden courses are suspended', () => {
    const counts = {
      ...school,
      'course.update': 30,
      'course.link': 11,
      'course.archive': 10,
      'course.hide': 11,
    };
    expect(findExcesses(counts, term).map(({ type, kind, count }) => [type, kind, count])).toEqual([
      ['course', 'change', 51],
      ['course', 'suspend', 11],
    ]);
  });

  test('in a rollover every class may be new, but not every person', () => {
    const counts = { ...school, 'user.create': 601, 'course.create': 200, 'enrolment.create': 10_000 };
    expect(findExcesses(counts, limitsOf('rollover', undefined)).map(({ type }) => type)).toEqual(['user']);
  });

  test('the first plan of a school has nothing to be compared with; it is never applied without a person', () => {
    expect(findExcesses({ 'user.create': 5000 }, term)).toEqual([]);
    expect(mayApplyUnattended({ 'user.create': 1 })).toBe(false);
  });

  test('a school sets limits of its own, relative and absolute, one by one', () => {
    const guards = { term: { user: { create: { atMost: 3 }, change: 'any' as const } } };
    const limits = limitsOf('term', guards);
    expect(findExcesses({ ...school, 'user.create': 4, 'user.update': 900 }, limits)).toMatchObject([
      { kind: 'create', count: 4 },
    ]);
    expect(limits.user.suspend).toEqual({ percent: 5 });
    expect(limitsOf('rollover', guards).user.create).toEqual({ percent: 60 });
  });
});

describe('any plan', () => {
  const limit: fc.Arbitrary<GuardLimit> = fc.oneof(
    fc.constant('any' as const),
    fc.record({ percent: fc.integer({ min: 0, max: 100 }) }),
    fc.record({ atMost: fc.nat(200), percent: fc.integer({ min: 0, max: 100 }) }),
  );

  test('at or below its limits never exceeds, and more of the same is never less beyond', () => {
    fc.assert(
      fc.property(limit, fc.nat(2000), fc.nat(2000), fc.nat(50), (one, count, total, more) => {
        if (one !== 'any' && one.atMost === undefined && count * 100 <= total * (one.percent ?? 0))
          expect(isBeyond(one, count, total)).toBe(false);
        if (isBeyond(one, count, total)) {
          expect(isBeyond(one, count + more, total)).toBe(true);
          expect(isBeyond(one, count, Math.max(0, total - more))).toBe(true);
        }
        if (one === 'any' || (one.atMost === undefined && count < 5))
          expect(isBeyond(one, count, total)).toBe(false);
      }),
    );
  });

  test('that exceeds in its counts names exactly the types and kinds that do', () => {
    const counts = fc.dictionary(
      fc.constantFrom(
        ...guardedTypes.flatMap((type) =>
          guardedKinds.flatMap((kind) => operationsOf[kind].map((operation) => `${type}.${operation}`)),
        ),
        ...guardedTypes.map((type) => `managed.${type}`),
      ),
      fc.integer({ min: 1, max: 3000 }),
    );
    fc.assert(
      fc.property(counts, (given) => {
        for (const { type, kind, count } of findExcesses(given, term)) {
          expect(count).toBe(countOf(given, type, kind));
          expect(count).toBeGreaterThanOrEqual(5);
        }
        // taking changes out never makes a plan exceed
        const names = (of: typeof given): string[] =>
          findExcesses(of, term).map((one) => `${one.type}.${one.kind}`);
        const fewer = Object.fromEntries(
          Object.entries(given).map(([name, count]) => [
            name,
            name.startsWith('managed.') ? count : Math.floor(count / 2),
          ]),
        );
        expect(names(given)).toEqual(expect.arrayContaining(names(fewer)));
      }),
    );
  });
});

describe('year levels', () => {
  const people = (level: number, count: number): string[] =>
    Array.from({ length: count }, (_, at) => `s${level}-${at}`);

  test('in term more than one in twenty of a year level is held, though it is little of the school', () => {
    const changes = people(10, 6).map(suspend);
    const verdicts = judge({ changes });
    expect(verdicts).toMatchObject([
      { guard: 'year-level', of: 'user', kind: 'suspend', yearLevel: '10', count: 6, total: 40, percent: 5 },
    ]);
    expect(verdicts[0]?.examples.map(({ subject }) => subject)).toEqual(people(10, 6));
  });

  test('in a rollover the highest year level leaves whole, and any other one of up to 15 %', () => {
    const leavers = [...people(13, 40), ...people(9, 6)].map(suspend);
    expect(judge({ changes: leavers, season: 'rollover' })).toEqual([]);
    const more = [...people(13, 40), ...people(9, 7)].map(suspend);
    expect(judge({ changes: more, season: 'rollover' })).toMatchObject([{ yearLevel: '9', count: 7 }]);
  });

  test('a school whose last year level is another one says so', () => {
    const changes = people(13, 40).map(suspend);
    const settings = { guards: { leavingYearLevels: ['10'] } };
    expect(judge({ changes, season: 'rollover', settings })).toMatchObject([{ yearLevel: '13', count: 40 }]);
    const tens = people(10, 40).map(suspend);
    expect(judge({ changes: tens, season: 'rollover', settings })).toEqual([]);
  });

  test('teachers are judged as one', () => {
    const leave = (count: number) => Array.from({ length: count }, (_, at) => suspend(`t${at}`, at));
    expect(judge({ changes: leave(12), season: 'rollover' })).toEqual([]);
    expect(judge({ changes: leave(13), season: 'rollover' })).toMatchObject([
      { yearLevel: 'teachers', count: 13, total: 40, percent: 30 },
    ]);
  });
});

describe('what most likely explains it', () => {
  const everybody = usualRows().persons.map(({ externalId }) => externalId);

  test('one field of everybody, as when the school has a new domain', () => {
    const changes = everybody.slice(0, 100).map((person, at) => renamed(person, at));
    expect(judge({ changes })[0]).toMatchObject({ guard: 'threshold', kind: 'change', cause: 'one-field' });
  });

  test('one class', () => {
    const changes = everybody.slice(0, 100).map((person, at) => enrolled('ASSEMBLY', person, at));
    const [verdict] = judge({ changes });
    expect(verdict).toMatchObject({ of: 'enrolment', kind: 'create', cause: 'one-class' });
    expect(verdict?.examples).toHaveLength(20);
  });

  test('one person', () => {
    const changes = Array.from({ length: 100 }, (_, at) => enrolled(`C${at}`, 't1', at));
    expect(judge({ changes })[0]).toMatchObject({ cause: 'one-person' });
  });

  test('a new school year outside a rollover', () => {
    const rows = usualRows();
    const moved = rows.persons.map((person) =>
      person.type === 'teacher' ? person : { ...person, yearLevel: String(Number(person.yearLevel) + 1) },
    );
    const newcomers = Array.from({ length: 80 }, (_, at) => student(`n${at}`, 9));
    const snapshot = reading({ ...rows, persons: [...moved, ...newcomers] });
    const changes = everybody.slice(0, 100).map((person, at) => renamed(person, at));
    expect(judge({ changes, snapshot }).every(({ cause }) => cause === 'new-school-year')).toBe(true);
  });

  test('examples come from the largest groups first, taking turns', () => {
    const changes = [
      ...everybody.slice(0, 60).map((person, at) => enrolled('LARGE', person, at)),
      ...everybody.slice(0, 30).map((person, at) => enrolled('MIDDLE', person, 60 + at)),
    ];
    const [verdict] = judge({ changes });
    const classes = verdict?.examples.map(({ subject }) => subject) ?? [];
    expect(classes.slice(0, 4)).toEqual(['LARGE', 'MIDDLE', 'LARGE', 'MIDDLE']);
    expect(classes).toHaveLength(20);
  });
});

describe('a plan that a guard holds', () => {
  const empty: Plan = {
    changes: [],
    notices: [],
    kept: [],
    proposals: [],
    reusedCodes: [],
    counts: { ...school },
    satisfied: 0,
  };
  const held = withGuards(
    empty,
    judge({ changes: Array.from({ length: 20 }, (_, at) => suspend(`s9-${at}`, at)) }),
  );

  test('has another hash, and one that nothing holds keeps its own', () => {
    expect(held.counts['guard.exceeded']).toBe(held.guards?.length);
    expect(planHash(held)).not.toBe(planHash(empty));
    expect(planHash({ ...held, counts: empty.counts })).not.toBe(planHash(empty));
    expect(withGuards(empty, [])).toBe(empty);
    expect(planHash({ ...empty, guards: [] })).toBe(planHash(empty));
  });

  test('is approved only by a decision that says so', () => {
    const decision = {
      decisionId: 'd',
      gate: 'plan',
      opening: 1,
      verdict: 'approve',
      hash: '',
      by: 'kiri',
    } as const;
    expect(objectToUnusual(held.counts)(decision)).toBe('GuardExceeded');
    expect(objectToUnusual(held.counts)({ ...decision, beyondUsual: true })).toBeNull();
    expect(objectToUnusual(empty.counts)(decision)).toBeNull();
  });

  test('says nothing personal in its counts', () => {
    for (const [name, count] of Object.entries(held.counts)) {
      expect(name).toMatch(/^(managed|guard)\.[a-z.-]+$/);
      expect(typeof count).toBe('number');
    }
  });

  test('is judged the same whatever the order of its changes', () => {
    const changes = Array.from({ length: 12 }, (_, at) => suspend(`s9-${at}`, at));
    const numbers = (given: typeof changes) =>
      judge({ changes: given }).map(({ guard, count }) => [guard, count]);
    expect(numbers([...changes].reverse())).toEqual(numbers(changes));
  });
});

describe('a scheduled run applies by itself', () => {
  test('within the guards, and at most 100 changes', () => {
    expect(mayApplyUnattended({ ...school, 'user.create': 50, 'enrolment.create': 50 })).toBe(true);
    expect(mayApplyUnattended({ ...school, 'user.create': 50, 'enrolment.create': 51 })).toBe(false);
    expect(mayApplyUnattended({ ...school, 'user.create': 50, 'enrolment.create': 51 }, 500)).toBe(true);
    expect(mayApplyUnattended({ ...school, 'user.create': 1 }, 0)).toBe(false);
    expect(mayApplyUnattended({ ...school, 'user.create': 1, 'guard.exceeded': 1 })).toBe(false);
  });

  test('never past a question', () => {
    for (const name of ['notice.conflict', 'notice.held', 'reused', 'proposal.user', 'proposal.course'])
      expect(mayApplyUnattended({ ...school, 'user.create': 1, [name]: 1 })).toBe(false);
  });

  test('kept records and drift are no questions', () => {
    expect(mayApplyUnattended({ ...school, 'user.create': 1, 'kept.user': 9, 'notice.drift': 9 })).toBe(true);
  });
});

test('a plan without a reading before is judged by its own numbers', () => {
  const snapshot = reading(usualRows());
  const verdicts = judgePlan({
    plan: { changes: [], counts: {} },
    snapshot,
    base: null,
    managedUsers: [],
    season: 'rollover',
    settings: {},
  });
  expect(verdicts).toEqual([]);
});
