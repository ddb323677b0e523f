/** Settings as YAML: whole and commented on the way out, whole or in part on the way in. */
import { Document, isMap, parseDocument, type YAMLMap } from 'yaml';
import { RolloverError } from '../model/errors.js';
import {
  GRACE_DAYS,
  RETENTION_DAYS,
  courseFormats,
  provisioningOptions,
  syncModes,
  type GroupTypeSettings,
  type SchoolSettings,
} from '../model/settings.js';
import { parseSettings } from './schema.js';

const MAX_BYTES = 1_000_000;

/** The keys of a group type in the order in which they are explained. */
const typeKeys = [
  'provisioning',
  'format',
  'numsections',
  'activitytype',
  'optionsFrom',
  'visible',
  'category',
  'fullname',
  'shortname',
  'startDate',
  'endDate',
  'reusedCode',
] as const satisfies readonly (keyof GroupTypeSettings)[];

const comments: ReadonlyArray<readonly [path: readonly string[], comment: string]> = [
  [['timeZone'], ' IANA name; start and end dates are midnights of it.'],
  [['year'], ' School year of new courses; fills {year}.'],
  [['mode'], ` ${syncModes.join(' | ')}`],
  [['everyMinutes'], ' How often an enabled synchronisation looks at its source. null: every 60 minutes.'],
  [['retentionDays'], ` Days that personal data of ended runs are kept. null: ${RETENTION_DAYS}.`],
  [
    ['groupTypes'],
    ' Per group type: which classes get a course, and what new courses look like.\n' +
      ' A named type may leave out what it has in common with "default"; null means none.',
  ],
  [['groupTypes', 'default', 'provisioning'], ` ${provisioningOptions.join(' | ')}`],
  [
    ['groupTypes', 'default', 'format'],
    ` ${courseFormats.join(' | ')}; any other needs optionsFrom (idnumber of a course of that format)`,
  ],
  [['groupTypes', 'default', 'category'], ' Path, made if missing; {type} and {year} are filled in.'],
  [
    ['groupTypes', 'default', 'fullname'],
    ' {name}, {code}, {type}, {year} are filled in; shortname must have {code}.',
  ],
  [['groupTypes', 'default', 'startDate'], ' YYYY-MM-DD'],
  [
    ['groupTypes', 'default', 'reusedCode'],
    ' Answer when a class code is used again: continues | new-course; null: a person answers.',
  ],
  [['classOverrides'], " Class External ID: enabled | disabled. Wins over the workbook's column."],
  [
    ['groupProvisioning'],
    ' Rules that fill classes from other memberships; each has name, userType (all | student | teacher), target and\n' +
      ' applyToExisting, and may have yearLevel, memberOf and provisionMembers. null: none.',
  ],
  [
    ['smsControlledPattern'],
    ' Regular expression on class External IDs: a match is SMS controlled. null: the workbook alone tells.',
  ],
  [['users', 'auth'], ' Moodle auth plugin of new accounts.'],
  [['users', 'withoutEmail'], ' true: people without a usable e-mail address get an account too.'],
  [
    ['users', 'nsnField'],
    " Short name of Moodle's profile field with the National Student Number; null: none.",
  ],
  [['ownedByKN'], ' Fields whose changes in KN follow into Moodle.'],
  [['logEvents'], " Whether Moodle's log tells what we did, and"],
  [['actor'], ' as which Moodle username; null: as nobody.'],
  [
    ['guards'],
    ' What is more than usual, where it differs from the defaults (docs/guards.md): leavingYearLevels,\n' +
      ' unattendedAtMost, and per season (term, rollover) limits like user: { create: { percent: 25 } }. null: the defaults.',
  ],
  [
    ['calendar'],
    ' Protected times: removals (holidays | any-time) and terms, a list of from and to, both days included.\n' +
      " null: in the holidays only, by the terms of New Zealand's state schools.",
  ],
  [
    ['deletion'],
    ' What is no longer in KN: suspended and hidden. A rollover turns all of it off until you allow it.',
  ],
  [['deletion', 'courses'], " don't-delete | hide | delete: hidden, and deleted after the grace period"],
  [['deletion', 'forGood'], ' true: suspended accounts and enrolments are deleted after the grace period.'],
  [
    ['deletion', 'graceDays'],
    ` Days between suspending or hiding and the question whether to delete. null: ${GRACE_DAYS}.`,
  ],
  [['deletion', 'secondPerson'], ' true: a second account must approve a deletion.'],
];

