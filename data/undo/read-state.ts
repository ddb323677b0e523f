/** Moodle as it is now, as far as a run touched it. Reads only. */
import type { Knex } from 'knex';
import type { CourseCreate } from '../model/plan.js';
import { KEY_SEPARATOR } from '../model/snapshot.js';
import { siteAccountIds } from '../moodle/read.js';
import type { MoodleSite } from '../moodle/site.js';
import { selectCoursesById } from '../moodle/sql/course.js';
import { selectEnrolmentsBy } from '../moodle/sql/inserted.js';
import { selectUsersById } from '../moodle/sql/user.js';
import { lookAtCategories } from '../moodle/use/categories.js';
import { lookAtCourses, type WantedCourse } from '../moodle/use/courses.js';
import { lookAtEnrolments, type WantedEnrolment } from '../moodle/use/enrolments.js';
import { readReferences, type References } from '../moodle/use/references.js';
import { lookAtUsers, type WantedUser } from '../moodle/use/users.js';
import type {
  Done,
  InsertedRow,
  UndoCourse,
  UndoEnrolment,
  UndoInput,
  UndoState,
  UndoUser,
} from '../rules/undo/undo-input.js';

/** Rows of one page of looking. */
const PAGE = 2_000;

export interface ReadInput {
  readonly db: Knex;
  readonly site: MoodleSite;
  readonly done: readonly Done[];
  readonly ours: UndoInput['ours'];
  readonly withdrawn: UndoInput['withdrawn'];
  /** Whether everything may be looked at, and what is unused be deleted. */
  readonly mayRemove: boolean;
  readonly timeZone: string;
}

/** Ids of one kind of row that the run's changes are about, also those that they would be about again. */
function idsOf({ done }: ReadInput, kind: 'user' | 'course' | 'enrolment'): number[] {
  const ids = done.flatMap(({ change, moodleId }) => {
    if (change.kind === kind) return 'insteadOf' in change ? [moodleId, change.insteadOf ?? 0] : [moodleId];
    if (change.kind !== 'enrolment' || kind === 'enrolment' || !('userId' in change)) return [];
    return [(kind === 'user' ? change.userId : change.courseId) ?? 0];
  });
  return [...new Set(ids)].filter((id) => id > 0);
}

async function readUsers(input: ReadInput): Promise<Map<number, UndoUser>> {
  const siteAccounts = siteAccountIds(input.site);
  const rows = await selectUsersById(input.db, input.site, idsOf(input, 'user'), false);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        ...row,
        suspended: row.suspended === 1,
        deleted: row.deleted === 1,
        siteAccount: siteAccounts.has(row.id),
      },
    ]),
  );
}

async function readCourses(input: ReadInput): Promise<Map<number, UndoCourse>> {
  const rows = await selectCoursesById(input.db, input.site, idsOf(input, 'course'), false);
  return new Map(rows.map((row) => [row.id, { ...row, visible: row.visible === 1 }]));
}

async function readEnrolments(input: ReadInput): Promise<Map<number, UndoEnrolment>> {
  const rows = await selectEnrolmentsBy(input.db, input.site, 'ue.id', idsOf(input, 'enrolment'));
  return new Map(rows.map((row) => [row.id, { ...row, suspended: row.status !== 0 }]));
}

type Look<W> = (wanted: readonly W[]) => Promise<ReadonlyMap<number, InsertedRow>>;

/** Page by page; without the rights to prove anything nothing is looked at. */
async function lookAtAll<W extends { readonly id: number }>(
  wanted: readonly W[],
  { mayRemove }: ReadInput,
  look: Look<W>,
): Promise<Map<number, InsertedRow>> {
  if (!mayRemove) return new Map(wanted.map(({ id }) => [id, { use: 'unproved', enrolments: [] }]));
  const all = new Map<number, InsertedRow>();
  for (let at = 0; at < wanted.length; at += PAGE)
    for (const [id, row] of await look(wanted.slice(at, at + PAGE))) all.set(id, row);
  return all;
}

/** What Moodle has of an account or course as long as only the run's own changes of it count. */
function valuesNow<V extends object, R extends object>(
  values: V,
  row: R | undefined,
  names: readonly (keyof V & keyof R)[],
): V {
  if (row === undefined) return values;
  return { ...values, ...Object.fromEntries(names.map((name) => [name, row[name]])) };
}

