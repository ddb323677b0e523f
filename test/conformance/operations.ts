/** Does an operation of a trace our way: with the product's writers, and the input that Moodle's API was given. */
import { z } from 'zod';
import { hashPassword, passwordFormat } from '../../data/passwords/format.js';
import { courseDefaults, weeksEndDate, type CourseChoice } from '../../data/moodle/course-defaults.js';
import type { CourseDraft, UserDraft } from '../../data/moodle/drafts.js';
import type { WriteContext } from '../../data/moodle/write/context.js';
import { createCategories } from '../../data/moodle/write/categories.js';
import { createCourses, updateCourses } from '../../data/moodle/write/courses.js';
import { enrolUsers } from '../../data/moodle/write/enrolments.js';
import { selectEnrolmentsByPair } from '../../data/moodle/sql/enrol.js';
import { lockEnrolments } from '../../data/moodle/sql/enrolment-status.js';
import {
  setCoursesVisible,
  setEnrolmentsSuspended,
  setUsersSuspended,
} from '../../data/moodle/write/standing.js';
import { createUsers, updateUsers } from '../../data/moodle/write/users.js';
import type { Trace, Value } from './trace.js';

/** An input that the product has no words for. */
export class NotUnderstood extends Error {}

/** Keys with an underscore are for whoever recorded the trace; this one tells what the API was asked. */
const understoodFlags = new Set(['_updatepassword']);

function withoutFlags(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(
    Object.entries(input).filter(([key]) => !key.startsWith('_') || understoodFlags.has(key)),
  );
}

/** Does the operation inside the context's transaction. */
export async function doOperation(ctx: WriteContext, trace: Trace): Promise<void> {
  const input = withoutFlags(trace.input);
  switch (trace.operation) {
    case 'cat_create':
      return createCategory(ctx, categoryInput.parse(input));
    case 'user_create':
      return createUser(ctx, userInput.parse(input));
    case 'user_update':
      return updateUser(ctx, userUpdateInput.parse(input));
    case 'course_create':
      return createCourseByApi(ctx, apiCourseInput.parse(input));
    case 'course_create_form':
      return createCourseByForm(ctx, formCourseInput.parse(input), formResult.parse(trace.result));
    case 'course_update':
      return updateCourse(ctx, courseUpdateInput.parse(input));
    case 'enrol':
      return enrol(ctx, enrolInput.parse(input));
    case 'user_suspend':
    case 'user_unsuspend':
      return suspendUser(ctx, suspendInput.parse(input), trace.operation === 'user_suspend');
    case 'course_visibility':
      return showCourse(ctx, visibilityInput.parse(input));
    case 'enrol_update':
      return updateEnrolment(ctx, enrolUpdateInput.parse(input));
    default:
      throw new NotUnderstood(`There is no operation "${trace.operation}" of ours.`);
  }
}

