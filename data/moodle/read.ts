/** Reads a Moodle for planning and verifying: few SELECTs, in pages by primary key. */
import type { Knex } from 'knex';
import { interner } from '../database/intern.js';
import { readMerges, readProfileField } from './people-evidence.js';
import type { MoodleSite } from './site.js';
import { selectCategories } from './sql/category.js';
import { levels, selectContextPage } from './sql/context.js';
import { selectCoursePage } from './sql/course.js';
import { selectEnrolmentPage, selectInstancePage, type InstanceRow } from './sql/enrol.js';
import { selectAssignmentPage, selectRoles } from './sql/role.js';
import { selectUserPage } from './sql/user.js';
import type {
  ManualInstance,
  MoodleCourse,
  MoodleEnrolment,
  MoodleState,
  MoodleUser,
  RolesByCourse,
} from './state.js';

/** Rows of one page. */
const PAGE = 20_000;

/**
 * Everything that planning looks at. Reads only; several statements, so what a person changes meanwhile may be seen
 * in part: applying reads again what it is about to change.
 */
export async function readMoodleState(
  db: Knex,
  site: MoodleSite,
  options: { readonly nsnField?: string | undefined } = {},
): Promise<MoodleState> {
  const { nsnField } = options;
  const nsns = nsnField === undefined ? null : await readProfileField(db, site, nsnField);
  const users = await readUsers(db, site, nsns);
  const categories = (await selectCategories(db, site)).map((row) => ({
    id: row.id,
    parent: row.parent,
    name: row.name,
    idnumber: row.idnumber ?? '',
    path: row.path,
    visible: row.visible === 1,
    coursecount: row.coursecount,
  }));
  const courses = await readCourses(db, site);
  const instances = await readInstances(db, site);
  return {
    users,
    categories,
    courses,
    manualInstances: manualInstances(instances),
    enrolments: await readEnrolments(db, site, instances),
    roles: await readRoles(db, site),
    formats: installedFormats(site),
    merges: await readMerges(db, site),
  };
}

async function* pages<Row extends { readonly id: number }>(
  read: (after: number, limit: number) => Promise<Row[]>,
): AsyncGenerator<Row[]> {
  let after = 0;
  for (;;) {
    const rows = await read(after, PAGE);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.id;
  }
}

/** Guest and site administrators, by config. */
export function siteAccountIds(site: MoodleSite): ReadonlySet<number> {
  const ids = `${site.config.get('siteguest') ?? ''},${site.config.get('siteadmins') ?? ''}`;
  return new Set(
    ids
      .split(',')
      .map(Number)
      .filter((id) => id > 0),
  );
}

async function readUsers(
  db: Knex,
  site: MoodleSite,
  nsns: ReadonlyMap<number, string> | null,
): Promise<MoodleUser[]> {
  const siteAccounts = siteAccountIds(site);
  const intern = interner();
  const users: MoodleUser[] = [];
  for await (const page of pages((after, limit) => selectUserPage(db, site, after, limit)))
    for (const row of page)
      users.push({
        id: row.id,
        username: row.username,
        idnumber: row.idnumber,
        email: row.email,
        firstname: row.firstname,
        lastname: row.lastname,
        auth: intern(row.auth),
        suspended: row.suspended === 1,
        timecreated: row.timecreated,
        local: row.mnethostid === site.mnetHostId,
        siteAccount: siteAccounts.has(row.id),
        ...nsnOf(nsns, row.id),
      });
  return users;
}

function nsnOf(nsns: ReadonlyMap<number, string> | null, id: number): Pick<MoodleUser, 'nsn'> {
  const nsn = nsns?.get(id) ?? '';
  return nsn === '' ? {} : { nsn };
}

async function readCourses(db: Knex, site: MoodleSite): Promise<MoodleCourse[]> {
  const intern = interner();
  const courses: MoodleCourse[] = [];
  for await (const page of pages((after, limit) => selectCoursePage(db, site, after, limit)))
    for (const row of page)
      courses.push({
        id: row.id,
        category: row.category,
        shortname: row.shortname,
        fullname: row.fullname,
        idnumber: row.idnumber,
        format: intern(row.format),
        visible: row.visible === 1,
        timecreated: row.timecreated,
      });
  return courses;
}

