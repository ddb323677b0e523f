/** What the journal says was deleted for good, with the dump that has it. */
import { select, type Journal } from '../../data/journal/journal.js';
import type { DeletionResult } from '../../data/model/deletion.js';

/** Something of ours that was deleted for good. */
export interface DeletedRow {
  readonly deletionId: number;
  readonly kind: DeletionResult['kind'];
  readonly externalId: string;
  readonly secondId: string;
  readonly moodleId: number;
  /** UTC. */
  readonly at: string;
  /** The dump that was fresh when it was approved; it may have been deleted since. */
  readonly dumpId: number | null;
  readonly dumpTakenAt: string | null;
}

/** Oldest first. */
export async function selectDeletedRows(journal: Journal): Promise<DeletedRow[]> {
  const statement = `SELECT d.id AS deletionId, i.kind, i.external_id AS externalId, i.second_id AS secondId,
    i.moodle_id AS moodleId, i.settled_at AS at, d.dump_id AS dumpId, m.taken_at AS dumpTakenAt
    FROM deletion d JOIN deletion_item i ON i.deletion_id = d.id LEFT JOIN moodle_dump m ON m.id = d.dump_id
    WHERE d.target_id = ? AND i.state = 'deleted' ORDER BY i.settled_at, d.id, i.seq`;
  return select(journal.db, statement, [journal.targetId]);
}
