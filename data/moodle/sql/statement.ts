/** How statements on Moodle's tables are put together: qualified names, bound values, bounded sizes. */
import type { Knex } from 'knex';
import { RolloverError } from '../../model/errors.js';
import { oneAhead } from '../../database/one-ahead.js';
import type { MoodleTable } from '../schema-facts.js';

/** What we bind. */
export type Value = string | number | null;

/** Where a site's tables are. */
export interface TablePlace {
  readonly database: string;
  readonly prefix: string;
}

/** Rows of one INSERT; also bounded by `MAX_STATEMENT_BYTES`. */
export const MAX_ROWS = 5000;
/** Bytes of one statement before escaping: far below a max_allowed_packet of 16 MB. */
export const MAX_STATEMENT_BYTES = 1_000_000;
/** Values of one IN list. */
export const MAX_IN = 5000;

function quote(identifier: string): string {
  return `\`${identifier.replaceAll('`', '``')}\``;
}

/** "`moodle`.`mdl_user`" for `user`. Question marks cannot stand in it: the driver would take them for bindings. */
export function tableName(place: TablePlace, table: MoodleTable): string {
  return qualified(place, table);
}

/** Tables that we look at where we may or are told to, and can do without: no right on them is asked for. */
export type OptionalTable = 'task_scheduled' | 'user_info_field' | 'user_info_data' | 'tool_mergeusers';

/** The same as `tableName`. */
export function optionalTableName(place: TablePlace, table: OptionalTable): string {
  return qualified(place, table);
}

/** The same for a table that was found in the server's own catalogue. */
export function foundTableName(place: TablePlace, table: string): string {
  return qualified(place, table);
}

function qualified(place: TablePlace, table: string): string {
  const name = `${quote(place.database)}.${quote(place.prefix + table)}`;
  if (name.includes('?')) throw new RolloverError('ConfigInvalid', 'A schema name holds a question mark.');
  return name;
}

/** `?, ?, ?` */
export function placeholders(count: number): string {
  return new Array<string>(count).fill('?').join(', ');
}

/** Slices of at most `size`; no slice for no items. */
export function* slices<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

/** Rows of one SELECT. */
export async function selectRows<Row>(
  db: Knex,
  sql: string,
  bindings: readonly Value[] = [],
): Promise<Row[]> {
  const [rows] = (await db.raw(sql, bindings as Value[])) as [Row[], unknown];
  return rows;
}

/** Runs `select` for every slice of `values` and joins the rows. `sql` gets the placeholders of the slice. */
export async function selectIn<Row>(
  db: Knex,
  values: readonly Value[],
  sql: (marks: string) => string,
  before: readonly Value[] = [],
  after: readonly Value[] = [],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const slice of slices(values, MAX_IN))
    for (const row of await selectRows<Row>(db, sql(placeholders(slice.length)), [
      ...before,
      ...slice,
      ...after,
    ]))
      rows.push(row);
  return rows;
}

interface WriteResult {
  readonly insertId: number;
  readonly affectedRows: number;
}

/** Runs one INSERT or UPDATE. */
export async function write(db: Knex, sql: string, bindings: readonly Value[]): Promise<WriteResult> {
  const [result] = (await db.raw(sql, bindings as Value[])) as [WriteResult, unknown];
  return result;
}

function bytesOf(row: readonly Value[]): number {
  let bytes = 4;
  for (const value of row) bytes += typeof value === 'string' ? Buffer.byteLength(value) + 4 : 12;
  return bytes;
}

/** Groups rows so that no group is more than `MAX_ROWS` rows or `MAX_STATEMENT_BYTES` bytes. */
export function* rowBatches(rows: Iterable<readonly Value[]>): Generator<readonly (readonly Value[])[]> {
  let batch: (readonly Value[])[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = bytesOf(row);
    if (batch.length > 0 && (batch.length === MAX_ROWS || bytes + size > MAX_STATEMENT_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** What one multi-row INSERT did. */
interface Inserted {
  readonly firstId: number;
  readonly count: number;
}

/**
 * Multi-row INSERTs. `suffix` follows the VALUES list. Returns the first id of each statement and its row count. The next statement is put together
 * while the server works on the one before; `rows` may make its rows as they are asked for.
 */
export async function insertRows(
  db: Knex,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly Value[]>,
  suffix = '',
): Promise<Inserted[]> {
  // one binding that the driver writes out: a mark per value costs as much again as the server's work
  const sql = `INSERT INTO ${table} (${columns.map(quote).join(', ')}) VALUES ?${suffix}`;
  const insert = async (batch: readonly (readonly Value[])[]): Promise<Inserted> => {
    const [result] = (await db.raw(sql, [batch] as never)) as [WriteResult, unknown];
    return { firstId: result.insertId, count: batch.length };
  };
  return oneAhead(rowBatches(rows), insert);
}

/**
 * Multi-row INSERTs whose ids are known: rows of one VALUES list get consecutive ids in every lock mode (contract
 * §11), in steps of `auto_increment_increment`. For tables without a natural key; callers compare what they wrote.
 */
export async function insertRowsForIds(
  db: Knex,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Value[])[],
): Promise<number[]> {
  const [step] = await selectRows<{ step: number }>(db, 'SELECT @@auto_increment_increment AS step');
  const statements = await insertRows(db, table, columns, rows);
  return statements.flatMap(({ firstId, count }) =>
    Array.from({ length: count }, (_, index) => firstId + index * (step?.step ?? 1)),
  );
}

/** One row's new values for `updateById`. */
export interface RowUpdate {
  readonly id: number;
  readonly set: Readonly<Record<string, Value | undefined>>;
}

/** Rows of one UPDATE with a CASE per column. */
const MAX_UPDATES = 500;

/**
 * Sets differing values on many rows with few statements. A row keeps a column that its `set` does not name.
 * `same` are assignments for all rows, in SQL, with their bindings.
 */
export async function updateById(
  db: Knex,
  table: string,
  updates: readonly RowUpdate[],
  same: readonly { readonly sql: string; readonly bindings: readonly Value[] }[] = [],
): Promise<void> {
  for (const slice of slices(updates, MAX_UPDATES)) {
    const columns = [...new Set(slice.flatMap((row) => Object.keys(row.set)))];
    const assignments: string[] = [];
    const bindings: Value[] = [];
    for (const column of columns) {
      const cases = slice.filter((row) => row.set[column] !== undefined);
      if (cases.length === 0) continue;
      const when = new Array<string>(cases.length).fill('WHEN ? THEN ?').join(' ');
      assignments.push(`${quote(column)} = CASE id ${when} ELSE ${quote(column)} END`);
      for (const row of cases) bindings.push(row.id, row.set[column] ?? null);
    }
    for (const { sql, bindings: values } of same) {
      assignments.push(sql);
      bindings.push(...values);
    }
    if (assignments.length === 0) continue;
    await write(
      db,
      `UPDATE ${table} SET ${assignments.join(', ')} WHERE id IN (${placeholders(slice.length)})`,
      [...bindings, ...slice.map((row) => row.id)],
    );
  }
}
