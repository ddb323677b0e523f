/** What changed from one version of the settings to the next, value by value. */
import type { SchoolSettings } from '../../model/settings.js';
import { compareCodePoints } from '../../model/code-points.js';

export interface SettingChange {
  /** As `rollover settings set` writes it; rules by their names. */
  readonly path: string;
  /** Absent: it was not set. */
  readonly before?: unknown;
  /** Absent: it was taken away. */
  readonly after?: unknown;
}

type Plain = Readonly<Record<string, unknown>>;

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pathOf(keys: readonly string[]): string {
  return keys
    .map((key, at) =>
      /^[\p{L}\p{N}_-]+$/u.test(key) ? (at === 0 ? key : `.${key}`) : `[${JSON.stringify(key)}]`,
    )
    .join('');
}

/** Rules are known by their names, whatever place they stand in. */
function named(settings: SchoolSettings | undefined): Plain {
  if (settings === undefined) return {};
  const { groupProvisioning, ...rest } = settings;
  if (groupProvisioning === undefined) return rest;
  return {
    ...rest,
    groupProvisioning: Object.fromEntries(groupProvisioning.map(({ name, ...rule }) => [name, rule])),
  };
}

function differences(before: unknown, after: unknown, keys: readonly string[]): SettingChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const whole = isPlain(before) && isPlain(after);
  // A rule or group type that came or went is one change, not one for each of its values.
  if (!whole && !(keys.length === 1 && (isPlain(before) || isPlain(after))))
    return [
      {
        path: pathOf(keys),
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      },
    ];
  const [old, fresh] = [isPlain(before) ? before : {}, isPlain(after) ? after : {}];
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort(compareCodePoints);
  return names.flatMap((name) => differences(at(old, name), at(fresh, name), [...keys, name]));
}

function at(plain: Plain, name: string): unknown {
  return Object.hasOwn(plain, name) ? plain[name] : undefined;
}

/** The changes, by path. Without a version before, every value is new. */
export function diffSettings(before: SchoolSettings | undefined, after: SchoolSettings): SettingChange[] {
  return differences(named(before), named(after), []);
}
