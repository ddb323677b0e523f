import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../data/settings/defaults.js';
import { getSetting, moveToYear, parsePath, setSetting, unsetSetting } from '../../data/settings/edit.js';

const settings = defaultSettings(2027);

describe('setting one value', () => {
  it.each([
    ['mode', 'enabled', { mode: 'enabled' }],
    ['year', '2028', { year: 2028 }],
    ['logEvents', 'false', { logEvents: false }],
    ['actor', '12345', { actor: '12345' }],
    ['ownedByKN', 'firstname, lastname', { ownedByKN: ['firstname', 'lastname'] }],
    ['ownedByKN', '[email]', { ownedByKN: ['email'] }],
    ['users.withoutEmail', 'true', { users: { auth: 'manual', withoutEmail: true } }],
    ['calendar.removals', 'any-time', { calendar: { removals: 'any-time' } }],
    ['classOverrides["9.ENG a"]', 'disabled', { classOverrides: { '9.ENG a': 'disabled' } }],
  ])('%s %s is taken as what the place wants', (path, value, expected) => {
    expect(setSetting(settings, path, value)).toEqual({ ...settings, ...expected });
    expect(settings).toEqual(defaultSettings(2027));
  });

  it('starts a new group type from the default one', () => {
    const changed = setSetting(settings, 'groupTypes.named.Sports team.format', 'weeks');
    expect(changed.groupTypes.named).toEqual({
      'Sports team': { ...settings.groupTypes.default, format: 'weeks' },
    });
    expect(setSetting(changed, 'groupTypes.named["Sports team"].visible', 'false').groupTypes.named).toEqual({
      'Sports team': { ...settings.groupTypes.default, format: 'weeks', visible: false },
    });
  });

  it.each([
    ['groupTypes.named.Class.format', 'buttons', /groupTypes\.named\.Class\.format: "buttons" is not one of/],
    ['groupTypes.named.Class', 'weeks', /groupTypes\.named\.Class: expected object/],
    ['colour', 'red', /colour is not a key we know/],
    ['colours.sky', 'blue', /colours is not a key we know/],
    ['calendar.sky', 'blue', /calendar\.sky is not a key we know/],
    ['mode.sky', 'blue', /mode has no keys below it/],
    ['year', 'soon', /year: expected number/],
    ['ownedByKN', 'firstname,shoe', /ownedByKN\[1\]: expected one of/],
    ['mode', '', /mode: expected one of/],
    ['', 'x', /path is empty/],
    ['a..b', 'x', /path is not keys joined by dots/],
    ['a[b]', 'x', /path is not keys joined by dots/],
  ])('refuses %s %s', (path, value, message) => {
    expect(() => setSetting(settings, path, value)).toThrow(message);
    expect(() => setSetting(settings, path, value)).toThrow(
      expect.objectContaining({ code: 'SettingsInvalid' }),
    );
  });

  it('allows removals one by one', () => {
    const hiding = setSetting(settings, 'deletion.courses', 'hide');
    expect(hiding.deletion).toEqual({ users: false, enrolments: false, courses: 'hide' });
    expect(setSetting(hiding, 'deletion.graceDays', '14').deletion.graceDays).toBe(14);
    expect(setSetting(hiding, 'deletion.courses', "don't-delete")).toEqual(settings);
  });

  it('takes optional values away', () => {
    const acted = setSetting(settings, 'actor', 'robot');
    expect(unsetSetting(acted, 'actor')).toEqual(settings);
    expect(setSetting(acted, 'actor', 'null')).toEqual(settings);
    const typed = setSetting(settings, 'groupTypes.named.Class.format', 'weeks');
    expect(unsetSetting(typed, 'groupTypes.named.Class')).toEqual(settings);
    expect(() => unsetSetting(settings, 'mode')).toThrow(/mode/);
  });
});

describe('reading one value', () => {
  it('gives what is there and names what is not', () => {
    expect(getSetting(settings, 'groupTypes.default.format')).toBe('topics');
    expect(() => getSetting(settings, 'actor')).toThrow(/actor is not set/);
    expect(() => getSetting(settings, 'constructor')).toThrow(/constructor is not set/);
  });
});

describe('a path', () => {
  it('is keys joined by dots, quoted where they have dots themselves', () => {
    expect(parsePath('groupTypes.named["9.\\"A\\""].format')).toEqual([
      'groupTypes',
      'named',
      '9."A"',
      'format',
    ]);
  });
});

describe('moving to another school year', () => {
  it('moves the dates of every group type along', () => {
    const named = setSetting(settings, 'groupTypes.named.Class.startDate', '2027-02-28');
    const moved = moveToYear(setSetting(named, 'groupTypes.named.Class.endDate', '2028-02-29'), 2029);
    expect(moved.year).toBe(2029);
    expect(moved.groupTypes.default).toMatchObject({ startDate: '2029-02-01', endDate: '2029-12-31' });
    expect(moved.groupTypes.named['Class']).toMatchObject({ startDate: '2029-02-28', endDate: '2030-02-28' });
    expect(moveToYear(moved, 2029)).toEqual(moved);
  });
});
