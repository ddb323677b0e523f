/** Holds the changes of our run against those of a trace. */
import { IdMap, naturalKeys, translate } from './references.js';
import type { Changes, Row, RowChange, TableChanges, Value } from './trace.js';

export interface CompareOptions {
  /** Seconds by which times may differ: none when our clock was set to the trace's and the trace took no second. */
  readonly tolerance: number;
}

/** Columns with wall-clock values. */
const times = new Set(['timecreated', 'timemodified', 'timeadded', 'added', 'cacherev', 'expiry']);

/** Columns that a trace may leave out though they hold something. */
const unlisted: Readonly<Record<string, ReadonlySet<string>>> = {
  logstore_standard_log: new Set(['id', 'timecreated', 'ip', 'realuserid']),
};

const none: TableChanges = { inserted: [], updated: [], deleted: [] };

/** "table.column" of everything that differs, with a word on how; empty: the same rows. */
export function compareChanges(expected: Changes, actual: Changes, options: CompareOptions): string[] {
  const ids = new IdMap();
  const names = new Set([...naturalKeys.keys(), ...Object.keys(expected), ...Object.keys(actual)]);
  const pairs = [...names].map((table) => ({
    table,
    inserted: pairInserted(ids, table, expected[table] ?? none, actual[table] ?? none),
  }));
  return pairs.flatMap(({ table, inserted }) => [
    ...inserted.missing.map(() => `${table}.*: a row is missing`),
    ...inserted.extra.map(() => `${table}.*: a row too many`),
    ...inserted.pairs.flatMap(([wanted, found]) => compareRow(ids, table, wanted, found, options)),
    ...compareUpdates(ids, table, expected[table] ?? none, actual[table] ?? none, options),
    ...compareDeleted(table, expected[table] ?? none, actual[table] ?? none),
  ]);
}

interface Pairing {
  readonly pairs: readonly (readonly [Row, Row])[];
  readonly missing: readonly Row[];
  readonly extra: readonly Row[];
}

/** New rows that are the same row: by natural key, the rest in their order. */
function pairInserted(ids: IdMap, table: string, expected: TableChanges, actual: TableChanges): Pairing {
  const key = naturalKeys.get(table) ?? [];
  const left = [...actual.inserted].sort((a, b) => Number(a['id']) - Number(b['id']));
  const pairs: [Row, Row][] = [];
  const unpaired: Row[] = [];
  const take = (wanted: Row, index: number): void => {
    const [found] = left.splice(index, 1);
    if (found === undefined) return;
    pairs.push([wanted, found]);
    ids.set(table, wanted['id'], found['id']);
  };
  for (const wanted of expected.inserted) {
    const index = left.findIndex((found) =>
      key.every((column) => same(translate(ids, table, column, wanted), found[column] ?? null)),
    );
    if (key.length === 0 || index === -1) unpaired.push(wanted);
    else take(wanted, index);
  }
  const missing = unpaired.splice(left.length);
  for (const wanted of unpaired) take(wanted, 0);
  return { pairs, missing, extra: left };
}

function same(a: Value, b: Value): boolean {
  return a === null || b === null ? a === b : String(a) === String(b);
}

function compareRow(
  ids: IdMap,
  table: string,
  expected: Row,
  actual: Row,
  options: CompareOptions,
): string[] {
  const differences: string[] = [];
  for (const column of Object.keys(expected)) {
    if (column === 'id') continue;
    const difference = compareValue(ids, table, column, expected, actual, options);
    if (difference !== null) differences.push(difference);
  }
  for (const [column, value] of Object.entries(actual))
    if (!(column in expected) && value !== null && unlisted[table]?.has(column) !== true)
      differences.push(`${table}.${column}: ${show(value)} instead of nothing`);
  if (
    expected['timecreated'] !== undefined &&
    expected['timecreated'] === expected['timemodified'] &&
    actual['timecreated'] !== actual['timemodified']
  )
    differences.push(`${table}.timemodified: not the time of creation`);
  return differences;
}

function compareValue(
  ids: IdMap,
  table: string,
  column: string,
  expected: Row,
  actual: Row,
  options: CompareOptions,
): string | null {
  const wanted = translate(ids, table, column, expected);
  const found = actual[column] ?? null;
  if (same(wanted, found)) return null;
  if (isTime(table, column, expected) && near(wanted, found, options.tolerance)) return null;
  if (table === 'user' && column === 'password' && hashKind(wanted) === hashKind(found)) return null;
  return `${table}.${column}: ${show(found)} instead of ${show(wanted)}`;
}

function isTime(table: string, column: string, row: Row): boolean {
  if (table === 'user_preferences' && column === 'value') return String(row['name']).endsWith('updatetime');
  return times.has(column);
}

/** Zero and null are no wall-clock values: they must be met exactly. */
function near(a: Value, b: Value, tolerance: number): boolean {
  if (Number(a) === 0 || Number(b) === 0) return false;
  return Math.abs(Number(a) - Number(b)) <= tolerance;
}

/** Salted hashes of one kind have one head and one length; anything else is itself. */
function hashKind(value: Value): string {
  const text = String(value);
  const head = /^\$2y\$\d\d\$|^\$6\$rounds=\d+\$/.exec(text)?.[0];
  return head === undefined ? text : `${head} ${text.length}`;
}

function show(value: Value): string {
  return value === null ? 'NULL' : JSON.stringify(value);
}

function compareUpdates(
  ids: IdMap,
  table: string,
  expected: TableChanges,
  actual: TableChanges,
  options: CompareOptions,
): string[] {
  const found = new Map(actual.updated.map((row) => [String(row.id), row]));
  const differences = expected.updated.flatMap((wanted) => {
    const change = found.get(String(wanted.id));
    found.delete(String(wanted.id));
    return change === undefined
      ? [`${table}.${Object.keys(wanted.after).join()}: a change is missing`]
      : compareChange(ids, table, wanted, change, options);
  });
  for (const change of found.values())
    differences.push(
      ...Object.keys(change.after).map((column) => `${table}.${column}: changed, and should not be`),
    );
  return differences;
}

function compareChange(
  ids: IdMap,
  table: string,
  expected: RowChange,
  actual: RowChange,
  options: CompareOptions,
): string[] {
  const differences: string[] = [];
  for (const column of Object.keys(expected.after)) {
    if (!(column in actual.after)) differences.push(`${table}.${column}: not changed, and should be`);
    else {
      const difference = compareValue(ids, table, column, expected.after, actual.after, options);
      if (difference !== null) differences.push(difference);
    }
  }
  for (const column of Object.keys(actual.after))
    if (!(column in expected.after)) differences.push(`${table}.${column}: changed, and should not be`);
  const revision = actual.after['cacherev'];
  if (revision !== undefined && Number(revision) <= Number(actual.before['cacherev']))
    differences.push(`${table}.cacherev: not larger than before`);
  return differences;
}

function compareDeleted(table: string, expected: TableChanges, actual: TableChanges): string[] {
  const wanted = new Set(expected.deleted.map((row) => String(row['id'])));
  const found = new Set(actual.deleted.map((row) => String(row['id'])));
  return [
    ...[...wanted].filter((id) => !found.has(id)).map(() => `${table}.*: a row is still there`),
    ...[...found].filter((id) => !wanted.has(id)).map(() => `${table}.*: a row was deleted`),
  ];
}
