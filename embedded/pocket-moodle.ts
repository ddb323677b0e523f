/**
 * A small Moodle database, written from facts: the tables and rows of a new Moodle 4.5 that a rollover reads or
 * writes, and nothing else. There is no Moodle program behind it; it shows what would be written to a real one.
 */
import type { Knex } from 'knex';
import { bulkInsert, type Cell } from '../data/database/bulk.js';
import { coursesTables } from './pocket-moodle/courses-tables.js';
import { enrolmentTables } from './pocket-moodle/enrolment-tables.js';
import { peopleTables } from './pocket-moodle/people-tables.js';
import {
  forcedSubscribers,
  modules,
  pluginSettings,
  roleLevels,
  roles,
  siteSettings,
} from './pocket-moodle/settings.js';
import type { TableShape } from './pocket-moodle/shape.js';
import { siteTables } from './pocket-moodle/site-tables.js';

/** Every table of the pocket Moodle by its name without prefix. */
export const pocketTables: Readonly<Record<string, TableShape>> = {
  ...siteTables,
  ...peopleTables,
  ...coursesTables,
  ...enrolmentTables,
};

export interface PocketMoodle {
  readonly database: string;
  readonly prefix: string;
}

/** Collation of a Moodle that was installed with its defaults. */
const COLLATION = 'utf8mb4_unicode_ci';
const CONTEXT = { system: 10, user: 30, category: 40, course: 50 } as const;

/**
 * Creates the schema and a freshly installed site in it: one administrator, the guest, one empty category.
 * @param db a pool whose account may create schemas
 * @param schoolName full name of the site's front page
 */
export async function createPocketMoodle(
  db: Knex,
  where: PocketMoodle,
  schoolName: string,
): Promise<PocketMoodle> {
  await db.raw('CREATE DATABASE ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci', [where.database]);
  for (const [name, shape] of Object.entries(pocketTables)) await createTable(db, where, name, shape);
  await fill(db, where, schoolName);
  return where;
}

/** Whether the schema holds a pocket Moodle whose making was finished. */
export async function hasPocketMoodle(db: Knex, where: PocketMoodle): Promise<boolean> {
  const [tables] = (await db.raw(
    'SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ?',
    [where.database, `${where.prefix}config`],
  )) as unknown as [unknown[]];
  if (tables.length === 0) return false;
  const version: unknown = await db
    .withSchema(where.database)
    .from(`${where.prefix}config`)
    .where('name', 'version')
    .first();
  return version !== undefined;
}

async function createTable(db: Knex, where: PocketMoodle, name: string, shape: TableShape): Promise<void> {
  const lines = [
    ...shape.columns.map((column) => column.replace(/^\w+/, (word) => `\`${word}\``)),
    'PRIMARY KEY (`id`)',
    ...shape.unique.map((columns) => `UNIQUE KEY (${quoteAll(columns)})`),
    ...shape.indexes.map((columns) => `KEY (${quoteAll(columns)})`),
  ];
  await db.raw(
    `CREATE TABLE ?? (${lines.join(', ')}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${COLLATION}`,
    [`${where.database}.${where.prefix}${name}`],
  );
}

function quoteAll(columns: string): string {
  return columns
    .split(',')
    .map((column) => `\`${column}\``)
    .join(', ');
}

async function fill(db: Knex, where: PocketMoodle, schoolName: string): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const insert = (table: string, columns: readonly string[], rows: readonly (readonly Cell[])[]) =>
    bulkInsert(db, `${where.database}.${where.prefix}${table}`, columns, rows);

  await insert('config_plugins', ['plugin', 'name', 'value'], pluginSettings);
  await insert('mnet_host', ...hosts());
  await insert(
    'modules',
    ['id', 'name', 'visible'],
    modules.map(([name, visible], i) => [i + 1, name, visible]),
  );
  await insert(
    'role',
    ['id', 'shortname', 'description', 'sortorder', 'archetype'],
    roles.map((name, i) => [i + 1, name, '', i + 1, name]),
  );
  await insert(
    'role_context_levels',
    ['roleid', 'contextlevel'],
    roleLevels.flatMap(([role, levels]) => levels.map((level) => [roleId(role), level])),
  );
  await insert(
    'role_capabilities',
    ['contextid', 'roleid', 'capability', 'permission', 'timemodified'],
    forcedSubscribers.map((role) => [1, roleId(role), 'mod/forum:allowforcesubscribe', 1, now]),
  );
  await insert('user', ...accounts(now));
  await insert(
    'course_categories',
    ['id', 'name', 'descriptionformat', 'sortorder', 'timemodified', 'depth', 'path'],
    [[1, 'Category 1', 1, 10_000, now, 1, '/1']],
  );
  await insert(
    'course',
    [
      'id',
      'sortorder',
      'fullname',
      'shortname',
      'summary',
      'format',
      'newsitems',
      'timecreated',
      'timemodified',
    ],
    [[1, 1, schoolName, 'home', '', 'site', 3, now, now]],
  );
  await insert(
    'course_format_options',
    ['courseid', 'format', 'name', 'value'],
    [[1, 'site', 'numsections', '1']],
  );
  await insert(
    'context',
    ['id', 'contextlevel', 'instanceid', 'path', 'depth'],
    [
      [1, CONTEXT.system, 0, '/1', 1],
      [2, CONTEXT.course, 1, '/1/2', 2],
      [3, CONTEXT.category, 1, '/1/3', 2],
      [4, CONTEXT.user, 1, '/1/4', 2],
      [5, CONTEXT.user, 2, '/1/5', 2],
    ],
  );
  // last: its `version` says that the site is complete
  await insert('config', ['name', 'value'], Object.entries(siteSettings));
}

type Rows = [columns: readonly string[], rows: readonly (readonly Cell[])[]];

/** This site itself, and Moodle's stand-in for "all hosts". */
function hosts(): Rows {
  return [
    ['id', 'wwwroot', 'ip_address', 'name', 'public_key', 'applicationid', 'sslverification'],
    [
      [1, 'http://127.0.0.1', '127.0.0.1', '', '', 1, 0],
      [2, '', '', 'All Hosts', '', 1, 0],
    ],
  ];
}

/** Nobody can log in to them: there is no Moodle to log in to. */
function accounts(now: number): Rows {
  return [
    [
      'id',
      'confirmed',
      'mnethostid',
      'username',
      'password',
      'firstname',
      'lastname',
      'email',
      'timemodified',
    ],
    [
      [1, 1, 1, 'guest', 'not cached', 'Guest user', ' ', 'root@localhost', now],
      [2, 1, 1, 'admin', 'not cached', 'Admin', 'User', 'admin@example.org', now],
    ],
  ];
}

function roleId(name: string): number {
  return roles.indexOf(name) + 1;
}
