/** Statements on KnowledgeNET's views, one per function. Only reading. */
import type { ViewConnection } from './connection.js';
import { KEY_COLUMN, viewColumns, type ViewName } from './views.js';

/** A row as the driver gives it, values in the order of key and columns. */
export type ViewRow = readonly unknown[];

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

const place = (connection: ViewConnection, view: ViewName): string =>
  `${quoted(connection.schema)}.${quoted(view)}`;

const columnList = (view: ViewName): string => [KEY_COLUMN, ...viewColumns[view]].map(quoted).join(', ');

/** Which columns of which views this account may know of, as `[view, column]` in small letters. */
export async function selectColumns(connection: ViewConnection): Promise<[string, string][]> {
  const statement = 'SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = ?';
  const rows = await connection.select(statement, [connection.schema]);
  return rows.map(([view, column]) => [String(view).toLowerCase(), String(column).toLowerCase()]);
}

/** Nothing of a view: fails as reading it would. */
export async function selectNothing(connection: ViewConnection, view: ViewName): Promise<void> {
  await connection.select(`SELECT ${columnList(view)} FROM ${place(connection, view)} LIMIT 0`, []);
}

/** How many rows a view has. */
export async function countRows(connection: ViewConnection, view: ViewName): Promise<number> {
  const [row] = await connection.select(`SELECT COUNT(*) FROM ${place(connection, view)}`, []);
  return Number(row?.[0]);
}

/** How many rows of kn_users are persons that Moodle may get; others are administrators and caregivers. */
export async function countPersons(connection: ViewConnection): Promise<number> {
  const statement = `SELECT COUNT(*) FROM ${place(connection, 'kn_users')}
    WHERE LOWER(TRIM(${quoted('user_type')})) IN ('student', 'teacher')`;
  const [row] = await connection.select(statement, []);
  return Number(row?.[0]);
}

/** The first rows beyond a key, in order of the key. */
export function selectPage(
  connection: ViewConnection,
  view: ViewName,
  after: string | null,
  rows: number,
): Promise<ViewRow[]> {
  const key = quoted(KEY_COLUMN);
  const beyond = after === null ? '' : `WHERE ${key} > ? `;
  const statement = `SELECT ${columnList(view)} FROM ${place(connection, view)} ${beyond}ORDER BY ${key} LIMIT ${rows}`;
  return connection.select(statement, after === null ? [] : [after]);
}