async function one(
  ctx: WriteContext,
  table: string,
  where: Readonly<Record<string, Value>>,
): Promise<number> {
  const columns = Object.keys(where);
  const [rows] = (await ctx.db.raw(
    `SELECT id FROM \`${ctx.site.database}\`.\`${ctx.site.prefix}${table}\`
      WHERE ${columns.map((column) => `\`${column}\` = ?`).join(' AND ')}`,
    Object.values(where) as string[],
  )) as [{ id: number }[], unknown];
  const [row] = rows;
  if (row === undefined || rows.length > 1)
    throw new NotUnderstood(`There are ${rows.length} rows in ${table} that the input may mean.`);
  return row.id;
}

/** Categories are named by idnumber; 0 is the top. */
async function categoryId(ctx: WriteContext, category: string | number): Promise<number> {
  return category === 0 || category === '0' ? 0 : one(ctx, 'course_categories', { idnumber: category });
}

const categoryInput = z.looseObject({
  name: z.string(),
  idnumber: z.string().optional(),
  parent: z.union([z.string(), z.number()]),
});

async function createCategory(ctx: WriteContext, input: z.infer<typeof categoryInput>): Promise<void> {
  const { name, idnumber } = input;
  const parent = await categoryId(ctx, input.parent);
  await createCategories(ctx, [{ name, parent, ...(idnumber === undefined ? {} : { idnumber }) }]);
}

const userInput = z
  .strictObject({
    username: z.string(),
    password: z.string().optional(),
    firstname: z.string(),
    lastname: z.string(),
    email: z.string(),
    idnumber: z.string(),
    auth: z.string(),
    confirmed: z.literal(1),
    _updatepassword: z.boolean().optional(),
  })
  .readonly();

async function createUser(ctx: WriteContext, input: z.infer<typeof userInput>): Promise<void> {
  const { username, firstname, lastname, email, idnumber, auth } = input;
  const password = passwordOf(ctx, input.password, auth, input._updatepassword ?? true);
  await createUsers(ctx, [{ username, firstname, lastname, email, idnumber, auth, ...password }]);
}

/** The API hashes a password only for accounts whose passwords Moodle keeps, and only when it is asked to. */
function passwordOf(
  ctx: WriteContext,
  password: string | undefined,
  auth: string,
  hashed: boolean,
): Pick<UserDraft, 'password' | 'passwordSet'> {
  if (password === undefined) return { password: '', passwordSet: false };
  if (!hashed) return { password, passwordSet: false };
  if (auth !== 'manual' && auth !== 'email') return { password: '', passwordSet: false };
  return { password: hashPassword(password, passwordFormat(ctx.site.branch)), passwordSet: true };
}

const userUpdateInput = z.looseObject({
  username: z.string(),
  set: z.looseObject({
    firstname: z.string().optional(),
    lastname: z.string().optional(),
    email: z.string().optional(),
    username: z.string().optional(),
    idnumber: z.string().optional(),
  }),
});

/** Without the keys that are absent. */
function given<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

async function updateUser(ctx: WriteContext, input: z.infer<typeof userUpdateInput>): Promise<void> {
  const id = await one(ctx, 'user', { username: input.username });
  await updateUsers(ctx, [{ id, set: given(input.set) }]);
}

const number = z.coerce.number();

const apiCourseInput = z.looseObject({
  category: z.string(),
  fullname: z.string(),
  shortname: z.string(),
  idnumber: z.string().default(''),
  format: z.string().default('topics'),
  numsections: number.default(0),
  activitytype: z.string().optional(),
  startdate: number.default(0),
  enddate: number.default(0),
});

/** Columns that the bare API takes from its input; what is not given is left to the database's default. */
const apiColumns = [
  'summary',
  'summaryformat',
  'showgrades',
  'newsitems',
  'startdate',
  'enddate',
  'visible',
  'enablecompletion',
  'showactivitydates',
  'groupmode',
  'groupmodeforce',
  'maxbytes',
  'showreports',
  'lang',
] as const;

/** The bare API has other defaults than the form, which the product follows: they belong to this harness. */
async function createCourseByApi(ctx: WriteContext, input: z.infer<typeof apiCourseInput>): Promise<void> {
  const { fullname, shortname, idnumber, format, numsections, startdate, enddate } = input;
  const choice: CourseChoice = {
    ...{ fullname, shortname, idnumber, format, numsections, startdate, enddate, visible: true },
    ...(input.activitytype === undefined ? {} : { activitytype: input.activitytype }),
    category: await categoryId(ctx, input.category),
  };
  const form = await courseDefaults(ctx.db, ctx.site, choice);
  const columns: Record<string, Value> = {
    showcompletionconditions: form.columns['showcompletionconditions'] ?? null,
  };
  for (const column of apiColumns) {
    const value = input[column];
    if (typeof value === 'string' || typeof value === 'number') columns[column] = value;
  }
  if (format === 'weeks' && startdate > 0) columns['enddate'] = weeksEndDate(ctx.site, choice, numsections);
  if (columns['visible'] !== undefined) columns['visibleold'] = columns['visible'];
  await createCourses(ctx, [{ ...form, columns, formatOptions: withGiven(form.formatOptions, input) }]);
}

/** Format options of the input replace the defaults. */
function withGiven(
  options: CourseDraft['formatOptions'],
  input: Readonly<Record<string, unknown>>,
): CourseDraft['formatOptions'] {
  return options.map(({ name, value }) => {
    const given = input[name];
    return { name, value: typeof given === 'string' || typeof given === 'number' ? String(given) : value };
  });
}

const formCourseInput = z.looseObject({
  category: z.string(),
  set: z.looseObject({
    fullname: z.string(),
    shortname: z.string(),
    idnumber: z.string().default(''),
    format: z.string().optional(),
    numsections: number.optional(),
    automaticenddate: number.optional(),
    activitytype: z.string().optional(),
  }),
});

/** What the form was filled with: its dates depend on the day, so they are taken over as given. */
const formResult = z.looseObject({
  formdata: z
    .looseObject({ startdate: number, enddate: number.default(0), format: z.string(), visible: number })
    .optional(),
  result: z
    .looseObject({
      formdata: z
        .looseObject({ startdate: number, enddate: number.default(0), format: z.string(), visible: number })
        .optional(),
    })
    .optional(),
});

async function createCourseByForm(
  ctx: WriteContext,
  input: z.infer<typeof formCourseInput>,
  result: z.infer<typeof formResult>,
): Promise<void> {
  const form = result.result?.formdata ?? result.formdata;
  if (form === undefined) throw new NotUnderstood('The trace does not say what the form was filled with.');
  const { fullname, shortname, idnumber, numsections, automaticenddate, activitytype } = input.set;
  const format = input.set.format ?? form.format;
  const draft = await courseDefaults(ctx.db, ctx.site, {
    ...{ fullname, shortname, idnumber, format },
    ...(numsections === undefined ? {} : { numsections }),
    ...(activitytype === undefined ? {} : { activitytype }),
    category: await categoryId(ctx, input.category),
    visible: form.visible === 1,
    startdate: form.startdate,
    // In weeks the form's end date gives way to the end of the last week, unless that is switched off.
    enddate: format === 'weeks' && automaticenddate !== 0 ? 0 : form.enddate,
  });
  await createCourses(ctx, [draft]);
}

const courseUpdateInput = z.looseObject({
  shortname: z.string(),
  set: z.looseObject({
    fullname: z.string().optional(),
    shortname: z.string().optional(),
    idnumber: z.string().optional(),
  }),
});

async function updateCourse(ctx: WriteContext, input: z.infer<typeof courseUpdateInput>): Promise<void> {
  const id = await one(ctx, 'course', { shortname: input.shortname });
  await updateCourses(ctx, [{ id, set: given(input.set) }]);
}

const enrolInput = z.looseObject({
  plugin: z.literal('manual'),
  course: z.string(),
  username: z.string(),
  role: z.enum(['student', 'editingteacher']),
  timestart: number.default(0),
  timeend: number.default(0),
});

async function enrol(ctx: WriteContext, input: z.infer<typeof enrolInput>): Promise<void> {
  const courseid = await one(ctx, 'course', { shortname: input.course });
  await enrolUsers(ctx, [
    {
      courseid,
      enrolid: await one(ctx, 'enrol', { courseid, enrol: input.plugin }),
      userid: await one(ctx, 'user', { username: input.username }),
      roleid: ctx.site.roles[input.role],
      timestart: input.timestart,
      timeend: input.timeend,
    },
  ]);
}

const suspendInput = z.looseObject({ username: z.string() });

async function suspendUser(
  ctx: WriteContext,
  { username }: z.infer<typeof suspendInput>,
  suspended: boolean,
): Promise<void> {
  await setUsersSuspended(ctx, [await one(ctx, 'user', { username })], suspended);
}

const visibilityInput = z.looseObject({ shortname: z.string(), show: z.boolean() });

async function showCourse(
  ctx: WriteContext,
  { shortname, show }: z.infer<typeof visibilityInput>,
): Promise<void> {
  await setCoursesVisible(ctx, [await one(ctx, 'course', { shortname })], show);
}

const enrolUpdateInput = z.looseObject({
  plugin: z.literal('manual'),
  course: z.string(),
  username: z.string(),
  status: z.union([z.literal(0), z.literal(1)]),
});

/** Applying leaves out what is so already; so does the API. */
async function updateEnrolment(ctx: WriteContext, input: z.infer<typeof enrolUpdateInput>): Promise<void> {
  const courseid = await one(ctx, 'course', { shortname: input.course });
  const enrolid = await one(ctx, 'enrol', { courseid, enrol: input.plugin });
  const userid = await one(ctx, 'user', { username: input.username });
  const found = await selectEnrolmentsByPair(ctx.db, ctx.site, [{ enrolid, userid }]);
  const rows = await lockEnrolments(
    ctx.db,
    ctx.site,
    found.map((row) => row.id),
  );
  await setEnrolmentsSuspended(
    ctx,
    rows.filter((row) => row.status !== input.status),
    input.status === 1,
  );
}
