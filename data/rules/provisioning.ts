/** Which KN classes become Moodle courses: the five options, the class's origin, the override (docs/planning.md). */
import type { GroupTypeSettings, SchoolSettings } from '../model/settings.js';
import type { GroupRecord } from '../model/snapshot.js';

/** What a class's settings come to. origin-unknown: the option asks whether the SMS made it, and nothing tells. */
export type Provisioning = 'provisioned' | 'ignored' | 'origin-unknown';

type ClassSettings = Pick<SchoolSettings, 'classOverrides' | 'smsControlledPattern'>;

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The settings of a group type; types that have none of their own share the default. */
export function groupTypeSettings(
  groupType: string | undefined,
  settings: Pick<SchoolSettings, 'groupTypes'>,
): GroupTypeSettings {
  return own(settings.groupTypes.named, groupType ?? '') ?? settings.groupTypes.default;
}

/** Whether the SMS made this class: the source's own word, else the pattern on External IDs, else unknown. */
export function isSmsControlled(
  group: Pick<GroupRecord, 'externalId' | 'smsControlled'>,
  settings: Pick<SchoolSettings, 'smsControlledPattern'>,
): boolean | undefined {
  if (group.smsControlled !== undefined) return group.smsControlled;
  if (settings.smsControlledPattern === undefined) return undefined;
  return new RegExp(settings.smsControlledPattern, 'u').test(group.externalId);
}

/** The override in force; the settings' wins over the source's. */
function overrideOf(
  group: Pick<GroupRecord, 'externalId' | 'provisioning'>,
  settings: Pick<SchoolSettings, 'classOverrides'>,
): 'enabled' | 'disabled' | undefined {
  return own(settings.classOverrides, group.externalId) ?? group.provisioning;
}

/**
 * Whether a class becomes a course. "Always disabled" cannot be overridden; every other option can, and then the
 * class's origin does not matter.
 */
export function isProvisioned(
  group: Pick<GroupRecord, 'externalId' | 'smsControlled' | 'provisioning'>,
  typeSettings: Pick<GroupTypeSettings, 'provisioning'>,
  settings: ClassSettings,
): Provisioning {
  const option = typeSettings.provisioning;
  if (option === 'always-disabled') return 'ignored';
  const override = overrideOf(group, settings);
  if (override !== undefined) return override === 'enabled' ? 'provisioned' : 'ignored';
  if (option === 'disabled') return 'ignored';
  if (option === 'enabled') return 'provisioned';
  const sms = isSmsControlled(group, settings);
  if (sms === undefined) return 'origin-unknown';
  return sms === (option === 'enabled-sms') ? 'provisioned' : 'ignored';
}
