/**
 * The fence while Moodle's web services are called. A call lasts longer than a writer's connection may be silent, so the
 * fence is taken by its number alone: whoever took the highest one writes to the journal, everybody else fails.
 */
import type { Knex } from 'knex';
import { select, within, type Journal } from '../journal/journal.js';
import type { Brake } from '../journal/targets.js';
import { RolloverError } from '../model/errors.js';

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
