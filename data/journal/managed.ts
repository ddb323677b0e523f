/** Provenance: which Moodle rows are ours, by id and natural key, and what we last wrote into them. */
import { bulkInsert, inLists, inRuns, type Cell } from '../database/bulk.js';
import { interner } from '../database/intern.js';
import type { ManagedEnrolments, ManagedEnrolment } from '../model/managed-enrolments.js';
import type { Managed, ManagedCourse, ManagedUser } from '../model/plan.js';
import { select, write, type Journal } from './journal.js';
import { selectMergedEnrolments } from './managed-history.js';

type Origin = 'created' | 'linked';

/** A row to add. `natural` is compared before any later change of the Moodle row. */
export interface ManagedRow {
  readonly kind: 'user' | 'course' | 'enrolment' | 'category';
  readonly externalId: string;
  readonly secondId?: string;
  readonly moodleId: number;
  readonly origin: Origin;
  /** username, shortname, role shortname, category name. */
  readonly naturalKey: string;
  /** timecreated of users and courses; the user's id of enrolments. */
  readonly naturalNumber: number;
  /** enrol id of enrolments. */
  readonly parentId?: number;
  /** Everything else that must be remembered, as JSON. */
  readonly body?: object;
  readonly planId: number;
  readonly seq: number;
}

const columns = [
  'target_id',
  'kind',
  'external_id',
  'second_id',
  'moodle_id',
  'origin',
  'natural_key',
  'natural_number',
  'parent_id',
  'body',
  'plan_id',
  'seq',
];

function toCells(journal: Journal, row: ManagedRow): Cell[] {
  return [
    journal.targetId,
    row.kind,
    row.externalId,
    row.secondId ?? '',
    row.moodleId,
    row.origin,
    row.naturalKey,
    row.naturalNumber,
    row.parentId ?? 0,
    row.body === undefined ? null : JSON.stringify(row.body),
    row.planId,
    row.seq,
  ];
}

/** Adds provenance. A second row for the same External ID is refused by the primary key: no second user, ever. */
export async function insertManaged(journal: Journal, rows: readonly ManagedRow[]): Promise<void> {
  await bulkInsert(
    journal.db,
    'managed',
    columns,
    rows.map((row) => toCells(journal, row)),
  );
}

/**
 * Adds provenance, or points what is there at another Moodle row: a relink that a person accepted, an enrolment made
 * anew after somebody took it away. Never for created users and courses, whose key must refuse a second one.
 */
export async function putManaged(journal: Journal, rows: readonly ManagedRow[]): Promise<void> {
  const cells = rows.map((row) => toCells(journal, row));
  for (const run of inRuns(cells)) {
    const statement = `INSERT INTO managed (??) VALUES ? ON DUPLICATE KEY UPDATE moodle_id = VALUES(moodle_id),
      origin = VALUES(origin), natural_key = VALUES(natural_key), natural_number = VALUES(natural_number),
      parent_id = VALUES(parent_id), body = VALUES(body), plan_id = VALUES(plan_id), seq = VALUES(seq)`;
    await journal.db.raw(statement, [columns, run] as never);
  }
}

/** What was remembered about a user or course besides its keys. */
interface Body {
  readonly fields?: ManagedUser['fields'];
  readonly nsn?: string;
  readonly groupType?: string;
  readonly year?: number;
}

interface Row {
  readonly externalId: string;
  readonly secondId: string;
  readonly moodleId: number;
  readonly origin: Origin;
  readonly naturalKey: string;
  readonly naturalNumber: number;
  readonly parentId: number;
  readonly body: string | null;
}

const PAGE = 20_000;

/** All rows of a kind, by pages of key: no more than one page of them is in memory. */
async function* pagesOf(journal: Journal, kind: ManagedRow['kind']): AsyncGenerator<Row[]> {
  const statement = `SELECT external_id AS externalId, second_id AS secondId, moodle_id AS moodleId, origin, natural_key AS naturalKey,
    natural_number AS naturalNumber, parent_id AS parentId, body FROM managed
    WHERE target_id = ? AND kind = ? AND (external_id > ? OR (external_id = ? AND second_id > ?)) ORDER BY external_id, second_id LIMIT ${PAGE}`;
  for (let last: [string, string] = ['', '']; ;) {
    const page = await select<Row>(journal.db, statement, [
      journal.targetId,
      kind,
      last[0],
      last[0],
      last[1],
    ]);
    yield page;
    const end = page[page.length - 1];
    if (end === undefined || page.length < PAGE) return;
    last = [end.externalId, end.secondId];
  }
}

