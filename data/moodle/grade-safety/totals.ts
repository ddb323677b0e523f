/** The sums of a watched table. */
import type { Knex } from 'knex';
import type { TableTotals, WatchedTable } from '../../model/grade-safety.js';
import { selectRows, type TablePlace } from '../sql/statement.js';
import { sidesOf, totalsOf, type Scope } from './select.js';

interface TotalsRow {
  readonly rows: string | number;
  readonly values: string | number;
  readonly checksum: string | number;
}

/** One or two statements. */
export async function readTotals(
  db: Knex,
  place: TablePlace,
  watched: WatchedTable,
  scope: Scope & { readonly size: number },
  since: number,
): Promise<TableTotals> {
  const sums = { rows: 0, values: 0, checksum: 0n };
  for (const side of sidesOf(watched, scope.size)) {
    const { sql, bindings } = totalsOf(place, watched, scope, side, since);
    for (const row of await selectRows<TotalsRow>(db, sql, bindings)) {
      sums.rows += Number(row.rows);
      sums.values += Number(row.values);
      sums.checksum += BigInt(row.checksum);
    }
  }
  return { table: watched.table, ...sums, checksum: String(sums.checksum) };
}
