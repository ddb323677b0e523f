/**
 * `tool_mergeusers`: what the widespread plugin of this name writes down of each merge of two accounts. These columns are
 * in its db/install.xml since 2013; what failed, or waits in the queue of newer versions, has success = 0.
 */
import type { Knex } from 'knex';
import { optionalTableName, selectRows, type TablePlace } from './statement.js';

export interface MergeRow {
  readonly fromUserId: number;
  readonly toUserId: number;
}

/** Merges that succeeded, oldest first. */
export async function selectMerges(db: Knex, place: TablePlace): Promise<MergeRow[]> {
  const statement = `SELECT fromuserid AS fromUserId, touserid AS toUserId
    FROM ${optionalTableName(place, 'tool_mergeusers')} WHERE success = 1 ORDER BY id`;
  return selectRows(db, statement);
}