/** Absent values as null, so that an import says "none" and not "as before". */
function groupTypeToPlain(type: GroupTypeSettings): Record<string, unknown> {
  return Object.fromEntries(typeKeys.map((key) => [key, type[key] ?? null]));
}

function settingsToPlain(settings: SchoolSettings): Record<string, unknown> {
  const named = Object.entries(settings.groupTypes.named);
  return {
    timeZone: settings.timeZone,
    year: settings.year,
    mode: settings.mode,
    everyMinutes: settings.everyMinutes ?? null,
    retentionDays: settings.retentionDays ?? null,
    groupTypes: {
      default: groupTypeToPlain(settings.groupTypes.default),
      named: Object.fromEntries(named.map(([name, type]) => [name, groupTypeToPlain(type)])),
    },
    classOverrides: settings.classOverrides,
    groupProvisioning: settings.groupProvisioning ?? null,
    smsControlledPattern: settings.smsControlledPattern ?? null,
    users: {
      auth: settings.users.auth,
      withoutEmail: settings.users.withoutEmail ?? null,
      nsnField: settings.users.nsnField ?? null,
    },
    ownedByKN: settings.ownedByKN,
    logEvents: settings.logEvents,
    actor: settings.actor ?? null,
    guards: settings.guards ?? null,
    calendar: settings.calendar ?? null,
    deletion: {
      ...settings.deletion,
      forGood: settings.deletion.forGood ?? null,
      graceDays: settings.deletion.graceDays ?? null,
      secondPerson: settings.deletion.secondPerson ?? null,
    },
  };
}

/** The whole of the settings with an explanation of each; `importSettings` reads it back to the same settings. */
export function exportSettings(settings: SchoolSettings): string {
  const document = new Document(settingsToPlain(settings));
  for (const [path, comment] of comments) commentOn(document, path, comment);
  return document.toString({ lineWidth: 0, singleQuote: true });
}

function commentOn(document: Document, path: readonly string[], comment: string): void {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1));
  if (!isMap(parent)) return;
  const pair = (parent as YAMLMap<{ value: string; commentBefore?: string }>).items.find(
    (item) => item.key.value === path.at(-1),
  );
  if (pair !== undefined) pair.key.commentBefore = comment;
}

type Plain = Record<string, unknown>;

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `over` on top of `base`, key by key; null takes a key away. What is no mapping is handed on for the schema to refuse. */
function overlay(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isPlain(over)) return over;
  const merged = new Map(Object.entries(isPlain(base) ? base : {}));
  for (const [key, value] of Object.entries(over))
    if (value === null) merged.delete(key);
    else merged.set(key, value);
  return Object.fromEntries(merged);
}

function overlayGroupTypes(base: SchoolSettings['groupTypes'], over: unknown): unknown {
  if (over === undefined) return base;
  if (!isPlain(over)) return over;
  const standard = overlay(base.default, over['default']);
  const given = over['named'] ?? base.named;
  const named = isPlain(given)
    ? Object.fromEntries(Object.entries(given).map(([name, type]) => [name, overlay(standard, type ?? {})]))
    : given;
  return { ...over, default: standard, named };
}

/** Settings from a value that may leave keys out; see `importSettings`. */
function complete(value: unknown, base: SchoolSettings): unknown {
  if (!isPlain(value)) return value;
  const { groupTypes, users, deletion, ...rest } = value;
  return {
    ...(overlay(base, rest) as Plain),
    groupTypes: overlayGroupTypes(base.groupTypes, groupTypes),
    users: overlay(base.users, users),
    deletion: overlay(base.deletion, deletion),
  };
}

/**
 * Settings from YAML. Keys that the text leaves out keep `base`'s value; `null` takes an optional one away. A named
 * group type starts from the default one. `named` and `classOverrides` are replaced as a whole where they are given.
 * Throws `SettingsInvalid`.
 */
export function importSettings(text: string, base: SchoolSettings): SchoolSettings {
  if (Buffer.byteLength(text, 'utf8') > MAX_BYTES)
    throw new RolloverError('SettingsInvalid', 'Settings refused: the YAML is larger than 1 MB.');
  const document = parseDocument(text, { uniqueKeys: true, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined)
    throw new RolloverError('SettingsInvalid', `Settings refused: this is not YAML (${error.code}).`);
  return parseSettings(complete(toPlain(document) ?? {}, base));
}

function toPlain(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch (cause) {
    throw new RolloverError(
      'SettingsInvalid',
      'Settings refused: YAML aliases are not allowed.',
      {},
      { cause },
    );
  }
}
