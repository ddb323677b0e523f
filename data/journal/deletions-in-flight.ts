/** Lists whose run has ended while Moodle was being asked. */
import { select, type Journal } from './journal.js';

export interface ListInFlight {
  readonly deletionId: number;
  /** Who approved it. */
  readonly account: string;
}

/** Lists with items of which it is not known what Moodle did. */
export async function selectListsInFlight(journal: Journal): Promise<ListInFlight[]> {
  const statement = `SELECT DISTINCT d.id AS deletionId, COALESCE(d.account, '') AS account FROM deletion d
    JOIN deletion_item i ON i.deletion_id = d.id WHERE d.target_id = ? AND i.state = 'in-flight' ORDER BY d.id`;
  return select(journal.db, statement, [journal.targetId]);
}
