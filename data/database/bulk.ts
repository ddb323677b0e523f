/** Multi-row statements sized by rows and by bytes, so that any max_allowed_packet of 16 MB is far away. */
import type { Knex } from 'knex';
import { oneAhead } from './one-ahead.js';

/** A value as the driver escapes it. */
export type Cell = string | number | bigint | boolean | null | Buffer;

const MAX_ROWS = 5000;
const MAX_BYTES = 1_000_000;

function weigh(cell: Cell): number {
  if (typeof cell === 'string') return cell.length * 2 + 3;
  if (Buffer.isBuffer(cell)) return cell.length * 2 + 3;
  return 12;
}

/** Cuts rows into runs of at most `maxRows` rows and about one megabyte of statement text. */
export function* inRuns<R extends readonly Cell[]>(rows: Iterable<R>, maxRows = MAX_ROWS): Generator<R[]> {
  let run: R[] = [];
  let bytes = 0;
  for (const row of rows) {
    let weight = 0;
    for (const cell of row) weight += weigh(cell);
    if (run.length > 0 && (run.length >= maxRows || bytes + weight > MAX_BYTES)) {
      yield run;
      run = [];
      bytes = 0;
    }
    run.push(row);
    bytes += weight;
  }
  if (run.length > 0) yield run;
}

/** Cuts a list of values into IN lists. */
export function* inLists<T>(values: Iterable<T>, size = 2000): Generator<T[]> {
  let list: T[] = [];
  for (const value of values) {
    list.push(value);
    if (list.length >= size) {
      yield list;
      list = [];
    }
  }
  if (list.length > 0) yield list;
}

/** INSERT … VALUES of many rows. `table` may be qualified by its schema. */
export async function bulkInsert(
  db: Knex,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly Cell[]>,
): Promise<void> {
  await oneAhead(inRuns(rows), async (run) => {
    await db.raw('INSERT INTO ?? (??) VALUES ?', [table, columns, run] as never);
  });
}
