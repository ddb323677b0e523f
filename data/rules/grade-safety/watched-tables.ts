/** Which tables of a Moodle are watched: those that are known, and those of any activity, found from its schema. Pure. */
import type { WatchedTable, WatchedValue } from '../../model/grade-safety.js';
import { knownTables, passing } from './known-tables.js';

/** A column as the server declares it; `table` without Moodle's prefix. */
export interface SchemaColumn {
  readonly table: string;
  readonly column: string;
  /** Like `decimal(10,5)`. */
  readonly type: string;
  readonly nullable: boolean;
}

export interface Watched {
  readonly tables: readonly WatchedTable[];
  /** Activities that are installed and of which we may read nothing. */
  readonly unread: readonly string[];
}

type Schema = ReadonlyMap<string, ReadonlyMap<string, SchemaColumn>>;

function byTable(columns: readonly SchemaColumn[]): Schema {
  const schema = new Map<string, Map<string, SchemaColumn>>();
  for (const one of columns) {
    const table = schema.get(one.table) ?? new Map<string, SchemaColumn>();
    schema.set(one.table, table);
    table.set(one.column, one);
  }
  return schema;
}

function has(schema: Schema, table: string, ...columns: readonly string[]): boolean {
  const found = schema.get(table);
  return found !== undefined && columns.every((column) => found.has(column));
}

/** The table as this Moodle has it; null when its way to the course or its person is missing. */
function fit(known: WatchedTable, schema: Schema): WatchedTable | null {
  const tables = [known.table, ...known.way.map(({ table }) => table)];
  const person = known.person;
  const complete =
    known.way.every(({ by }, at) => has(schema, tables[at] ?? '', 'id', by)) &&
    has(schema, tables.at(-1) ?? '', 'id', known.course) &&
    (person === null || has(schema, tables[person.at] ?? '', person.column)) &&
    (known.zero === undefined || has(schema, known.table, known.zero));
  if (!complete) return null;
  return {
    ...known,
    values: known.values.filter(({ column }) => has(schema, known.table, column)),
    columns: known.columns.filter((column) => has(schema, known.table, column)),
  };
}

const MAX_VALUES = 16;

/** What a person can lose in a row of an activity: numbers that may be missing, and texts. */
function valuesOf(columns: readonly SchemaColumn[]): WatchedValue[] {
  const values: WatchedValue[] = [];
  for (const { column, type, nullable } of columns) {
    if (/^(decimal|double|float)/.test(type) && nullable) values.push({ column, presence: 'not-null' });
    if (/text$/.test(type)) values.push({ column, presence: 'not-empty' });
  }
  return values.slice(0, MAX_VALUES);
}

/** Times, and what only says how far somebody has looked. */
const restless = /^(id|userid)$|^time|time$|modified$|created$|^cached|^last|views$/;

/** A table `quiz_…` with a person and, in a column named after the activity, the activity's id. */
function discover(table: string, module: string, schema: Schema): WatchedTable | null {
  if (!table.startsWith(`${module}_`) || passing.some((end) => table.endsWith(end))) return null;
  const by = [module, `${module}id`].find((column) => has(schema, table, column));
  if (by === undefined || !has(schema, table, 'id', 'userid') || !has(schema, module, 'id', 'course'))
    return null;
  const columns = [...(schema.get(table)?.values() ?? [])].filter(({ column }) => !restless.test(column));
  return {
    table,
    way: [{ by, table: module }],
    course: 'course',
    person: { at: 0, column: 'userid' },
    values: valuesOf(columns),
    columns: columns.map(({ column }) => column),
  };
}

/**
 * @param columns of every table that the account may read
 * @param modules names of the activities that are installed
 */
export function watchedTables(columns: readonly SchemaColumn[], modules: readonly string[]): Watched {
  const schema = byTable(columns);
  const known = knownTables.map((one) => fit(one, schema)).filter((one) => one !== null);
  const taken = new Set(knownTables.map(({ table }) => table));
  const found: WatchedTable[] = [];
  for (const table of [...schema.keys()].sort()) {
    if (taken.has(table)) continue;
    for (const module of modules) {
      const one = discover(table, module, schema);
      if (one === null) continue;
      found.push(one);
      break;
    }
  }
  return {
    tables: [...known, ...found],
    unread: modules.filter((module) => !has(schema, module, 'id', 'course')).sort(),
  };
}
