/**
 * The functions that delete, as Moodle's own behave (contract §1.4, §5.4, §6, §7), on a real Moodle database: all or
 * nothing for accounts and unenrolments, one by one with warnings for courses.
 */
import type { Knex } from 'knex';
import type { Handler } from './moodle-webservice.js';

export interface Deletions {
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Accounts that a table of some plugin does not let go [T34]. */
  readonly stuckUsers: Set<number>;
  /** Courses that fail to be deleted. */
  readonly stuckCourses: Set<number>;
  /** Ids of each call that was carried out or refused, in order. */
  readonly asked: { readonly name: string; readonly ids: readonly number[] }[];
  /** Capabilities that the account lacks. */
  readonly lacking: Set<string>;
}

type Tx = Knex.Transaction;

function idsIn(parameters: ReadonlyMap<string, string>, pattern: RegExp): number[] {
  return [...parameters].flatMap(([name, value]) => (pattern.test(name) ? [Number(value)] : []));
}

/** As Moodle shows it to a service while debugging is on: with the statement and whom it was about. */
function stuckOn(id: number): string {
  return `Cannot delete or update a parent row: a foreign key constraint fails\nDELETE FROM mdl_tool_portfolio_page WHERE userid = ?\n[array (\n  0 => '${id}',\n)]`;
}

export function moodleDeletions(db: Knex, database: string): Deletions {
  const table = (name: string): string => `\`${database}\`.\`mdl_${name}\``;
  const rows = async <R>(tx: Knex, sql: string, values: readonly unknown[]): Promise<R[]> =>
    ((await tx.raw(sql, values as never)) as unknown as [R[]])[0];
  const run = (tx: Knex, sql: string, values: readonly unknown[]): Promise<unknown> =>
    Promise.resolve(tx.raw(sql, values as never));
  const all = (work: (tx: Tx) => Promise<null>): Promise<null> => db.transaction(work);

  const inside = `(SELECT x.id FROM ${table('context')} c JOIN ${table('context')} x ON x.id = c.id OR x.path LIKE CONCAT(c.path, '/%')
    WHERE c.contextlevel = 50 AND c.instanceid = ?)`;
  /** The course itself last but for the count: until then it can be deleted again. */
  const courseParts = [
    `DELETE ue FROM ${table('user_enrolments')} ue JOIN ${table('enrol')} e ON e.id = ue.enrolid WHERE e.courseid = ?`,
    `DELETE FROM ${table('enrol')} WHERE courseid = ?`,
    `DELETE FROM ${table('role_assignments')} WHERE contextid IN ${inside}`,
    ...['course_sections', 'course_modules', 'forum'].map(
      (part) => `DELETE FROM ${table(part)} WHERE course = ?`,
    ),
    `DELETE FROM ${table('course_format_options')} WHERE courseid = ?`,
    `DELETE FROM ${table('context')} WHERE id IN (SELECT id FROM ${inside} own)`,
    `DELETE FROM ${table('course')} WHERE id = ?`,
    `UPDATE ${table('course_categories')} g SET coursecount = (SELECT COUNT(*) FROM ${table('course')} WHERE category = g.id)
      WHERE ? > 0`,
  ];

  const deletions: Deletions = {
    stuckUsers: new Set(),
    stuckCourses: new Set(),
    asked: [],
    lacking: new Set(),
    handlers: {
      core_user_delete_users: (parameters, refuse) => {
        const ids = idsIn(parameters, /^userids\[\d+\]$/);
        deletions.asked.push({ name: 'core_user_delete_users', ids });
        if (deletions.lacking.has('moodle/user:delete')) return refuse('nopermissions');
        return all(async (tx) => {
          for (const id of ids) {
            const [user] = await rows<{ username: string; email: string }>(
              tx,
              `SELECT username, email FROM ${table('user')} WHERE id = ? AND deleted = 0`,
              [id],
            );
            if (user === undefined) return refuse('invalidrecord');
            if (id === 2) return refuse('useradminodelete');
            if (deletions.stuckUsers.has(id)) return refuse('dmlwriteexception', stuckOn(id));
            await run(tx, `DELETE FROM ${table('user_enrolments')} WHERE userid = ?`, [id]);
            await run(tx, `DELETE FROM ${table('role_assignments')} WHERE userid = ?`, [id]);
            await run(tx, `DELETE FROM ${table('grade_grades')} WHERE userid = ?`, [id]);
            await run(
              tx,
              `UPDATE ${table('user')} SET deleted = 1, username = CONCAT(email, '.', UNIX_TIMESTAMP(), '.', id),
                email = MD5(?), idnumber = '' WHERE id = ?`,
              [user.username, id],
            );
          }
          return null;
        });
      },
      core_course_delete_courses: async (parameters) => {
        const ids = idsIn(parameters, /^courseids\[\d+\]$/);
        deletions.asked.push({ name: 'core_course_delete_courses', ids });
        const warnings: object[] = [];
        const warn = (itemid: number, warningcode: string): void =>
          void warnings.push({ item: 'course', itemid, warningcode, message: `Course ${itemid}` });
        for (const id of ids) {
          const found = await rows(db, `SELECT id FROM ${table('course')} WHERE id = ?`, [id]);
          if (found.length === 0) warn(id, 'unknowncourseidnumber');
          else if (deletions.lacking.has('moodle/course:delete')) warn(id, 'cannotdeletecourse');
          else if (deletions.stuckCourses.has(id)) warn(id, 'cannotdeletecategorycourse');
          else {
            for (const statement of courseParts) await run(db, statement, [id]);
          }
        }
        return { warnings };
      },
      enrol_manual_unenrol_users: (parameters, refuse) => {
        const users = idsIn(parameters, /\[userid\]$/);
        const courses = idsIn(parameters, /\[courseid\]$/);
        deletions.asked.push({ name: 'enrol_manual_unenrol_users', ids: users });
        if (deletions.lacking.has('enrol/manual:unenrol')) return refuse('nopermissions');
        return all(async (tx) => {
          for (const [at, userid] of users.entries()) {
            const [instance] = await rows<{ id: number }>(
              tx,
              `SELECT id FROM ${table('enrol')} WHERE courseid = ? AND enrol = 'manual'`,
              [courses[at]],
            );
            if (instance === undefined) return refuse('wsnoinstance');
            const found = await rows(tx, `SELECT id FROM ${table('user')} WHERE id = ? AND deleted = 0`, [
              userid,
            ]);
            if (found.length === 0) return refuse('invaliduser');
            await run(tx, `DELETE FROM ${table('user_enrolments')} WHERE enrolid = ? AND userid = ?`, [
              instance.id,
              userid,
            ]);
            await run(
              tx,
              `DELETE ra FROM ${table('role_assignments')} ra JOIN ${table('context')} x ON x.id = ra.contextid
                WHERE x.contextlevel = 50 AND x.instanceid = ? AND ra.userid = ? AND NOT EXISTS
                  (SELECT 1 FROM ${table('user_enrolments')} ue JOIN ${table('enrol')} e ON e.id = ue.enrolid
                    WHERE e.courseid = x.instanceid AND ue.userid = ra.userid)`,
              [courses[at], userid],
            );
          }
          return null;
        });
      },
    },
  };
  return deletions;
}
