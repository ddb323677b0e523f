/** Brings a database to the state after a trace by loading the trace's own rows. */
import type { Knex } from 'knex';
import type { Trace, Value } from './trace.js';

interface Place {
  readonly database: string;
  readonly prefix: string;
}

/**
 * Rows of wide tables may be listed in part: what is not listed gets its default, so that strict mode is off here.
 */
export async function loadRows(db: Knex, place: Place, trace: Trace): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.raw("SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'");
    for (const [table, { inserted, updated, deleted }] of Object.entries(trace.tables)) {
      const name = `\`${place.database}\`.\`${place.prefix}${table}\``;
      for (const row of inserted) await loadRow(tx, name, row);
      for (const { id, after } of updated) {
        const columns = Object.keys(after);
        const set = columns.map((column) => `\`${column}\` = ?`).join(', ');
        await tx.raw(`UPDATE ${name} SET ${set} WHERE id = ?`, [...Object.values(after), id] as string[]);
      }
      for (const row of deleted) await tx.raw(`DELETE FROM ${name} WHERE id = ?`, [String(row['id'])]);
    }
    await tx.raw("SET SESSION sql_mode = 'STRICT_ALL_TABLES'");
  });
}

async function loadRow(tx: Knex, table: string, row: Readonly<Record<string, Value>>): Promise<void> {
  const columns = Object.keys(row);
  await tx.raw(
    `REPLACE INTO ${table} (${columns.map((column) => `\`${column}\``).join(', ')})
     VALUES (${columns.map(() => '?').join(', ')})`,
    Object.values(row) as string[],
  );
}