function bodyOf(row: Row): Body {
  return row.body === null ? {} : (JSON.parse(row.body) as Body);
}

/** Users that are ours, by External ID. */
export async function selectManagedUsers(journal: Journal): Promise<Map<string, ManagedUser>> {
  const users = new Map<string, ManagedUser>();
  for await (const page of pagesOf(journal, 'user'))
    for (const row of page) {
      const { fields = {}, nsn } = bodyOf(row);
      users.set(row.externalId, {
        externalId: row.externalId,
        moodleId: row.moodleId,
        origin: row.origin,
        username: row.naturalKey,
        timecreated: row.naturalNumber,
        fields,
        ...(nsn === undefined ? {} : { nsn }),
      });
    }
  return users;
}

/** Courses that are ours, by class External ID. */
export async function selectManagedCourses(journal: Journal): Promise<Map<string, ManagedCourse>> {
  const courses = new Map<string, ManagedCourse>();
  for await (const page of pagesOf(journal, 'course'))
    for (const row of page) {
      const { fields = {}, groupType = '', year = 0 } = bodyOf(row);
      courses.set(row.externalId, {
        externalId: row.externalId,
        moodleId: row.moodleId,
        origin: row.origin,
        shortname: row.naturalKey,
        timecreated: row.naturalNumber,
        groupType,
        year,
        fields,
      });
    }
  return courses;
}

/** Enrolments that are ours, by class and person. */
export async function selectManagedEnrolments(journal: Journal): Promise<ManagedEnrolments> {
  const enrolments = new Map<string, Map<string, ManagedEnrolment>>();
  const intern = interner();
  for await (const page of pagesOf(journal, 'enrolment'))
    for (const row of page) {
      const [group, person] = [intern(row.externalId), intern(row.secondId)];
      const members = enrolments.get(group) ?? new Map<string, ManagedEnrolment>();
      enrolments.set(group, members);
      members.set(person, {
        group,
        person,
        moodleId: row.moodleId,
        enrolid: row.parentId,
        userid: row.naturalNumber,
        role: intern(row.naturalKey),
      });
    }
  return enrolments;
}

/** Everything that is ours. */
export async function selectManaged(journal: Journal): Promise<Managed> {
  return {
    users: await selectManagedUsers(journal),
    courses: await selectManagedCourses(journal),
    enrolments: await selectManagedEnrolments(journal),
    merged: await selectMergedEnrolments(journal),
  };
}

/** A change of what we remember about rows that are ours already. */
export interface ManagedUpdate {
  readonly externalId: string;
  readonly naturalKey: string;
  readonly body: object;
}

/** Rewrites natural key and body of rows that exist; one statement for a batch. */
export async function updateManaged(
  journal: Journal,
  kind: 'user' | 'course',
  updates: readonly ManagedUpdate[],
): Promise<void> {
  if (updates.length === 0) return;
  const rows = updates.map((update) => [
    journal.targetId,
    kind,
    update.externalId,
    '',
    0,
    '',
    update.naturalKey,
    0,
    JSON.stringify(update.body),
    0,
    0,
  ]);
  const statement = `INSERT INTO managed (target_id, kind, external_id, second_id, moodle_id, origin, natural_key, natural_number, body, plan_id, seq)
    VALUES ? ON DUPLICATE KEY UPDATE natural_key = VALUES(natural_key), body = VALUES(body)`;
  await journal.db.raw(statement, [rows] as never);
}

/** A course that goes on under another External ID, with its enrolments. */
export interface CourseRename {
  readonly from: string;
  readonly to: string;
}

/** Last year's courses of codes used again go on under their year-stamped idnumbers. */
export async function renameManagedCourses(
  journal: Journal,
  renames: readonly CourseRename[],
): Promise<void> {
  for (const list of inLists(renames, 500)) {
    const statement = `UPDATE managed SET external_id = CASE external_id ${'WHEN ? THEN ? '.repeat(list.length)}END
      WHERE target_id = ? AND kind IN ('course', 'enrolment') AND external_id IN (?)`;
    const pairs = list.flatMap(({ from, to }) => [from, to]);
    await write(journal.db, statement, [...pairs, journal.targetId, list.map(({ from }) => from)]);
  }
}

/** Forgets categories that are about to be made anew. */
export async function deleteManagedCategories(journal: Journal, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const statement = `DELETE FROM managed WHERE target_id = ? AND kind = 'category' AND external_id IN (?)`;
  await write(journal.db, statement, [journal.targetId, keys]);
}
