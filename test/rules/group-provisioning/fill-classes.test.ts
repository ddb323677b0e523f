import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RolloverError } from '../../../data/model/errors.js';
import { ruleUserTypes, type GroupProvisioningRule } from '../../../data/model/settings.js';
import type { PersonRecord, Snapshot } from '../../../data/model/snapshot.js';
import {
  byClass,
  fillClasses,
  isMeant,
  type FillInput,
} from '../../../data/rules/group-provisioning/fill-classes.js';
import { joinRules, refuseCircles } from '../../../data/rules/group-provisioning/rules-in-force.js';
import { group, memberships, snapshot, student, teacher } from '../plan/school.js';

function rule(name: string, more: Partial<GroupProvisioningRule> = {}): GroupProvisioningRule {
  return { name, userType: 'all', target: 'SUPER', applyToExisting: true, ...more };
}

const year = (level: string, id: string): PersonRecord => student(id, { yearLevel: level });
const people = [year('9', 'S1'), year('10', 'S2'), year('10', 'S3'), student('S4'), teacher('T1')];
const classes = ['10A', '10B', 'SUPER', 'HOUSE'].map((id) => group(id));
const school = snapshot(people, classes, memberships('10A: S1 S2 T1', '10B: S3 S4'));

function fill(rules: readonly GroupProvisioningRule[], more: Partial<FillInput> = {}): string[] {
  const { memberships: filled } = fillClasses({ snapshot: school, rules, previous: null, ...more });
  return filled.map(
    ({ group: code, person, rules: by }) => `${code} ${person}: ${by.map(({ name }) => name).join(', ')}`,
  );
}

describe('group provisioning rules', () => {
  it('combine user type, year level and membership of any named class', () => {
    expect(fill([rule('all')])).toHaveLength(5);
    expect(fill([rule('teachers', { userType: 'teacher' })])).toEqual(['SUPER T1: teachers']);
    expect(fill([rule('year 10', { yearLevel: '10' })])).toEqual(['SUPER S2: year 10', 'SUPER S3: year 10']);
    expect(
      fill([rule('A or B', { memberOf: ['10A', '10B'], userType: 'student', yearLevel: '10' })]),
    ).toEqual(['SUPER S2: A or B', 'SUPER S3: A or B']);
  });

  it('do not mean somebody without a year level when they ask for one', () => {
    expect(isMeant({ userType: 'all', yearLevel: '10' }, student('S4'))).toBe(false);
    expect(isMeant({ userType: 'all' }, student('S4'))).toBe(true);
    expect(isMeant({ userType: 'all', yearLevel: '0' }, year('0', 'S9'))).toBe(true);
  });

  it('leave to the source what the source has', () => {
    const own = snapshot(people, classes, memberships('10A: S1 S2', 'SUPER: S1'));
    expect(fill([rule('one', { memberOf: ['10A'] })], { snapshot: own })).toEqual(['SUPER S2: one']);
  });

  it('name every rule that gives a membership, and give it once', () => {
    const rules = [rule('b', { memberOf: ['10A'] }), rule('a', { yearLevel: '10' })];
    expect(fill(joinRules(rules, [])).filter((line) => line.includes('S2'))).toEqual(['SUPER S2: a, b']);
  });

  it('feed each other, in whatever order they stand', () => {
    const chain = [
      rule('to house', { memberOf: ['SUPER'], target: 'HOUSE', userType: 'student' }),
      rule('to super', { memberOf: ['10A'] }),
    ];
    const expected = [
      'HOUSE S1: to house',
      'HOUSE S2: to house',
      'SUPER S1: to super',
      'SUPER S2: to super',
      'SUPER T1: to super',
    ];
    expect(fill(chain).sort()).toEqual(expected);
    expect(fill([...chain].reverse()).sort()).toEqual(expected);
  });

  it('take disabled people too: an account is not a membership', () => {
    const one = snapshot([student('S1', { disabled: true })], classes);
    expect(fill([rule('all')], { snapshot: one })).toEqual(['SUPER S1: all']);
  });

  it('do nothing without their target, and say so', () => {
    const rules = [
      rule('lost', { target: 'GONE', memberOf: ['10A'] }),
      rule('half', { memberOf: ['10A', '10Z'] }),
    ];
    const { memberships: filled, unknown } = fillClasses({ snapshot: school, rules, previous: null });
    expect(filled.every(({ group: code }) => code === 'SUPER')).toBe(true);
    expect(unknown.map(({ group: code, target, rules: by }) => [code, target, by[0]!.name])).toEqual([
      ['10Z', false, 'half'],
      ['GONE', true, 'lost'],
    ]);
  });

  it('say nothing of classes that a finding holds back, nor of a reading without classes', () => {
    const withheld = { persons: new Set<string>(), groups: new Set(['GONE']) };
    const held = { ...school, withheld };
    const rules = [rule('lost', { target: 'GONE' })];
    expect(fillClasses({ snapshot: held, rules, previous: null }).unknown).toEqual([]);
    const silent = { ...school, statements: { students: true, teachers: true, groups: false } };
    expect(fillClasses({ snapshot: silent, rules, previous: null })).toEqual({
      memberships: [],
      unknown: [],
    });
  });
});

