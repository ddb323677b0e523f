/** Every cell of the guide's table, with and without super-classes: which courses and enrolments a plan makes. */
import { describe, expect, test } from 'vitest';
import {
  provisioningOptions,
  type GroupProvisioningRule,
  type ProvisioningOption,
  type SchoolSettings,
} from '../../data/model/settings.js';
import { joinRules } from '../../data/rules/group-provisioning/rules-in-force.js';
import { makePlan } from '../../data/rules/plan/make-plan.js';
import { defaultGroupType } from '../../data/settings/defaults.js';
import { applyPlan } from './plan/apply-model.js';
import { group, input, memberships, moodle, settings, snapshot, student, teacher } from './plan/school.js';

type Origin = 'SMS' | 'non-SMS' | 'unknown';
type Word = 'enabled' | 'disabled';

/** The guide's table: which classes without a word of their own get a course, and whether a class's word counts. */
const table: Record<ProvisioningOption, { readonly gets: readonly Origin[]; readonly words: boolean }> = {
  'always-disabled': { gets: [], words: false },
  disabled: { gets: [], words: true },
  'enabled-non-sms': { gets: ['non-SMS'], words: true },
  'enabled-sms': { gets: ['SMS'], words: true },
  enabled: { gets: ['SMS', 'non-SMS', 'unknown'], words: true },
};

const origins: readonly Origin[] = ['SMS', 'non-SMS', 'unknown'];
const words: readonly (Word | undefined)[] = [undefined, 'enabled', 'disabled'];
const places = ['source', 'settings'] as const;
/** none: no rule. beside: the class keeps its course. instead: its members have their course elsewhere. */
const rules = ['none', 'beside', 'instead'] as const;

interface Cell {
  readonly option: ProvisioningOption;
  readonly origin: Origin;
  readonly word: Word | undefined;
  readonly place: (typeof places)[number];
  readonly rule: (typeof rules)[number];
}

const cells: Cell[] = provisioningOptions.flatMap((option) =>
  origins.flatMap((origin) =>
    words.flatMap((word) =>
      places
        .filter((place) => word !== undefined || place === 'source')
        .flatMap((place) => rules.map((rule) => ({ option, origin, word, place, rule }))),
    ),
  ),
);

function hasCourse({ option, origin, word, place, rule }: Cell): boolean {
  const { gets, words: counts } = table[option];
  if (!counts) return false;
  if (word !== undefined && place === 'settings') return word === 'enabled';
  if (rule === 'instead') return false;
  return word === undefined ? gets.includes(origin) : word === 'enabled';
}

function settingsOf({ option, word, place, rule }: Cell): SchoolSettings {
  const type = defaultGroupType(2027);
  const superClass: GroupProvisioningRule = {
    name: 'many small ones are one course',
    userType: 'all',
    memberOf: ['SMALL', 'OTHER'],
    target: 'SUPER',
    applyToExisting: true,
    ...(rule === 'instead' ? { provisionMembers: false } : {}),
  };
  return settings({
    groupTypes: {
      default: { ...type, provisioning: option },
      named: { Super: { ...type, provisioning: 'enabled' } },
    },
    classOverrides: word !== undefined && place === 'settings' ? { SMALL: word } : {},
    ...(rule === 'none' ? {} : { groupProvisioning: [superClass] }),
  });
}

function planOf(cell: Cell): { courses: string[]; enrolments: string[] } {
  const { origin, word, place } = cell;
  const small = group('SMALL', {
    ...(origin === 'unknown' ? {} : { smsControlled: origin === 'SMS' }),
    ...(word !== undefined && place === 'source' ? { provisioning: word } : {}),
  });
  const school = snapshot(
    [student('S1'), student('S2'), teacher('T1')],
    [small, group('SUPER', { groupType: 'Super' })],
    memberships('SMALL: S1 T1', 'SUPER: S2'),
  );
  const { changes } = makePlan(input({ snapshot: school, settings: settingsOf(cell), moodle: moodle({}) }));
  return {
    courses: changes.flatMap((one) => (one.kind === 'course' ? [one.externalId] : [])).sort(),
    enrolments: changes.flatMap((one) =>
      one.kind === 'enrolment' && one.operation === 'create'
        ? [`${one.group} ${one.person} ${one.role}`]
        : [],
    ),
  };
}

describe("the guide's table, whole", () => {
  test('has a cell for everything', () => {
    expect(cells).toHaveLength(5 * 3 * 5 * 3);
  });

  test.each(cells)('$option, $origin, override $word in the $place, super-class $rule', (cell) => {
    const own = hasCourse(cell);
    const bySuper = cell.rule === 'none' ? [] : ['SUPER S1 student'];
    const teacherBySuper = cell.rule === 'none' ? [] : ['SUPER T1 editingteacher'];
    expect(planOf(cell)).toEqual({
      courses: own ? ['SMALL', 'SUPER'] : ['SUPER'],
      enrolments: [
        ...(own ? ['SMALL S1 student', 'SMALL T1 editingteacher'] : []),
        ...bySuper,
        'SUPER S2 student',
        ...teacherBySuper,
      ],
    });
  });
});

describe('a super-class', () => {
  const cell: Cell = { option: 'enabled', origin: 'SMS', word: undefined, place: 'source', rule: 'instead' };

  test('that is not there stands in a notice, and its classes wait for it', () => {
    const school = snapshot([student('S1')], [group('SMALL')], memberships('SMALL: S1'));
    const plan = makePlan(input({ snapshot: school, settings: settingsOf(cell) }));
    expect(plan.notices.map(({ code, level, subject }) => [code, level, subject])).toEqual([
      ['rule-class-unknown', 'drift', 'OTHER'],
      ['rule-class-unknown', 'conflict', 'SUPER'],
    ]);
    expect(plan.changes.filter(({ kind }) => kind !== 'user')).toEqual([]);
    const own = settingsOf(cell);
    const theirs = joinRules([], own.groupProvisioning ?? []);
    const other = makePlan(input({ snapshot: school, settings: { ...own, groupProvisioning: theirs } }));
    expect(other.notices.map(({ level }) => level)).toEqual(['drift', 'drift']);
  });

  test('gets no course by being filled: its own option and override decide', () => {
    const closed = settingsOf(cell);
    const type = { ...closed.groupTypes.default, provisioning: 'disabled' as const };
    const school = snapshot(
      [student('S1')],
      [group('SMALL'), group('SUPER', { groupType: 'Super' })],
      memberships('SMALL: S1'),
    );
    const plan = makePlan(
      input({ snapshot: school, settings: { ...closed, groupTypes: { default: type, named: {} } } }),
    );
    expect(plan.changes.filter(({ kind }) => kind !== 'user')).toEqual([]);
  });

  test('keeps its members in KnowledgeNET as long as the rule stands, and loses none in Moodle afterwards', () => {
    const school = snapshot(
      [student('S1')],
      [group('SMALL'), group('SUPER', { groupType: 'Super' })],
      memberships('SMALL: S1'),
    );
    const given = input({ snapshot: school, settings: settingsOf(cell) });
    const applied = applyPlan(makePlan(given), given);
    const again = makePlan(input({ ...given, ...applied }));
    expect([again.changes, again.kept]).toEqual([[], []]);
    const without = makePlan(
      input({ ...given, ...applied, settings: settingsOf({ ...cell, rule: 'none' }) }),
    );
    expect(without.kept).toEqual([
      { kind: 'enrolment', subject: 'SUPER', person: 'S1', moodleId: expect.any(Number) as number },
    ]);
    expect(without.changes.every(({ operation }) => operation === 'create')).toBe(true);
  });
});