async function readInstances(db: Knex, site: MoodleSite): Promise<Map<number, InstanceRow>> {
  const intern = interner();
  const instances = new Map<number, InstanceRow>();
  for await (const page of pages((after, limit) => selectInstancePage(db, site, after, limit)))
    for (const row of page) instances.set(row.id, { ...row, enrol: intern(row.enrol) });
  return instances;
}

function manualInstances(instances: ReadonlyMap<number, InstanceRow>): ManualInstance[] {
  const manual: ManualInstance[] = [];
  for (const row of instances.values())
    if (row.enrol === 'manual') manual.push({ id: row.id, courseid: row.courseid, status: row.status });
  return manual;
}

/** What a row shares with the others of its method is kept once: a district has a million. */
class EnrolmentRow implements MoodleEnrolment {
  readonly #instance: InstanceRow;

  constructor(
    readonly id: number,
    readonly userid: number,
    readonly status: number,
    instance: InstanceRow,
  ) {
    this.#instance = instance;
  }

  get enrolid(): number {
    return this.#instance.id;
  }

  get courseid(): number {
    return this.#instance.courseid;
  }

  get enrol(): string {
    return this.#instance.enrol;
  }

  get instanceStatus(): number {
    return this.#instance.status;
  }
}

async function readEnrolments(
  db: Knex,
  site: MoodleSite,
  instances: ReadonlyMap<number, InstanceRow>,
): Promise<MoodleEnrolment[]> {
  const enrolments: MoodleEnrolment[] = [];
  for await (const page of pages((after, limit) => selectEnrolmentPage(db, site, after, limit)))
    for (const row of page) {
      const instance = instances.get(row.enrolid);
      // An enrolment whose method is gone belongs to no course.
      if (instance === undefined) continue;
      enrolments.push(new EnrolmentRow(row.id, row.userid, row.status, instance));
    }
  return enrolments;
}

async function readRoles(db: Knex, site: MoodleSite): Promise<RolesByCourse> {
  const names = new Map((await selectRoles(db, site)).map((role) => [role.id, role.shortname]));
  names.set(site.roles.student, 'student');
  names.set(site.roles.editingteacher, 'editingteacher');
  const courseOf = await readCourseContexts(db, site);
  const alone = new Map<number, readonly string[]>();
  const roles = new Map<number, Map<number, readonly string[]>>();
  for await (const page of pages((after, limit) => selectAssignmentPage(db, site, after, limit)))
    for (const row of page) {
      const name = names.get(row.roleid);
      const courseid = courseOf.get(row.contextid);
      if (name === undefined || courseid === undefined) continue;
      const inCourse = roles.get(courseid) ?? new Map<number, readonly string[]>();
      roles.set(courseid, inCourse);
      const before = inCourse.get(row.userid);
      if (before === undefined) {
        const single = alone.get(row.roleid) ?? [name];
        alone.set(row.roleid, single);
        inCourse.set(row.userid, single);
      } else if (!before.includes(name)) inCourse.set(row.userid, [...before, name]);
    }
  return roles;
}

/** Context id → course id. */
async function readCourseContexts(db: Knex, site: MoodleSite): Promise<Map<number, number>> {
  const courses = new Map<number, number>();
  for await (const page of pages((after, limit) => selectContextPage(db, site, levels.course, after, limit)))
    for (const row of page) courses.set(row.id, row.instanceid);
  return courses;
}

/** Course formats that are installed and not disabled. */
export function installedFormats(site: MoodleSite): ReadonlySet<string> {
  const formats = new Set<string>();
  for (const key of site.pluginConfig.keys()) {
    const format = /^format_(.+)\/version$/.exec(key)?.[1];
    if (format !== undefined && site.pluginConfig.get(`format_${format}/disabled`) !== '1')
      formats.add(format);
  }
  return formats;
}