describe('a rule that does not apply to existing users', () => {
  const rules = [
    rule('newcomers', { applyToExisting: false, userType: 'student', memberOf: ['10A', '10B'] }),
  ];
  const previous = snapshot([year('9', 'S1'), year('10', 'S2'), teacher('T1')], classes);

  it('takes only who is new since the last applied snapshot', () => {
    expect(fill(rules, { previous })).toEqual(['SUPER S3: newcomers', 'SUPER S4: newcomers']);
  });

  it('takes everybody when nothing was applied before, unless KnowledgeNET has decided about them', () => {
    expect(fill(rules)).toHaveLength(4);
    expect(fill(joinRules([], rules))).toEqual([]);
    expect(fill(joinRules([], rules), { previous })).toHaveLength(2);
  });

  it('keeps whom it took, as long as the conditions hold', () => {
    const filledBefore = new Map([['SUPER', new Set(['S3', 'S4'])]]);
    expect(fill(rules, { previous: school, filledBefore })).toEqual([
      'SUPER S3: newcomers',
      'SUPER S4: newcomers',
    ]);
    const moved = snapshot(people, classes, memberships('10A: S1 S2', '10B: S4'));
    expect(fill(rules, { snapshot: moved, previous: school, filledBefore })).toEqual(['SUPER S4: newcomers']);
    expect(fill(rules, { previous: school })).toEqual([]);
  });

  it('takes nobody for new whom the last snapshot held back or did not speak of', () => {
    const held = { ...previous, withheld: { persons: new Set(['S3']), groups: new Set<string>() } };
    expect(fill(rules, { previous: held })).toEqual(['SUPER S4: newcomers']);
    const silent = { ...previous, statements: { students: false, teachers: true, groups: true } };
    expect(fill(rules, { previous: silent })).toEqual([]);
  });
});

describe('rules of the settings and of KnowledgeNET', () => {
  it('are one set, in an order of its own, that says whose each is', () => {
    const joined = joinRules([rule('b'), rule('a')], [rule('a', { target: 'HOUSE' })]);
    expect(joined.map(({ origin, name }) => `${origin} ${name}`)).toEqual([
      'settings a',
      'settings b',
      'knowledgenet a',
    ]);
    expect(joinRules([rule('a'), rule('b')], [rule('a', { target: 'HOUSE' })])).toEqual(joined);
  });

  it('are refused when only together they make a circle, without naming anybody', () => {
    const own = [rule('Ms Ngata', { memberOf: ['HOUSE'] })];
    const theirs = [rule('Mr Parata', { memberOf: ['SUPER'], target: 'HOUSE' })];
    refuseCircles(joinRules(own, []));
    try {
      refuseCircles(joinRules(own, theirs));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RolloverError);
      const { code, message, details } = error as RolloverError;
      expect(code).toBe('SettingsInvalid');
      expect(message).toContain('in a circle');
      expect(message).not.toMatch(/Ngata|Parata/);
      expect(details).toEqual({ rules: 2, knowledgenet: 1 });
    }
  });
});

const ids = ['A', 'B', 'C', 'D'];
const anyone = fc.uniqueArray(
  fc
    .record({
      id: fc.constantFrom('S1', 'S2', 'S3', 'T1', 'T2'),
      yearLevel: fc.constantFrom('9', '10', ''),
    })
    .map(({ id, yearLevel }) =>
      student(id, {
        type: id.startsWith('T') ? 'teacher' : 'student',
        ...(yearLevel === '' ? {} : { yearLevel }),
      }),
    ),
  { selector: ({ externalId }) => externalId },
);
const anySchool = fc
  .tuple(
    anyone,
    fc.subarray(ids),
    fc.array(
      fc.record({ group: fc.constantFrom(...ids), person: fc.constantFrom('S1', 'S2', 'S3', 'T1', 'X') }),
    ),
  )
  .map(([persons, groups, members]) =>
    snapshot(
      persons,
      groups.map((id) => group(id)),
      members,
    ),
  );
