/**
 * The fence while Moodle's web services are called. A call lasts longer than a writer's connection may be silent, so the
 * fence is taken by its number alone: whoever took the highest one writes to the journal, everybody else fails.
 */
import type { Knex } from 'knex';
import { openWriter, type DatabaseAddress } from '../database/connect.js';
import { leaveFence, takeFence } from '../journal/fence.js';
import { select, within, type Journal } from '../journal/journal.js';
import type { Brake } from '../journal/targets.js';
import { RolloverError } from '../model/errors.js';

/** Takes the next fence and ends the previous writer's connection. */
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

/**
 * A transaction of the journal that begins with the locked target row.
 *
 * @throws RolloverError Fenced when another worker has taken over
 */
export async function fenced<T>(
  journal: Journal,
  fence: number,
  work: (inside: Journal, brake: Brake) => Promise<T>,
): Promise<T> {
  return journal.db.transaction(async (tx: Knex.Transaction) => {
    const statement = 'SELECT fence, brake FROM target WHERE id = ? FOR UPDATE';
    const [row] = await select<{ fence: number; brake: Brake }>(tx, statement, [journal.targetId]);
    if (row?.fence !== fence) throw new RolloverError('Fenced', 'Another worker has taken over this target.');
    return work(within(journal, tx), row.brake);
  });
}
