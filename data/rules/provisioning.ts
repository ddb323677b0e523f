/** Which KN classes become Moodle courses: the five options, the class's origin, the override (docs/planning.md). */
import type { GroupProvisioningRule, GroupTypeSettings, SchoolSettings } from '../model/settings.js';
import type { GroupRecord } from '../model/snapshot.js';

/** What a class's settings come to. origin-unknown: the option asks whether the SMS made it, and nothing tells. */
export type Provisioning = 'provisioned' | 'ignored' | 'origin-unknown';

/**
 * What decided. always-disabled: nothing can override it. settings-override, source-override: the class's own word.
 * part-of-super-class: a group provisioning rule gathers its members elsewhere. option: the group type's option alone.
 * origin: the option, and who made the class.
 */
export type ProvisioningCause =
  'always-disabled' | 'settings-override' | 'part-of-super-class' | 'source-override' | 'option' | 'origin';

export interface ProvisioningVerdict {
  readonly provisioning: Provisioning;
  readonly cause: ProvisioningCause;
}

type ClassSettings = Pick<SchoolSettings, 'classOverrides' | 'smsControlledPattern' | 'groupProvisioning'>;

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

/** Asked for every class with the same few lists of rules. */
const partsByRules = new WeakMap<readonly GroupProvisioningRule[], ReadonlySet<string>>();

/** Classes whose members a rule gathers in a super-class, and that therefore get no course of their own. */
export function partsOfSuperClasses(rules: readonly GroupProvisioningRule[]): ReadonlySet<string> {
  const known = partsByRules.get(rules);
  if (known !== undefined) return known;
  const parts = new Set(
    rules.flatMap(({ provisionMembers, memberOf = [] }) => (provisionMembers === false ? memberOf : [])),
  );
  partsByRules.set(rules, parts);
  return parts;
}

function saidBy(word: 'enabled' | 'disabled', cause: ProvisioningCause): ProvisioningVerdict {
  return { provisioning: word === 'enabled' ? 'provisioned' : 'ignored', cause };
}

/**
 * Whether a class becomes a course, and what decided. "Always disabled" cannot be overridden; every other option can,
 * and then the class's origin does not matter. An override in the settings wins over a rule that makes the class part
 * of a super-class; the rule, which is the school's decision about exactly these classes, wins over the source's word.
 */
export function judgeClass(
  group: Pick<GroupRecord, 'externalId' | 'smsControlled' | 'provisioning'>,
  typeSettings: Pick<GroupTypeSettings, 'provisioning'>,
  settings: ClassSettings,
): ProvisioningVerdict {
  const option = typeSettings.provisioning;
  if (option === 'always-disabled') return { provisioning: 'ignored', cause: 'always-disabled' };
  const override = own(settings.classOverrides, group.externalId);
  if (override !== undefined) return saidBy(override, 'settings-override');
  if (partsOfSuperClasses(settings.groupProvisioning ?? []).has(group.externalId))
    return { provisioning: 'ignored', cause: 'part-of-super-class' };
  if (group.provisioning !== undefined) return saidBy(group.provisioning, 'source-override');
  if (option === 'disabled') return { provisioning: 'ignored', cause: 'option' };
  if (option === 'enabled') return { provisioning: 'provisioned', cause: 'option' };
  const sms = isSmsControlled(group, settings);
  if (sms === undefined) return { provisioning: 'origin-unknown', cause: 'origin' };
  return { provisioning: sms === (option === 'enabled-sms') ? 'provisioned' : 'ignored', cause: 'origin' };
}

/** Whether a class becomes a course; see `judgeClass`. */
export function isProvisioned(
  group: Pick<GroupRecord, 'externalId' | 'smsControlled' | 'provisioning'>,
  typeSettings: Pick<GroupTypeSettings, 'provisioning'>,
  settings: ClassSettings,
): Provisioning {
  return judgeClass(group, typeSettings, settings).provisioning;
}