/** Each fills a class from those before it, so that there is no circle. */
const anyRules = fc.array(
  fc
    .record({
      from: fc.option(fc.subarray([0, 1, 2], { minLength: 1 }), { nil: undefined }),
      to: fc.nat({ max: 3 }),
      userType: fc.constantFrom(...ruleUserTypes),
      yearLevel: fc.option(fc.constantFrom('9', '10'), { nil: undefined }),
      applyToExisting: fc.boolean(),
    })
    .map(({ from, to, userType, yearLevel, applyToExisting }) => {
      const memberOf = from?.filter((at) => at < to).map((at) => ids[at]!);
      return {
        name: JSON.stringify([from, to, userType, yearLevel, applyToExisting]),
        userType,
        target: ids[to]!,
        applyToExisting,
        ...(yearLevel === undefined ? {} : { yearLevel }),
        ...(memberOf === undefined || memberOf.length === 0 ? {} : { memberOf }),
      };
    }),
  { maxLength: 6 },
);
const anyInput: fc.Arbitrary<FillInput> = fc.record({
  snapshot: anySchool,
  rules: anyRules,
  previous: fc.option(anySchool),
});

/** The definition, written down as slowly as it reads: apply every rule until nothing is added. */
function closure({ snapshot: given, rules, previous }: FillInput): Set<string> {
  const groups = new Set(given.records.group.map(({ externalId }) => externalId));
  const persons = given.records.person;
  const has = new Set(given.records.membership.map((one) => `${one.group} ${one.person}`));
  const source = new Set(has);
  const known = new Set(previous?.records.person.map(({ externalId }) => externalId));
  for (let before = -1; before !== has.size;) {
    before = has.size;
    for (const one of rules)
      for (const person of persons) {
        const member = one.memberOf?.some((code) => has.has(`${code} ${person.externalId}`)) ?? true;
        const concerned = one.applyToExisting || !known.has(person.externalId);
        if (member && concerned && isMeant(one, person) && groups.has(one.target))
          has.add(`${one.target} ${person.externalId}`);
      }
  }
  return new Set([...has].filter((one) => !source.has(one)));
}

function added(input: FillInput): string[] {
  return fillClasses(input).memberships.map((one) => `${one.group} ${one.person}`);
}

function withFilled(given: Snapshot, input: FillInput): Snapshot {
  const filled = fillClasses(input).memberships.map(({ group: code, person }) => ({ group: code, person }));
  return { ...given, records: { ...given.records, membership: [...given.records.membership, ...filled] } };
}

describe('any rules on any school', () => {
  it('add exactly the closure, each membership once', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const filled = added(input);
        expect(new Set(filled).size).toBe(filled.length);
        expect(new Set(filled)).toEqual(closure(input));
      }),
      { numRuns: 500 },
    );
  });

  it('never take anything away, and add nothing twice', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const source = new Set(input.snapshot.records.membership.map((one) => `${one.group} ${one.person}`));
        for (const one of added(input)) expect(source.has(one)).toBe(false);
        expect(added({ ...input, snapshot: withFilled(input.snapshot, input) })).toEqual([]);
      }),
    );
  });

  it('give the same with the same rules in any order', () => {
    fc.assert(
      fc.property(anyInput, fc.infiniteStream(fc.nat()), (input, numbers) => {
        const rules = input.rules
          .map((one) => ({ one, at: numbers.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
        expect(fillClasses({ ...input, rules: joinRules(rules, []) })).toEqual(
          fillClasses({ ...input, rules: joinRules(input.rules, []) }),
        );
      }),
    );
  });

  it('keep everybody once the reading was applied', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const filledBefore = byClass(fillClasses(input).memberships);
        expect(new Set(added({ ...input, previous: input.snapshot, filledBefore }))).toEqual(
          new Set(added(input)),
        );
      }),
    );
  });
});

describe('a district', () => {
  it('is filled in a few seconds: 50,000 people, 500,000 memberships, 300 rules', () => {
    const persons = Array.from({ length: 50_000 }, (_, at) => year(String(at % 15), `S${at}`));
    const small = Array.from({ length: 10_000 }, (_, at) => group(`C${at}`));
    const large = Array.from({ length: 300 }, (_, at) => group(`SUPER${at}`));
    const members = persons.flatMap(({ externalId }, at) =>
      Array.from({ length: 10 }, (_, number) => ({
        group: `C${(at * 7 + number * 13) % 10_000}`,
        person: externalId,
      })),
    );
    const rules = large.map(({ externalId }, at) =>
      rule(`r${at}`, {
        target: externalId,
        memberOf: Array.from({ length: 30 }, (_, number) => `C${(at * 30 + number) % 10_000}`),
      }),
    );
    const began = performance.now();
    const filled = fillClasses({
      snapshot: snapshot(persons, [...small, ...large], members),
      rules,
      previous: null,
    });
    expect(filled.memberships.length).toBeGreaterThan(200_000);
    expect(performance.now() - began).toBeLessThan(20_000);
  }, 60_000);
});
