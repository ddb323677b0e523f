/** What Moodle's database says of items: whether they are there, and still as they were listed. */
import type { Knex } from 'knex';
import type { DeletionItem, DeletionKind, DeletionReason } from '../model/deletion.js';
import { selectCoursesById } from '../moodle/sql/course.js';
import { selectEnrolmentsById } from '../moodle/sql/enrol.js';
import type { TablePlace } from '../moodle/sql/statement.js';
import { selectUsersById } from '../moodle/sql/user.js';

/** as-listed: it may go. gone: it is not in Moodle any more. Else why it is no longer what was listed. */
export type Seen = 'as-listed' | 'gone' | Extract<DeletionReason, 'not-ours' | 'changed-in-moodle'>;

type Look = (db: Knex, place: TablePlace, items: readonly DeletionItem[]) => Promise<Seen[]>;

function byId<R extends { readonly id: number }>(rows: readonly R[]): Map<number, R> {
  return new Map(rows.map((row) => [row.id, row]));
}

const idsOf = (items: readonly DeletionItem[]): number[] => items.map(({ moodleId }) => moodleId);

const lookAtUsers: Look = async (db, place, items) => {
  const rows = byId(await selectUsersById(db, place, idsOf(items), false));
  return items.map(({ moodleId, naturalKey, timecreated, externalId }): Seen => {
    const row = rows.get(moodleId);
    if (row === undefined || row.deleted !== 0) return 'gone';
    if (row.username !== naturalKey || row.timecreated !== timecreated || row.idnumber !== externalId)
      return 'not-ours';
    return row.suspended === 0 ? 'changed-in-moodle' : 'as-listed';
  });
};

const lookAtCourses: Look = async (db, place, items) => {
  const rows = byId(await selectCoursesById(db, place, idsOf(items), false));
  return items.map(({ moodleId, timecreated, externalId }): Seen => {
    const row = rows.get(moodleId);
    if (row === undefined) return 'gone';
    if (row.timecreated !== timecreated || row.idnumber !== externalId) return 'not-ours';
    return row.visible === 0 ? 'as-listed' : 'changed-in-moodle';
  });
};

const lookAtEnrolments: Look = async (db, place, items) => {
  const rows = byId(await selectEnrolmentsById(db, place, idsOf(items)));
  return items.map(({ moodleId, enrolid, userId }): Seen => {
    const row = rows.get(moodleId);
    if (row === undefined) return 'gone';
    if (row.enrolid !== enrolid || row.userid !== userId) return 'not-ours';
    return row.status === 0 ? 'changed-in-moodle' : 'as-listed';
  });
};

const looks: Readonly<Record<DeletionKind, Look>> = {
  user: lookAtUsers,
  course: lookAtCourses,
  enrolment: lookAtEnrolments,
};

/** Looks at items, which may be of several kinds. The answer is by number. */
export async function lookAt(
  db: Knex,
  place: TablePlace,
  items: readonly DeletionItem[],
): Promise<Map<number, Seen>> {
  const seen = new Map<number, Seen>();
  for (const kind of ['user', 'course', 'enrolment'] as const) {
    const own = items.filter((item) => item.kind === kind);
    if (own.length === 0) continue;
    const found = await looks[kind](db, place, own);
    own.forEach((item, at) => seen.set(item.seq, found[at] ?? 'gone'));
  }
  return seen;
}
