/** Which rights the database account lacks, found by statements that touch no row, and the rights it should be given. */
import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { RolloverError } from '../model/errors.js';
import { factsOf, moodleTables, type MoodleTable } from './schema-facts.js';
import {
  alterProbeTable,
  createProbeTable,
  deleteNothing,
  dropProbeTable,
  indexProbeTable,
  insertNothing,
  selectNothing,
  selectNothingOfAll,
  updateNothing,
} from './sql/privilege.js';
import { tableName, type TablePlace } from './sql/statement.js';

/** Missing rights in words, like "INSERT on moodle.mdl_user". */
export interface MissingRights {
  /** What reading Moodle and keeping the journal need. */
  readonly planning: readonly string[];
  /** What applying needs: everything of planning, and more. */
  readonly writing: readonly string[];
}

/** What our own schema needs: its tables are made and altered by our migrations. */
export const journalRights = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'CREATE',
  'ALTER',
  'INDEX',
  'DROP',
] as const;

const denied = new Set([
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
  // A server in read-only mode.
  'ER_OPTION_PREVENTS_STATEMENT',
  // The schema or table does not exist, or may not be known to exist.
  'ER_BAD_DB_ERROR',
  'ER_NO_SUCH_TABLE',
]);

/** Runs a harmless statement; false when it is refused for lack of a right. */
async function mayRun(statement: Promise<void>): Promise<boolean> {
  try {
    await statement;
    return true;
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code !== undefined && denied.has(code)) return false;
    throw error;
  }
}

function shownName(site: TablePlace, table: MoodleTable): string {
  return `${site.database}.${site.prefix}${table}`;
}

/** One statement tells that all may be read; only if not, each table is tried, so that it can be named. */
async function missingReading(db: Knex, site: TablePlace): Promise<string[]> {
  const tables = moodleTables.map((table) => ({
    shown: shownName(site, table),
    name: tableName(site, table),
    columns: Object.keys(factsOf(table).columns),
  }));
  if (await mayRun(selectNothingOfAll(db, tables))) return [];
  const missing: string[] = [];
  for (const { shown, name, columns } of tables)
    if (!(await mayRun(selectNothing(db, name, columns)))) missing.push(`SELECT on ${shown}`);
  return missing;
}

/**
 * Tries every right that we need with statements that change nothing in Moodle (`WHERE 1 = 0`), so that roles,
 * wildcards and partial revokes count as the server counts them. In the journal's schema a table is made and dropped.
 */
export async function probePrivileges(
  db: Knex,
  site: TablePlace,
  journalSchema: string,
): Promise<MissingRights> {
  const planning = await missingReading(db, site);
  const writing: string[] = [];
  for (const table of moodleTables) {
    const shown = shownName(site, table);
    const name = tableName(site, table);
    const facts = factsOf(table);
    if (facts.access.includes('insert') && !(await mayRun(insertNothing(db, name))))
      writing.push(`INSERT on ${shown}`);
    if (facts.updates !== undefined && !(await mayRun(updateNothing(db, name, facts.updates))))
      writing.push(`UPDATE on ${shown}`);
    if (facts.access.includes('delete') && !(await mayRun(deleteNothing(db, name))))
      writing.push(`DELETE on ${shown}`);
  }
  planning.push(...(await missingJournalRights(db, journalSchema)));
  return { planning, writing: [...planning, ...writing] };
}

async function missingJournalRights(db: Knex, schema: string): Promise<string[]> {
  const on = (right: string): string => `${right} on ${schema}.*`;
  // Two probes at the same time must not meet.
  const table = `privilege_probe_${randomBytes(4).toString('hex')}`;
  const name = `\`${schema.replaceAll('`', '``')}\`.\`${table}\``;
  if (!(await mayRun(createProbeTable(db, name)))) return [on('CREATE')];
  const missing: string[] = [];
  const tries: [string, () => Promise<void>][] = [
    ['SELECT', () => selectNothing(db, name, ['id'])],
    ['INSERT', () => insertNothing(db, name)],
    ['UPDATE', () => updateNothing(db, name, ['id'])],
    ['DELETE', () => deleteNothing(db, name)],
    ['ALTER', () => alterProbeTable(db, name)],
    ['INDEX', () => indexProbeTable(db, name)],
    ['DROP', () => dropProbeTable(db, name)],
  ];
  for (const [right, run] of tries) if (!(await mayRun(run()))) missing.push(on(right));
  return missing;
}

/** The rights on one of Moodle's tables, for a GRANT. */
export function tableRights(table: MoodleTable, purpose: 'planning' | 'writing'): string[] {
  return purpose === 'planning' ? ['SELECT'] : factsOf(table).access.map((right) => right.toUpperCase());
}

/**
 * The least rights as GRANT statements, for MySQL and MariaDB alike. In Moodle nothing but sessions
 * can be deleted with them.
 *
 * @param user Account in SQL: `'rollover'@'localhost'`.
 */
export function grantStatements(
  user: string,
  site: TablePlace,
  journalSchema: string,
  purpose: 'planning' | 'writing' = 'writing',
): string[] {
  if (!/^'[^'\\]+'@'[^'\\]+'$/.test(user))
    throw new RolloverError('UsageInvalid', "The account must be written as 'name'@'host'.");
  return [
    ...moodleTables.map(
      (table) =>
        `GRANT ${tableRights(table, purpose).join(', ')} ON \`${site.database}\`.\`${site.prefix}${table}\` TO ${user};`,
    ),
    `GRANT ${journalRights.join(', ')} ON \`${journalSchema}\`.* TO ${user};`,
  ];
}