/** Names that the rules compare with what the run wrote; here the rest of the row is looked at. */
const userNames = ['username', 'firstname', 'lastname', 'email', 'idnumber'] as const;
const courseNames = ['shortname', 'fullname', 'idnumber'] as const;

function wantedUsers({ done, ours }: ReadInput, users: ReadonlyMap<number, UndoUser>): WantedUser[] {
  return done.flatMap(({ change, moodleId: id }): WantedUser[] => {
    const timecreated = ours.users.get(id)?.timecreated;
    if (change.kind !== 'user' || change.operation !== 'create' || timecreated === undefined) return [];
    return [{ id, timecreated, values: valuesNow(change.values, users.get(id), userNames) }];
  });
}

/** Where a course was made: in a category that was there, or in one that an earlier change of its plan made or found. */
function categoryOf(
  { categoryId, categoryPath }: CourseCreate,
  paths: ReadonlyMap<string, number>,
): number | null {
  return categoryId ?? paths.get(categoryPath) ?? null;
}

function wantedCourses(input: ReadInput, courses: ReadonlyMap<number, UndoCourse>): WantedCourse[] {
  const { done, ours, withdrawn, timeZone } = input;
  const hidden = new Set(withdrawn.filter((one) => one.kind === 'course').map((one) => one.moodleId));
  const paths = new Map(
    done.flatMap(({ change, moodleId }): [string, number][] =>
      change.kind === 'category' ? [[change.path, moodleId]] : [],
    ),
  );
  return done.flatMap(({ change, moodleId: id }): WantedCourse[] => {
    const timecreated = ours.courses.get(id)?.timecreated;
    if (change.kind !== 'course' || change.operation !== 'create' || timecreated === undefined) return [];
    const values = valuesNow(change.values, courses.get(id), courseNames);
    const categoryId = categoryOf(change, paths);
    return [{ id, timecreated, values, timeZone, categoryId, hiddenByUs: hidden.has(id) }];
  });
}

function wantedEnrolments({ done }: ReadInput): WantedEnrolment[] {
  return done.flatMap(({ change, moodleId: id }): WantedEnrolment[] =>
    change.kind === 'enrolment' && change.operation === 'create' ? [{ id, role: change.role }] : [],
  );
}

async function lookAtInserted(
  input: ReadInput,
  references: References,
  users: ReadonlyMap<number, UndoUser>,
  courses: ReadonlyMap<number, UndoCourse>,
): Promise<UndoState['inserted']> {
  const { db, site } = input;
  return {
    enrolments: await lookAtAll(wantedEnrolments(input), input, async (wanted) => {
      const looked = await lookAtEnrolments(db, site, references, wanted);
      return new Map([...looked].map(([id, { use }]) => [id, { use, enrolments: [] }]));
    }),
    users: await lookAtAll(wantedUsers(input, users), input, (wanted) =>
      lookAtUsers(db, site, references, wanted),
    ),
    courses: await lookAtAll(wantedCourses(input, courses), input, (wanted) =>
      lookAtCourses(db, site, references, wanted),
    ),
  };
}

/** Categories that the run made; after an undo, those in which its courses stood. */
async function readCategories(input: ReadInput, references: References): Promise<UndoState['categories']> {
  const wanted = input.done.flatMap(({ change, moodleId: id }) => {
    if (change.kind === 'category')
      return [{ id, name: change.path.slice(change.path.lastIndexOf(KEY_SEPARATOR) + 1) }];
    return change.kind === 'course' && change.operation === 'remove'
      ? [{ id: change.categoryId, name: '' }]
      : [];
  });
  const unique = [...new Map(wanted.map((one) => [one.id, one])).values()];
  const categories = await lookAtCategories(input.db, input.site, references, unique);
  if (input.mayRemove) return categories;
  return new Map([...categories].map(([id, one]) => [id, { ...one, use: 'unproved' }]));
}

/** Reads everything that the rules ask about. */
export async function readUndoState(input: ReadInput): Promise<UndoState> {
  const references = await readReferences(input.db, input.site);
  const users = await readUsers(input);
  const courses = await readCourses(input);
  return {
    users,
    courses,
    enrolments: await readEnrolments(input),
    categories: await readCategories(input, references),
    inserted: await lookAtInserted(input, references, users, courses),
  };
}
