/** What a person wants back, kept here so that only its number travels. */
import { RolloverError } from '../model/errors.js';
import type { UndoScope } from '../model/undo.js';
import { select, write, type Journal } from './journal.js';

export interface UndoWish {
  readonly undoneRunId: number;
  readonly scope: UndoScope;
}

/** Keeps a wish and returns its number. */
export async function insertUndoWish(journal: Journal, wish: UndoWish, by: string): Promise<number> {
  const { undoneRunId, scope } = wish;
  const statement =
    'INSERT INTO undo_wish (target_id, undone_run_id, kind, subject, wished_by) VALUES (?, ?, ?, ?, ?)';
  const subject = scope.kind === 'type' ? scope.type : 'externalId' in scope ? scope.externalId : '';
  const values = [journal.targetId, undoneRunId, scope.kind, subject, by];
  return (await write(journal.db, statement, values)).insertId;
}

interface Row {
  readonly undoneRunId: number;
  readonly kind: UndoScope['kind'];
  readonly subject: string;
}

function toScope({ kind, subject }: Row): UndoScope {
  switch (kind) {
    case 'whole':
      return { kind };
    case 'type':
      return { kind, type: subject as Extract<UndoScope, { kind: 'type' }>['type'] };
    default:
      return { kind, externalId: subject };
  }
}

/** @throws RolloverError RunNotFound */
export async function selectUndoWish(journal: Journal, wishId: number): Promise<UndoWish> {
  const statement =
    'SELECT undone_run_id AS undoneRunId, kind, subject FROM undo_wish WHERE id = ? AND target_id = ?';
  const [row] = await select<Row>(journal.db, statement, [wishId, journal.targetId]);
  if (row === undefined)
    throw new RolloverError('RunNotFound', `What is to be taken back (${wishId}) is not known.`);
  return { undoneRunId: row.undoneRunId, scope: toScope(row) };
}

/** A person is forgotten: an undo of this person alone is no longer known to have been. */
export async function deleteUndoWishesOf(journal: Journal, externalId: string): Promise<void> {
  const statement = `DELETE FROM undo_wish WHERE target_id = ? AND kind = 'person' AND subject = ?`;
  await write(journal.db, statement, [journal.targetId, externalId]);
}

/** Wishes of long ago, in a small batch; an undo that still waits plans by its wish again. @returns how many rows went */
export async function deleteOldUndoWishes(journal: Journal, days: number): Promise<number> {
  const statement = `DELETE FROM undo_wish WHERE target_id = ?
    AND wished_at < CURRENT_TIMESTAMP(3) - INTERVAL ? DAY
    AND NOT EXISTS (SELECT 1 FROM run r WHERE r.target_id = undo_wish.target_id AND r.kind = 'undo' AND r.ended_at IS NULL
      AND SUBSTRING_INDEX(r.workflow_id, '/', -1) = undo_wish.undone_run_id) LIMIT 2000`;
  return (await write(journal.db, statement, [journal.targetId, days])).affectedRows;
}
