/** The target row: one Moodle, who holds it, its fence and its brake. */
import type { Knex } from 'knex';
import { RolloverError } from '../model/errors.js';
import { select, write, type Journal } from './journal.js';

export type Brake = 'go' | 'pause';

export interface Target {
  readonly id: number;
  readonly school: string;
  readonly siteIdentifier: string | null;
  readonly fence: number;
  readonly holder: string | null;
  readonly heldSince: string | null;
  readonly brake: Brake;
  readonly acceptedVersion: string | null;
  readonly appliedSnapshotId: number | null;
}

const columns = `id, school, site_identifier AS siteIdentifier, fence, holder, held_since AS heldSince, brake,
  accepted_version AS acceptedVersion, applied_snapshot_id AS appliedSnapshotId`;

/** Finds or makes the school's row and returns its handle. */
export async function openJournal(db: Knex, school: string): Promise<Journal> {
  const [row] = await select<{ id: number }>(db, 'SELECT id FROM target WHERE school = ?', [school]);
  if (row !== undefined) return { db, school, targetId: row.id };
  await write(db, 'INSERT IGNORE INTO target (school) VALUES (?)', [school]);
  return openJournal(db, school);
}

/** The row as it is now. */
export async function selectTarget(journal: Journal): Promise<Target> {
  const [row] = await select<Target>(journal.db, `SELECT ${columns} FROM target WHERE id = ?`, [
    journal.targetId,
  ]);
  if (row === undefined) throw new RolloverError('SchoolUnknown', 'The journal has no row for this school.');
  return row;
}

/**
 * Takes the target for a workflow (rule 1 of the protocol). Taking it again by the same holder changes nothing.
 *
 * @returns null when taken, else the holder that has it.
 */
export async function holdTarget(journal: Journal, holder: string): Promise<string | null> {
  const statement = `UPDATE target SET held_since = IF(holder IS NULL, CURRENT_TIMESTAMP(3), held_since), holder = ?
    WHERE id = ? AND (holder IS NULL OR holder = ?)`;
  await write(journal.db, statement, [holder, journal.targetId, holder]);
  const target = await selectTarget(journal);
  return target.holder === holder ? null : target.holder;
}

/** Lets go of the target, if this holder has it; also releases the brake. */
export async function releaseTarget(journal: Journal, holder: string): Promise<void> {
  const statement = `UPDATE target SET holder = NULL, held_since = NULL, brake = 'go' WHERE id = ? AND holder = ?`;
  await write(journal.db, statement, [journal.targetId, holder]);
}

/** Sets the brake that every batch reads. */
export async function setBrake(journal: Journal, brake: Brake, by: string): Promise<void> {
  const statement = 'UPDATE target SET brake = ?, brake_by = ?, brake_at = CURRENT_TIMESTAMP(3) WHERE id = ?';
  await write(journal.db, statement, [brake, by, journal.targetId]);
}

/** Pins the Moodle site that this journal belongs to, the first time it is seen. */
export async function pinSite(journal: Journal, siteIdentifier: string): Promise<void> {
  const statement = 'UPDATE target SET site_identifier = ? WHERE id = ? AND site_identifier IS NULL';
  await write(journal.db, statement, [siteIdentifier, journal.targetId]);
}

/** Records that a person accepts writing to a Moodle version that is not proven. */
export async function acceptVersion(journal: Journal, version: string, by: string): Promise<void> {
  const statement =
    'UPDATE target SET accepted_version = ?, accepted_by = ?, accepted_at = CURRENT_TIMESTAMP(3) WHERE id = ?';
  await write(journal.db, statement, [version, by, journal.targetId]);
}

/** Remembers which snapshot Moodle was last brought to; the base of the next comparison. */
export async function setAppliedSnapshot(journal: Journal, snapshotId: number | null): Promise<void> {
  await write(journal.db, 'UPDATE target SET applied_snapshot_id = ? WHERE id = ?', [
    snapshotId,
    journal.targetId,
  ]);
}
