import { describe, expect, test } from 'vitest';
import { provisioningOptions, type ProvisioningOption } from '../../data/model/settings.js';
import type { GroupRecord } from '../../data/model/snapshot.js';
import { groupTypeSettings, isProvisioned, type Provisioning } from '../../data/rules/provisioning.js';
import { defaultGroupType, defaultSettings } from '../../data/settings/defaults.js';

type Override = 'enabled' | 'disabled' | undefined;
const origins = [true, false, undefined] as const;
const overrides: readonly Override[] = [undefined, 'enabled', 'disabled'];

/** The guide's table, written down cell by cell: option → override → [SMS, non-SMS, unknown]. */
const table: Record<ProvisioningOption, Record<'none' | 'enabled' | 'disabled', Provisioning[]>> = {
  'always-disabled': {
    none: ['ignored', 'ignored', 'ignored'],
    enabled: ['ignored', 'ignored', 'ignored'],
    disabled: ['ignored', 'ignored', 'ignored'],
  },
  disabled: {
    none: ['ignored', 'ignored', 'ignored'],
    enabled: ['provisioned', 'provisioned', 'provisioned'],
    disabled: ['ignored', 'ignored', 'ignored'],
  },
  'enabled-non-sms': {
    none: ['ignored', 'provisioned', 'origin-unknown'],
    enabled: ['provisioned', 'provisioned', 'provisioned'],
    disabled: ['ignored', 'ignored', 'ignored'],
  },
  'enabled-sms': {
    none: ['provisioned', 'ignored', 'origin-unknown'],
    enabled: ['provisioned', 'provisioned', 'provisioned'],
    disabled: ['ignored', 'ignored', 'ignored'],
  },
  enabled: {
    none: ['provisioned', 'provisioned', 'provisioned'],
    enabled: ['provisioned', 'provisioned', 'provisioned'],
    disabled: ['ignored', 'ignored', 'ignored'],
  },
};

const cells = provisioningOptions.flatMap((option) =>
  overrides.flatMap((override) =>
    origins.map((sms, at) => ({ option, override, sms, expected: table[option][override ?? 'none'][at] })),
  ),
);

describe('the five options', () => {
  test.each(cells)(
    '$option, SMS $sms, override in the source $override → $expected',
    ({ option, override, sms, expected }) => {
      const group = {
        externalId: '9MAT1',
        ...(sms === undefined ? {} : { smsControlled: sms }),
        ...(override === undefined ? {} : { provisioning: override }),
      };
      expect(isProvisioned(group, { provisioning: option }, { classOverrides: {} })).toBe(expected);
    },
  );

  test.each(cells)(
    '$option, SMS $sms, override in the settings $override → $expected, whatever the source says',
    ({ option, override, sms, expected }) => {
      const classOverrides: Record<string, 'enabled' | 'disabled'> =
        override === undefined ? {} : { '9MAT1': override };
      const opposite: Override = override === 'enabled' ? 'disabled' : 'enabled';
      const group: GroupRecord = {
        externalId: '9MAT1',
        ...(sms === undefined ? {} : { smsControlled: sms }),
        ...(override === undefined ? {} : { provisioning: opposite }),
      };
      expect(isProvisioned(group, { provisioning: option }, { classOverrides })).toBe(expected);
    },
  );
});

describe('origin', () => {
  const option = { provisioning: 'enabled-sms' } as const;
  const settings = { classOverrides: {}, smsControlledPattern: '^\\d' };

  test('comes from the pattern on External IDs where the source does not tell', () => {
    expect(isProvisioned({ externalId: '9MAT1' }, option, settings)).toBe('provisioned');
    expect(isProvisioned({ externalId: 'CHOIR' }, option, settings)).toBe('ignored');
  });

  test('is what the source says where it tells, also against the pattern', () => {
    expect(isProvisioned({ externalId: '9MAT1', smsControlled: false }, option, settings)).toBe('ignored');
  });
});

describe('settings of a group type', () => {
  const named = { ...defaultGroupType(2027), provisioning: 'enabled' } as const;
  const settings = {
    groupTypes: { default: defaultSettings(2027).groupTypes.default, named: { Sport: named } },
  };

  test('are its own, else the default ones', () => {
    expect(groupTypeSettings('Sport', settings)).toBe(named);
    expect(groupTypeSettings('Class', settings)).toBe(settings.groupTypes.default);
    expect(groupTypeSettings(undefined, settings)).toBe(settings.groupTypes.default);
  });

  test('are not found in what every object has', () => {
    expect(groupTypeSettings('constructor', settings)).toBe(settings.groupTypes.default);
    expect(
      isProvisioned({ externalId: 'toString' }, { provisioning: 'disabled' }, { classOverrides: {} }),
    ).toBe('ignored');
  });
});
