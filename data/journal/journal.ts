/** The journal of one school: our own schema on the same server as that school's Moodle. */
import type { Knex } from 'knex';

/** A handle on one target's rows. `db` may be a transaction. */
export interface Journal {
  readonly db: Knex;
  readonly targetId: number;
  readonly school: string;
}

/** The same handle inside a transaction. */
export function within(journal: Journal, tx: Knex): Journal {
  return { ...journal, db: tx };
}

/** Rows of a raw SELECT. */
export async function select<R>(db: Knex, sql: string, bindings: readonly unknown[] = []): Promise<R[]> {
  const [rows] = (await db.raw(sql, bindings as never)) as unknown as [R[]];
  return rows;
}

/** What a writing statement reports. */
export interface Written {
  readonly insertId: number;
  readonly affectedRows: number;
}

/** Runs INSERT, UPDATE or DELETE. */
export async function write(db: Knex, sql: string, bindings: readonly unknown[] = []): Promise<Written> {
  const [result] = (await db.raw(sql, bindings as never)) as unknown as [Written];
  return result;
}
