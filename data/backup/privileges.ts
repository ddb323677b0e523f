/** Whether the account may read all of Moodle: a dump program leaves out what it cannot see, and says nothing. */
import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { select } from '../journal/journal.js';
import { RolloverError } from '../model/errors.js';

const NO_SUCH_TABLE = 1146;
/** Of a table, of a column, of a schema. */
const denied = new Set([1142, 1143, 1044]);

/**
 * Reading a table that does not exist answers "no such table" only to who may read the whole schema; a right per
 * table, or through a column, answers "denied".
 *
 * @throws RolloverError MoodlePrivileges
 */
export async function requireWholeSchema(db: Knex, schema: string): Promise<void> {
  try {
    await select(db, 'SELECT 1 FROM ??.??', [schema, `rollover_${randomBytes(8).toString('hex')}`]);
  } catch (error) {
    const { errno = 0 } = error as { errno?: number };
    if (errno === NO_SUCH_TABLE) return;
    if (!denied.has(errno)) throw error;
    throw new RolloverError(
      'MoodlePrivileges',
      "A dump needs SELECT on the whole of Moodle's schema: docs/backups.md has the statement.",
      {},
      { cause: error },
    );
  }
}
