/** What the database server counted, between two moments. */
import type { Knex } from 'knex';

export interface ServerCounters {
  readonly statements: number;
  /** From the server's view: what it was sent, and what it sent. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const names = ['Questions', 'Bytes_received', 'Bytes_sent'] as const;

export async function readCounters(db: Knex): Promise<ServerCounters> {
  const [rows] = (await db.raw('SHOW GLOBAL STATUS WHERE Variable_name IN (?, ?, ?)', [
    ...names,
  ])) as unknown as [{ Variable_name: string; Value: string }[]];
  const of = (name: (typeof names)[number]): number =>
    Number(rows.find((row) => row.Variable_name === name)?.Value ?? 0);
  return { statements: of('Questions'), bytesIn: of('Bytes_received'), bytesOut: of('Bytes_sent') };
}

/** Asking counts as one statement of its own, which is left out. */
export function between(before: ServerCounters, after: ServerCounters): ServerCounters {
  return {
    statements: after.statements - before.statements - 1,
    bytesIn: after.bytesIn - before.bytesIn,
    bytesOut: after.bytesOut - before.bytesOut,
  };
}
