/** One setting at a time, as `rollover settings set PATH VALUE` gives it. */
import { parse } from 'yaml';
import { RolloverError } from '../model/errors.js';
import type { GroupTypeSettings, SchoolSettings } from '../model/settings.js';
import { formatPath } from './issues.js';
import { isLocalDate } from './local-date.js';
import { isSection, parseSettings } from './schema.js';

type Plain = Record<string, unknown>;

function refuse(message: string): never {
  throw new RolloverError('SettingsInvalid', `Setting refused: ${message}`);
}

/** `groupTypes.named["Sports team"].format` → its keys. A key without dots and brackets needs no quotes. */
export function parsePath(path: string): string[] {
  const keys: string[] = [];
  const part = /\.?(?:\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+))/y;
  while (part.lastIndex < path.length) {
    const match = part.exec(path);
    if (match === null) refuse('the path is not keys joined by dots, ["…"] around a key that has dots.');
    keys.push(match[1] === undefined ? match[2]! : readQuoted(match[1]));
  }
  if (keys.length === 0) refuse('the path is empty.');
  return keys;
}

function readQuoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return refuse('a quoted key of the path is not closed.');
  }
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy with the value at the path, in a section of its own if there was none; undefined takes the key away. */
function withValue(at: unknown, keys: readonly string[], value: unknown, whole: readonly string[]): Plain {
  const [key, ...rest] = keys;
  const above = whole.slice(0, whole.length - keys.length);
  const place = formatPath(above);
  if (at === undefined && isSection(above)) return withValue({}, keys, value, whole);
  if (at === undefined) refuse(`${place} is not a key we know.`);
  if (!isPlain(at)) refuse(`${place} has no keys below it.`);
  const entries = new Map(Object.entries(at));
  if (rest.length > 0) entries.set(key!, withValue(entries.get(key!), rest, value, whole));
  else if (value === undefined) entries.delete(key!);
  else entries.set(key!, value);
  return Object.fromEntries(entries);
}

/** Naming a group type for the first time starts it from the default one. */
function withNamedType(settings: SchoolSettings, keys: readonly string[]): SchoolSettings {
  const [section, named, name] = keys;
  if (section !== 'groupTypes' || named !== 'named' || name === undefined || keys.length < 4) return settings;
  if (Object.hasOwn(settings.groupTypes.named, name)) return settings;
  const types = Object.entries(settings.groupTypes.named);
  return {
    ...settings,
    groupTypes: {
      ...settings.groupTypes,
      named: Object.fromEntries([...types, [name, settings.groupTypes.default]]),
    },
  };
}

/**
 * What a typed word can mean: a list with commas where a list stands now, else what YAML says it is, else the word
 * itself. What YAML calls null takes an optional value away.
 */
function meanings(value: unknown, before: unknown): unknown[] {
  if (value === null) return [undefined];
  if (typeof value !== 'string') return [value];
  const read = readYaml(value);
  if (Array.isArray(before) && typeof read === 'string') return [read.split(',').map((word) => word.trim())];
  return read === null ? [undefined] : [read, value];
}

function valueAt(settings: SchoolSettings, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (at, key) => (isPlain(at) && Object.hasOwn(at, key) ? at[key] : undefined),
    settings,
  );
}

function readYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0, prettyErrors: false, logLevel: 'silent' }) as unknown;
  } catch {
    return text;
  }
}

/**
 * The settings with one value changed; a string is taken as the type that the path wants. Throws `SettingsInvalid`
 * naming the path.
 */
export function setSetting(settings: SchoolSettings, path: string, value: unknown): SchoolSettings {
  const keys = parsePath(path);
  const base = withNamedType(settings, keys);
  let refusal: unknown;
  for (const meaning of meanings(value, valueAt(base, keys))) {
    try {
      return parseSettings(withValue(base, keys, meaning, keys));
    } catch (error) {
      // The word as it was typed gives the best explanation; what YAML made of it comes first and wins if it fits.
      if (refusal === undefined || meaning === value) refusal = error;
    }
  }
  throw refusal;
}

/** The settings without one optional value, override or named group type. Throws `SettingsInvalid`. */
export function unsetSetting(settings: SchoolSettings, path: string): SchoolSettings {
  const keys = parsePath(path);
  return parseSettings(withValue(settings, keys, undefined, keys));
}

/** The value at a path, for printing. Throws `SettingsInvalid` when nothing is there. */
export function getSetting(settings: SchoolSettings, path: string): unknown {
  const keys = parsePath(path);
  const value = valueAt(settings, keys);
  return value ?? refuse(`${formatPath(keys)} is not set.`);
}

function moveDate(date: string, years: number): string {
  const moved = String(Number(date.slice(0, 4)) + years).padStart(4, '0') + date.slice(4);
  return isLocalDate(moved) ? moved : moved.replace(/29$/, '28');
}

function moveDates(type: GroupTypeSettings, years: number): GroupTypeSettings {
  return {
    ...type,
    startDate: moveDate(type.startDate, years),
    ...(type.endDate === undefined ? {} : { endDate: moveDate(type.endDate, years) }),
  };
}

/** The settings for another school year: the dates of new courses move along. Throws `SettingsInvalid`. */
export function moveToYear(settings: SchoolSettings, year: number): SchoolSettings {
  const years = year - settings.year;
  const named = Object.entries(settings.groupTypes.named);
  return parseSettings({
    ...settings,
    year,
    groupTypes: {
      default: moveDates(settings.groupTypes.default, years),
      named: Object.fromEntries(named.map(([name, type]) => [name, moveDates(type, years)])),
    },
  });
}
