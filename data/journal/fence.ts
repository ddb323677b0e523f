/**
 * Fencing by the journal (rule 2 of the protocol): whoever took the highest fence writes, everybody else fails.
 * Attempt numbers do not fence, for they restart at 1; GET_LOCK does not, for a frozen client keeps it.
 */
import type { Knex } from 'knex';
import { openWriter, type DatabaseAddress } from '../database/connect.js';
import { RolloverError } from '../model/errors.js';
import { select, write } from './journal.js';
import type { Brake } from './targets.js';

/** Proof of being the one writer of a target; valid until somebody takes a higher fence. */
export interface Fence {
  readonly targetId: number;
  readonly fence: number;
  readonly connectionId: number;
}

interface FenceRow {
  readonly fence: number;
  readonly writerConnection: number | null;
  readonly own: number;
}

const readRow =
  'SELECT fence, writer_connection AS writerConnection, CONNECTION_ID() AS own FROM target WHERE id = ?';

/**
 * 1094 = no such thread; 1095 = somebody else's thread, whose number our former writer had before the server was
 * restarted. Either way the former writer is gone, which is what we want.
 */
const GONE: ReadonlySet<number | undefined> = new Set([1094, 1095]);

async function killConnection(db: Knex, connectionId: number): Promise<void> {
  try {
    await db.raw(`KILL ${Number(connectionId)}`);
  } catch (error) {
    if (!GONE.has((error as { errno?: number }).errno)) throw error;
  }
}

/**
 * Takes the next fence in a committed transaction of its own and ends the previous writer's connection, so that a
 * frozen process loses its row locks at once. `writer` must be a pool of exactly one connection.
 */
export async function takeFence(writer: Knex, targetId: number): Promise<Fence> {
  const [before] = await select<FenceRow>(writer, readRow, [targetId]);
  if (before === undefined)
    throw new RolloverError('SchoolUnknown', 'The journal has no row for this target.');
  if (before.writerConnection !== null && before.writerConnection !== before.own)
    await killConnection(writer, before.writerConnection);
  await write(
    writer,
    'UPDATE target SET fence = fence + 1, writer_connection = CONNECTION_ID() WHERE id = ?',
    [targetId],
  );
  const [after] = await select<FenceRow>(writer, readRow, [targetId]);
  if (after === undefined || after.writerConnection !== after.own)
    throw new RolloverError('Fenced', 'Another worker took this target at the same moment.');
  return { targetId, fence: after.fence, connectionId: after.own };
}

/**
 * First statement of every batch: locks the target row, compares fence and connection, reads the brake.
 *
 * @throws RolloverError Fenced when another writer has taken over, or this connection is not the fenced one.
 */
export async function lockTarget(tx: Knex, fence: Fence): Promise<Brake> {
  const statement = `SELECT fence, brake, CONNECTION_ID() AS own FROM target WHERE id = ? FOR UPDATE`;
  const [row] = await select<{ fence: number; brake: Brake; own: number }>(tx, statement, [fence.targetId]);
  if (row?.fence !== fence.fence || row.own !== fence.connectionId)
    throw new RolloverError('Fenced', 'Another worker has taken over this target.');
  return row.brake;
}

/** A clean end: nobody needs to kill this connection later. */
export async function leaveFence(writer: Knex, fence: Fence): Promise<void> {
  const statement =
    'UPDATE target SET writer_connection = NULL WHERE id = ? AND fence = ? AND writer_connection = ?';
  await write(writer, statement, [fence.targetId, fence.fence, fence.connectionId]);
}

/** Takes the next fence by its number alone: ends the previous writer's connection and names none in its place. */
export async function takeNumber(
  address: DatabaseAddress,
  journalSchema: string,
  targetId: number,
): Promise<number> {
  const writer = openWriter(address, journalSchema);
  try {
    const fence = await takeFence(writer, targetId);
    await leaveFence(writer, fence);
    return fence.fence;
  } finally {
    await writer.destroy();
  }
}
