import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RolloverError } from '../../data/model/errors.js';
import {
  courseFormats,
  ownableFields,
  provisioningOptions,
  ruleUserTypes,
  syncModes,
  type GroupProvisioningRule,
  type GroupTypeSettings,
  type SchoolSettings,
} from '../../data/model/settings.js';
import { defaultSettings } from '../../data/settings/defaults.js';
import { exportSettings, importSettings } from '../../data/settings/yaml.js';

const base = defaultSettings(2027);

const word = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => !/[{}/]/.test(text) && text.trim() !== '' && !(text in {}));

const groupType: fc.Arbitrary<GroupTypeSettings> = fc.record(
  {
    provisioning: fc.constantFrom(...provisioningOptions),
    format: fc.constantFrom(...courseFormats),
    visible: fc.boolean(),
    category: fc.tuple(word, word).map(([a, b]) => `${a}/{type}/${b}`),
    fullname: word.map((text) => `{name} ${text}`),
    shortname: word.map((text) => `{code} ${text}`),
    startDate: fc.constantFrom('2027-01-25', '2027-02-01'),
    endDate: fc.constantFrom('2027-12-17', '2027-12-31'),
    numsections: fc.integer({ min: 0, max: 52 }),
    activitytype: fc.constantFrom('forum', 'quiz'),
    optionsFrom: word,
    reusedCode: fc.constantFrom('continues', 'new-course'),
  },
  {
    requiredKeys: ['provisioning', 'format', 'visible', 'category', 'fullname', 'shortname', 'startDate'],
  },
);

const rule: fc.Arbitrary<GroupProvisioningRule> = fc.record(
  {
    name: word,
    userType: fc.constantFrom(...ruleUserTypes),
    yearLevel: fc.integer({ min: 0, max: 15 }).map(String),
    memberOf: fc.array(
      word.map((text) => `small ${text}`),
      { minLength: 1, maxLength: 3 },
    ),
    target: word.map((text) => `super ${text}`),
    applyToExisting: fc.boolean(),
    provisionMembers: fc.boolean(),
  },
  { requiredKeys: ['name', 'userType', 'target', 'applyToExisting'] },
);

const settings: fc.Arbitrary<SchoolSettings> = fc.record(
  {
    timeZone: fc.constantFrom('Pacific/Auckland', 'Pacific/Chatham'),
    year: fc.integer({ min: 2000, max: 2100 }),
    mode: fc.constantFrom(...syncModes),
    groupTypes: fc.record({ default: groupType, named: fc.dictionary(word, groupType, { maxKeys: 3 }) }),
    classOverrides: fc.dictionary(word, fc.constantFrom('enabled', 'disabled'), { maxKeys: 4 }),
    groupProvisioning: fc.uniqueArray(rule, { maxLength: 4, selector: ({ name }) => name }),
    everyMinutes: fc.integer({ min: 5, max: 1440 }),
    retentionDays: fc.integer({ min: 30, max: 3650 }),
    smsControlledPattern: fc.constantFrom('^SMS', '\\d+$', "it's: #"),
    users: fc.record(
      { auth: fc.constantFrom('manual', 'oauth2'), withoutEmail: fc.boolean() },
      { requiredKeys: ['auth'] },
    ),
    ownedByKN: fc.subarray([...ownableFields]),
    logEvents: fc.boolean(),
    actor: word,
    deletion: fc.record(
      {
        users: fc.boolean(),
        enrolments: fc.boolean(),
        courses: fc.constantFrom("don't-delete" as const, 'hide' as const, 'delete' as const),
        forGood: fc.boolean(),
        graceDays: fc.integer({ min: 1, max: 365 }),
        secondPerson: fc.boolean(),
      },
      { requiredKeys: ['users', 'enrolments', 'courses'] },
    ),
  },
  {
    requiredKeys: [
      'timeZone',
      'year',
      'mode',
      'groupTypes',
      'classOverrides',
      'users',
      'ownedByKN',
      'logEvents',
      'deletion',
    ],
  },
);

function refusal(text: string): RolloverError {
  try {
    importSettings(text, base);
  } catch (error) {
    if (error instanceof RolloverError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

describe('settings as YAML', () => {
  it('come back as they were exported, whatever was in force before', () => {
    fc.assert(
      fc.property(settings, settings, (one, other) => {
        expect(importSettings(exportSettings(one), other)).toEqual(one);
      }),
      { numRuns: 200 },
    );
  });

  it('explain themselves', () => {
    const text = exportSettings(base);
    expect(text).toContain('# always-disabled | disabled | enabled-non-sms | enabled-sms | enabled');
    expect(text).toMatch(/# What is no longer in KN: suspended and hidden\..*\ndeletion:/);
    expect(text).toContain('actor: null');
  });

  it('may hold a part: what is left out stays', () => {
    const changed = importSettings('mode: enabled\nusers: { auth: oauth2 }\n', base);
    expect(changed).toEqual({ ...base, mode: 'enabled', users: { auth: 'oauth2' } });
    expect(importSettings('', base)).toEqual(base);
  });

  it('let a named group type say only what differs from the default one', () => {
    const text =
      'groupTypes:\n  default: { visible: false }\n  named:\n    Class: { format: weeks, endDate: null }\n    House:\n';
    const { groupTypes } = importSettings(text, base);
    expect(groupTypes.default).toEqual({ ...base.groupTypes.default, visible: false });
    expect(groupTypes.named['House']).toEqual(groupTypes.default);
    const { endDate, ...rest } = groupTypes.default;
    expect(endDate).toBe('2027-12-31');
    expect(groupTypes.named['Class']).toEqual({ ...rest, format: 'weeks' });
  });

  it('replace named types and overrides as a whole, so that taking one out of the file takes it out', () => {
    const before = importSettings(
      'groupTypes: { named: { A: {}, B: {} } }\nclassOverrides: { X: enabled }\nactor: robot\n',
      base,
    );
    const after = importSettings(
      'groupTypes: { named: { B: {} } }\nclassOverrides: {}\nactor: null\n',
      before,
    );
    expect(Object.keys(after.groupTypes.named)).toEqual(['B']);
    expect(after.classOverrides).toEqual({});
    expect(after).not.toHaveProperty('actor');
  });

  it.each([
    ['mode: [', /not YAML/],
    ['mode: enabled\nmode: disabled', /not YAML/],
    ['a: &a 1\nb: *a', /aliases are not allowed/],
    ['- 1', /expected object/],
    ['groupTypes: 5', /groupTypes: expected object/],
    [
      'groupTypes: { named: { Class: { formats: weeks } } }',
      /groupTypes\.named\.Class\.formats is not a key we know/,
    ],
    [
      'groupTypes: { named: { "Sports team": { format: cards } } }',
      /named\["Sports team"\]\.format: "cards"/,
    ],
    ['groupTypes: { others: {} }', /groupTypes\.others is not a key we know/],
    ['year: null', /year: expected number/],
  ])('refuse %j in one sentence', (text, message) => {
    const error = refusal(text);
    expect(error.code).toBe('SettingsInvalid');
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
  });

  it('take removals in part, and refuse oversized files', () => {
    const { deletion } = importSettings('deletion: { users: true }', base);
    expect(deletion).toEqual({ users: true, enrolments: false, courses: "don't-delete" });
    expect(refusal(`# ${'x'.repeat(1_000_001)}`).message).toContain('larger than 1 MB');
  });
});
