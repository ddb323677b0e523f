/**
 * A Moodle database without ids and times: what must be equal between a disturbed run and an undisturbed one. One
 * query per table, each row named by natural keys; rows come back sorted.
 */
import type { Knex } from 'knex';

/** Moodle builds the login of a deleted account from time and id. */
const login = "IF(deleted = 1, 'deleted', username)";
const course = "COALESCE(NULLIF(c.idnumber, ''), c.shortname)";
const context = `CASE x.contextlevel WHEN 10 THEN 'system'
  WHEN 30 THEN (SELECT CONCAT('user ', ${login}) FROM user WHERE id = x.instanceid)
  WHEN 40 THEN (SELECT CONCAT('category ', name) FROM course_categories WHERE id = x.instanceid)
  WHEN 50 THEN (SELECT CONCAT('course ', shortname) FROM course WHERE id = x.instanceid) ELSE CONCAT('other ', x.contextlevel) END`;

/** Table → rows in natural form; table names stand for the prefixed ones. */
const queries: Readonly<Record<string, string>> = {
  user: `SELECT ${login} AS username, auth, confirmed, deleted, suspended, mnethostid, idnumber, firstname, lastname, IF(deleted = 1, '', email) AS email, lang, timezone,
    maildisplay, mailformat, descriptionformat, timecreated = timemodified AS same FROM user`,
  context: `SELECT ${context} AS thing, x.depth, (LENGTH(x.path) - LENGTH(REPLACE(x.path, '/', ''))) AS pathdepth,
    x.path LIKE CONCAT('%/', x.id) AS own, COUNT(*) AS n FROM context x GROUP BY x.contextlevel, x.instanceid, x.depth, x.path, x.id`,
  course_categories: `SELECT c.name, p.name AS parent, c.sortorder, c.coursecount, c.visible, c.visibleold, c.depth
    FROM course_categories c LEFT JOIN course_categories p ON p.id = c.parent`,
  course: `SELECT c.shortname, c.idnumber, c.fullname, g.name AS category, c.format, c.visible, c.visibleold, c.startdate, c.enddate,
    c.newsitems, c.enablecompletion FROM course c LEFT JOIN course_categories g ON g.id = c.category`,
  course_order: `SELECT c.category > 0 AS inside, COUNT(*) AS n, COUNT(DISTINCT c.category, c.sortorder) AS different FROM course c GROUP BY inside`,
  course_format_options: `SELECT ${course} AS course, o.format, o.name, o.value FROM course_format_options o JOIN course c ON c.id = o.courseid`,
  course_sections: `SELECT ${course} AS course, s.section, s.sequence <> '' AS filled, s.visible FROM course_sections s JOIN course c ON c.id = s.course`,
  course_modules: `SELECT ${course} AS course, m.visible, COUNT(*) AS n FROM course_modules m JOIN course c ON c.id = m.course GROUP BY course, m.visible`,
  forum: `SELECT ${course} AS course, f.type, f.name FROM forum f JOIN course c ON c.id = f.course`,
  enrol: `SELECT ${course} AS course, e.enrol, e.status, e.sortorder, e.roleid FROM enrol e JOIN course c ON c.id = e.courseid`,
  user_enrolments: `SELECT ${course} AS course, e.enrol, u.username, ue.status, ue.timestart, ue.timeend FROM user_enrolments ue
    JOIN enrol e ON e.id = ue.enrolid JOIN course c ON c.id = e.courseid JOIN user u ON u.id = ue.userid`,
  role_assignments: `SELECT ra.roleid, ${context} AS thing, u.username, ra.component, ra.itemid FROM role_assignments ra
    JOIN context x ON x.id = ra.contextid JOIN user u ON u.id = ra.userid`,
  cache_flags: `SELECT f.flagtype, COALESCE(IF(u.deleted = 1, 'deleted', u.username), f.name) AS name, f.value, COUNT(*) AS n FROM cache_flags f
    LEFT JOIN user u ON f.flagtype IN ('accesslib/dirtyusers', 'userpreferenceschanged') AND u.id = f.name GROUP BY 1, 2, 3`,
  user_preferences: `SELECT u.username, p.name FROM user_preferences p JOIN user u ON u.id = p.userid`,
  logstore_standard_log: `SELECT l.eventname, l.crud, l.courseid > 0 AS incourse, COUNT(*) AS n, COUNT(DISTINCT l.objecttable, l.objectid,
    l.relateduserid, l.courseid) AS different FROM logstore_standard_log l GROUP BY 1, 2, 3`,
};

const tables = [
  'user_enrolments',
  'user_preferences',
  'user',
  'context',
  'course_categories',
  'course_format_options',
  'course_sections',
  'course_modules',
  'course',
  'forum',
  'enrol',
  'role_assignments',
  'cache_flags',
  'logstore_standard_log',
];

/** Puts schema and prefix before table names, where they stand as tables. */
function qualify(sql: string, database: string, prefix: string): string {
  return sql.replace(
    new RegExp(`\\b(FROM|JOIN) (${tables.join('|')})\\b`, 'g'),
    (_, word: string, table: string) => `${word} \`${database}\`.\`${prefix}${table}\``,
  );
}

export type NaturalRows = Readonly<Record<string, readonly string[]>>;

/** Everything we write, in natural form. */
export async function naturalRows(db: Knex, database: string, prefix = 'mdl_'): Promise<NaturalRows> {
  const result: Record<string, string[]> = {};
  for (const [name, sql] of Object.entries(queries)) {
    const [rows] = (await db.raw(qualify(sql, database, prefix))) as unknown as [object[]];
    result[name] = rows.map((row) => JSON.stringify(Object.values(row))).sort();
  }
  return result;
}

/** What must never be there twice. */
export async function countTwice(
  db: Knex,
  database: string,
  prefix = 'mdl_',
): Promise<Record<string, number>> {
  const groups: Readonly<Record<string, string>> = {
    users: "SELECT 1 FROM user WHERE deleted = 0 AND idnumber <> '' GROUP BY idnumber HAVING COUNT(*) > 1",
    enrolments: 'SELECT 1 FROM user_enrolments GROUP BY enrolid, userid HAVING COUNT(*) > 1',
    roles:
      'SELECT 1 FROM role_assignments GROUP BY roleid, contextid, userid, component, itemid HAVING COUNT(*) > 1',
    contexts: 'SELECT 1 FROM context GROUP BY contextlevel, instanceid HAVING COUNT(*) > 1',
    courses: "SELECT 1 FROM course WHERE idnumber <> '' GROUP BY idnumber HAVING COUNT(*) > 1",
  };
  const twice: Record<string, number> = {};
  for (const [name, sql] of Object.entries(groups)) {
    const [rows] = (await db.raw(qualify(sql, database, prefix))) as unknown as [unknown[]];
    twice[name] = rows.length;
  }
  return twice;
}
