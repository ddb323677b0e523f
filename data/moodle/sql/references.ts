/** Columns that name accounts, courses and contexts, as this very database declares them, and who is named there. */
import type { Knex } from 'knex';
import { RolloverError } from '../../model/errors.js';
import { placeholders, selectRows, type TablePlace, type Value } from './statement.js';

export interface IntegerColumn {
  /** Without prefix. */
  readonly table: string;
  readonly column: string;
}

/** Every whole-number column of the site's tables. */
export async function selectIntegerColumns(db: Knex, place: TablePlace): Promise<IntegerColumn[]> {
  const rows = await selectRows<{ name: string; col: string }>(
    db,
    `SELECT c.TABLE_NAME AS name, c.COLUMN_NAME AS col FROM information_schema.COLUMNS c
       JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
      WHERE c.TABLE_SCHEMA = ? AND t.TABLE_TYPE = 'BASE TABLE' AND LEFT(c.TABLE_NAME, ?) = ?
        AND c.DATA_TYPE IN ('tinyint', 'smallint', 'mediumint', 'int', 'bigint')
      ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`,
    [place.database, place.prefix.length, place.prefix],
  );
  return rows.map(({ name, col }) => ({ table: name.slice(place.prefix.length), column: col }));
}

function quote(identifier: string): string {
  if (identifier.includes('?')) throw new RolloverError('MoodleUnsupported', 'A name holds a question mark.');
  return `\`${identifier.replaceAll('`', '``')}\``;
}

function nameOf(place: TablePlace, table: string): string {
  return `${quote(place.database)}.${quote(place.prefix + table)}`;
}

/** A column of one table that is looked at for some ids. */
export interface Searched {
  readonly column: string;
  /** Comes back with each id that is found. */
  readonly tag: string;
  readonly ids: readonly number[];
}

/** Which of the ids stand in a table: one statement for all its columns. `except`: rows that do not count, in SQL. */
export async function selectReferred(
  db: Knex,
  place: TablePlace,
  table: string,
  searched: readonly Searched[],
  except?: string,
): Promise<{ readonly tag: string; readonly id: number }[]> {
  const condition = except === undefined ? '' : ` AND NOT (${except})`;
  const parts = searched.map(
    ({ column, ids }) =>
      `SELECT ? AS tag, ${quote(column)} AS id FROM ${nameOf(place, table)} WHERE ${quote(column)} IN (${placeholders(ids.length)})${condition}`,
  );
  const bindings = searched.flatMap(({ tag, ids }): Value[] => [tag, ...ids]);
  return selectRows(db, parts.join(' UNION '), bindings);
}

/** How a row of a table belongs to a course: by a column of its own, or of the row that it belongs to. */
export interface CoursePath {
  readonly table: string;
  readonly user: string;
  /** Column that is compared, of the parent where there is one. */
  readonly course: string;
  readonly parent?: { readonly table: string; readonly column: string };
}

/** Who of these accounts has a row in which of these courses (or contexts), in one table. */
export async function selectPairs(
  db: Knex,
  place: TablePlace,
  { table, user, course, parent }: CoursePath,
  users: readonly number[],
  places: readonly number[],
): Promise<{ readonly userid: number; readonly place: number }[]> {
  const join =
    parent === undefined ? '' : ` JOIN ${nameOf(place, parent.table)} p ON p.id = t.${quote(parent.column)}`;
  const column = `${parent === undefined ? 't' : 'p'}.${quote(course)}`;
  return selectRows(
    db,
    `SELECT DISTINCT t.${quote(user)} AS userid, ${column} AS place FROM ${nameOf(place, table)} t${join}
      WHERE t.${quote(user)} IN (${placeholders(users.length)}) AND ${column} IN (${placeholders(places.length)})`,
    [...users, ...places],
  );
}

/** Asks for a table that does not exist: who may read the whole schema is told so, others that they may not. */
export async function selectFromNowhere(db: Knex, place: TablePlace): Promise<void> {
  await db.raw(`SELECT 1 FROM ${nameOf(place, 'rollover_probe_of_rights')} WHERE 1 = 0`);
}
