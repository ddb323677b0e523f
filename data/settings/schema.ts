/** What settings may be. Unknown keys are refused by name, so that a misspelt one is never ignored. */
import { z } from 'zod';
import { RolloverError } from '../model/errors.js';
import {
  courseFormats,
  ownableFields,
  provisioningOptions,
  ruleUserTypes,
  syncModes,
  type SchoolSettings,
} from '../model/settings.js';
import { circlesOf, repeatedNames } from '../rules/group-provisioning/order.js';
import { calendarSchema, guardsSchema } from './guards-schema.js';
import { describeIssues } from './issues.js';
import { localDate } from './local-date.js';
import { bracesBalanced, patternProblem, placeholders, placeholdersIn, type Placeholder } from './pattern.js';

/** Whether the machine's time zone database has this IANA name; offsets such as +12:00 are no names. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function filled(max: number, allowed: readonly Placeholder[]) {
  return z
    .string()
    .min(1, 'expected a text')
    .max(max, `expected at most ${max} characters`)
    .superRefine((pattern, context) => {
      if (!bracesBalanced(pattern))
        context.addIssue({ code: 'custom', message: 'braces do not pair up', input: undefined });
      for (const name of placeholdersIn(pattern))
        if (!(allowed as readonly string[]).includes(name))
          context.addIssue({
            code: 'custom',
            message: `{${name}} is not filled in here; these are: ${allowed.map((word) => `{${word}}`).join(', ')}`,
            input: undefined,
          });
    });
}

const categoryPath = filled(255, ['type', 'year']).refine(
  (path) => path.split('/').every((part) => part.trim() !== ''),
  'expected names separated by "/", none of them empty',
);

const shortname = filled(150, placeholders).refine(
  (pattern) => pattern.includes('{code}'),
  'must contain {code}, so that every course has its own short name',
);

const plugin = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,19}$/, 'expected the name of a Moodle plugin, at most 20 small letters');

const groupTypeShape = z.strictObject({
  provisioning: z.enum(provisioningOptions),
  format: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,20}$/, 'expected the name of a course format, at most 21 small letters'),
  numsections: z.int().min(0).max(52).optional(),
  activitytype: plugin.optional(),
  optionsFrom: z.string().min(1).max(100).optional(),
  visible: z.boolean(),
  category: categoryPath,
  fullname: filled(150, placeholders),
  shortname,
  startDate: localDate,
  endDate: localDate.optional(),
  reusedCode: z.enum(['continues', 'new-course']).optional(),
});

/** What one group type's settings may be. */
export const groupTypeSchema = groupTypeShape.superRefine((type, context) => {
  if (type.optionsFrom === undefined && !(courseFormats as readonly string[]).includes(type.format))
    context.addIssue({
      code: 'custom',
      path: ['format'],
      message:
        `"${type.format}" is not one of ${courseFormats.join(', ')}; ` +
        'another format needs optionsFrom, the idnumber of an existing course of that format',
      input: undefined,
    });
  if (type.endDate !== undefined && type.endDate < type.startDate)
    context.addIssue({
      code: 'custom',
      path: ['endDate'],
      message: 'is before startDate',
      input: undefined,
    });
});

/** What one group provisioning rule may be. */
export const ruleSchema = z.strictObject({
  name: z.string().min(1).max(100),
  userType: z.enum(ruleUserTypes),
  yearLevel: z
    .string()
    .regex(/^(?:\d|1[0-5])$/, 'expected a year level from 0 to 15')
    .optional(),
  memberOf: z.array(z.string().min(1).max(255)).min(1).max(1000).optional(),
  target: z.string().min(1).max(255),
  applyToExisting: z.boolean(),
  provisionMembers: z.boolean().optional(),
});

/** Rules that can be evaluated one after the other. Messages name rules: they are the administrator's own. */
const rulesSchema = z
  .array(ruleSchema)
  .max(1000)
  .superRefine((rules, context) => {
    const refuse = (message: string): void => context.addIssue({ code: 'custom', message, input: undefined });
    for (const name of repeatedNames(rules)) refuse(`several rules are called "${name}"`);
    for (const circle of circlesOf(rules))
      refuse(`rules fill each other in a circle: ${circle.map(({ name }) => `"${name}"`).join(', ')}`);
  });

// An object's own words are no names: looking them up in a plain object finds what nobody wrote.
const ownName = z
  .string()
  .min(1)
  .max(255)
  .refine((name) => !(name in {}), 'this name cannot be used');

/** What a school's settings may be. */
export const settingsSchema = z.strictObject({
  timeZone: z.string().refine(isTimeZone, 'expected the name of a time zone such as Pacific/Auckland'),
  year: z.int().min(2000).max(2100),
  mode: z.enum(syncModes),
  groupTypes: z.strictObject({
    default: groupTypeSchema,
    named: z.record(ownName, groupTypeSchema),
  }),
  classOverrides: z.record(ownName, z.enum(['enabled', 'disabled'])),
  groupProvisioning: rulesSchema.optional(),
  everyMinutes: z.int().min(5).max(1440).optional(),
  retentionDays: z.int().min(30).max(3650).optional(),
  smsControlledPattern: z
    .string()
    .superRefine((source, context) => {
      const problem = patternProblem(source);
      if (problem !== undefined)
        context.addIssue({
          code: 'custom',
          message: `this regular expression is not taken: ${problem}`,
          input: undefined,
        });
    })
    .optional(),
  users: z.strictObject({
    auth: plugin,
    withoutEmail: z.boolean().optional(),
    nsnField: z
      .string()
      .regex(/^[A-Za-z0-9_]{1,100}$/, 'expected the short name of a profile field: letters, digits and _')
      .optional(),
  }),
  ownedByKN: z
    .array(z.enum(ownableFields))
    .refine((fields) => new Set(fields).size === fields.length, 'names a field twice'),
  logEvents: z.boolean(),
  actor: z.string().min(1).max(100).optional(),
  guards: guardsSchema.optional(),
  calendar: calendarSchema.optional(),
  deletion: z.strictObject({
    users: z.boolean(),
    enrolments: z.boolean(),
    courses: z.enum(["don't-delete", 'hide', 'delete']),
    forGood: z.boolean().optional(),
    graceDays: z.int().min(1).max(365).optional(),
    secondPerson: z.boolean().optional(),
  }),
});

/** Settings from any value (YAML, JSON of the journal). Throws `SettingsInvalid` naming the paths that are wrong. */
export function parseSettings(input: unknown): SchoolSettings {
  const result = settingsSchema.safeParse(input);
  if (!result.success)
    throw new RolloverError('SettingsInvalid', `Settings refused: ${describeIssues(result.error.issues)}`);
  return result.data;
}

/** Whether the settings may have a section of keys at this path, such as `calendar`, though none is set. */
export function isSection(keys: readonly string[]): boolean {
  let at: unknown = settingsSchema;
  for (const key of keys) {
    if (!(at instanceof z.ZodObject) || !Object.hasOwn(at.shape, key)) return false;
    const below: unknown = at.shape[key];
    at = below instanceof z.ZodOptional ? below.unwrap() : below;
  }
  return at instanceof z.ZodObject;
}
