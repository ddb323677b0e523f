import { describe, expect, it } from 'vitest';
import { RolloverError } from '../../data/model/errors.js';
import type { SchoolSettings } from '../../data/model/settings.js';
import { defaultSettings } from '../../data/settings/defaults.js';
import { settingsHash } from '../../data/settings/hash.js';
import { isLocalDate } from '../../data/settings/local-date.js';
import { isTimeZone, parseSettings } from '../../data/settings/schema.js';

const settings = defaultSettings(2027);

/** The settings with changes of the default group type. */
function withType(change: Record<string, unknown>): unknown {
  return {
    ...settings,
    groupTypes: { ...settings.groupTypes, default: { ...settings.groupTypes.default, ...change } },
  };
}

function refusalOf(input: unknown): RolloverError {
  try {
    parseSettings(input);
  } catch (error) {
    if (error instanceof RolloverError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

describe('settings', () => {
  it('begin with nothing provisioned and nothing removed', () => {
    expect(parseSettings(settings)).toEqual(settings);
    expect(settings.groupTypes.default.provisioning).toBe('disabled');
    expect(settings.mode).toBe('disabled');
    expect(settings.deletion).toEqual({ users: false, enrolments: false, courses: "don't-delete" });
    expect(settings.timeZone).toBe('Pacific/Auckland');
  });

  it('refuse unknown keys by name, wherever they stand', () => {
    expect(refusalOf({ ...settings, colour: 'red' }).message).toContain('colour is not a key we know');
    expect(refusalOf(withType({ formmat: 'weeks' })).message).toContain(
      'groupTypes.default.formmat is not a key we know',
    );
    expect(refusalOf({ ...settings, users: { auth: 'manual', pass: 1 } }).message).toContain('users.pass');
  });

  it('take removals per type, and refuse what they do not know', () => {
    const deletion = {
      users: true,
      enrolments: true,
      courses: 'delete',
      forGood: true,
      graceDays: 14,
    } as const;
    expect(parseSettings({ ...settings, deletion }).deletion).toEqual(deletion);
    for (const [change, name] of [
      [{ courses: 'archive' }, 'deletion.courses'],
      [{ graceDays: 0 }, 'deletion.graceDays'],
      [{ everything: true }, 'deletion.everything'],
    ] as const)
      expect(refusalOf({ ...settings, deletion: { ...deletion, ...change } }).message).toContain(name);
  });

  it('refuse a course format by name unless rows of an existing course of that format are named', () => {
    const error = refusalOf(withType({ format: 'buttons' }));
    expect(error.code).toBe('SettingsInvalid');
    expect(error.message).toMatch(/groupTypes\.default\.format: "buttons" is not one of topics, weeks/);
    expect(parseSettings(withType({ format: 'buttons', optionsFrom: 'TEMPLATE' }))).toMatchObject({
      groupTypes: { default: { format: 'buttons', optionsFrom: 'TEMPLATE' } },
    });
    for (const format of ['topics', 'weeks', 'singleactivity', 'social'])
      expect(() => parseSettings(withType({ format }))).not.toThrow();
  });

  it.each([
    [{ shortname: '{name}' }, /shortname: must contain \{code\}/],
    [{ shortname: '{code} {term}' }, /shortname: \{term\} is not filled in here/],
    [{ shortname: '{code' }, /shortname: braces do not pair up/],
    [{ fullname: '' }, /fullname: expected a text/],
    [{ category: '{year}//x' }, /category: expected names separated/],
    [{ category: '/{year}' }, /category: expected names separated/],
    [{ category: '{code}' }, /category: \{code\} is not filled in here/],
    [{ startDate: '2027-02-30' }, /startDate: expected a day/],
    [{ startDate: '1.2.2027' }, /startDate: expected a day/],
    [{ endDate: '2027-01-31' }, /endDate: is before startDate/],
    [{ numsections: 53 }, /numsections/],
    [{ numsections: 1.5 }, /numsections/],
    [{ reusedCode: 'ask' }, /reusedCode/],
    [{ visible: 'yes' }, /visible: expected boolean/],
    [{ provisioning: 'on' }, /provisioning: expected one of/],
  ])('refuse %j', (change, message) => {
    const error = refusalOf(withType(change));
    expect(error.code).toBe('SettingsInvalid');
    expect(error.message).toMatch(message);
  });

  it('take an end on the day of the start', () => {
    expect(() => parseSettings(withType({ startDate: '2028-02-29', endDate: '2028-02-29' }))).not.toThrow();
  });

  it('refuse names that a plain object answers to by itself', () => {
    for (const name of ['constructor', 'toString']) {
      const classOverrides = Object.fromEntries([[name, 'enabled']]);
      expect(refusalOf({ ...settings, classOverrides }).code).toBe('SettingsInvalid');
    }
  });

  it.each([
    ['^SMS-', true],
    ['^\\d{2}[A-Z]+$', true],
    ['(?:^S|^T)\\d+', true],
    ['([A-Z]{2})?\\d+', true],
    ['[(]a+[)]+', true],
    ['(a+)+$', false],
    ['(a|aa)+$', false],
    ['(?:a*)*', false],
    ['((a)b*)+', false],
    ['(a?){50}', false],
    ['(?=x)', false],
    ['(?<name>x)', false],
    ['(x)\\1', false],
    ['.*.*.*.*x', false],
    ['a{1000}', false],
    ['(', false],
    ['', false],
    ['a'.repeat(201), false],
  ])('take the pattern %s: %s', (smsControlledPattern, taken) => {
    const parse = (): SchoolSettings => parseSettings({ ...settings, smsControlledPattern });
    if (taken) expect(parse().smsControlledPattern).toBe(smsControlledPattern);
    else expect(parse).toThrow(/smsControlledPattern: this regular expression is not taken/);
  });

  it('say everything that is wrong in one sentence, without the values', () => {
    const error = refusalOf({ ...settings, timeZone: 'Middle/Earth', year: 1, actor: '' });
    expect(error.message).toMatch(/timeZone.*year.*actor/);
    expect(error.message).not.toContain('Middle');
    expect(error.message).not.toContain('\n');
  });
});

describe('a time zone', () => {
  it.each([
    ['Pacific/Auckland', true],
    ['Pacific/Chatham', true],
    ['UTC', true],
    ['Etc/GMT+12', true],
    ['America/Argentina/Buenos_Aires', true],
    ['+12:00', false],
    ['Pacific/Nowhere', false],
    ['', false],
  ])('%s: %s', (name, valid) => {
    expect(isTimeZone(name)).toBe(valid);
  });
});

describe('a local date', () => {
  it.each([
    ['2027-02-28', true],
    ['2028-02-29', true],
    ['2027-02-29', false],
    ['2100-02-29', false],
    ['2000-02-29', true],
    ['2027-13-01', false],
    ['2027-04-31', false],
    ['2027-00-10', false],
    ['2027-1-1', false],
    ['2027-01-01T00:00', false],
  ])('%s: %s', (text, valid) => {
    expect(isLocalDate(text)).toBe(valid);
  });
});

describe("a settings' hash", () => {
  it('does not depend on the order of keys, nor on absent values', () => {
    const turned = Object.fromEntries(Object.entries(settings).reverse()) as unknown as SchoolSettings;
    expect(settingsHash(turned)).toBe(settingsHash(settings));
    expect(settingsHash({ ...settings, actor: undefined })).toBe(settingsHash(settings));
    expect(settingsHash(settings)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('changes with any value', () => {
    expect(settingsHash({ ...settings, year: 2028 })).not.toBe(settingsHash(settings));
    expect(settingsHash({ ...settings, ownedByKN: [...settings.ownedByKN].reverse() })).not.toBe(
      settingsHash(settings),
    );
  });
});
