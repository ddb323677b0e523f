/** Provenance that is given up: moved out of `managed`, never just deleted. */
import type { ManagedEnrolment } from '../model/managed-enrolments.js';
import { select, write, type Journal } from './journal.js';

/**
 * relink: lost with a restored backup. forgotten: a person wants what was deleted by hand made anew. deleted: for good,
 * by us. undone: the run that made it so was taken back. merged: an enrolment that was made anew in the account which the
 * person's former one was merged into.
 */
export type GivenUpReason = 'relink' | 'forgotten' | 'deleted' | 'undone' | 'merged';

export interface ManagedKey {
  readonly kind: 'user' | 'course' | 'enrolment' | 'category';
  readonly externalId: string;
  readonly secondId: string;
}

const columns =
  'target_id, kind, external_id, second_id, moodle_id, origin, natural_key, natural_number, parent_id, plan_id, seq';
const PER_STATEMENT = 1_000;

function* batches(keys: readonly ManagedKey[]): Generator<readonly ManagedKey[]> {
  for (let from = 0; from < keys.length; from += PER_STATEMENT) yield keys.slice(from, from + PER_STATEMENT);
}

const inList = (keys: readonly ManagedKey[]): string[][] =>
  keys.map((key) => [key.kind, key.externalId, key.secondId]);

async function copyToHistory(
  journal: Journal,
  keys: readonly ManagedKey[],
  reason: GivenUpReason,
  account: string,
): Promise<void> {
  const statement = `INSERT INTO managed_history (${columns}, reason, account) SELECT ${columns}, ?, ? FROM managed
    WHERE target_id = ? AND (kind, external_id, second_id) IN (?)`;
  await write(journal.db, statement, [reason, account, journal.targetId, inList(keys)]);
}

async function deleteManaged(journal: Journal, keys: readonly ManagedKey[]): Promise<void> {
  const statement = 'DELETE FROM managed WHERE target_id = ? AND (kind, external_id, second_id) IN (?)';
  await write(journal.db, statement, [journal.targetId, inList(keys)]);
}

/** Moves provenance into the history. Call inside a transaction. */
export async function giveUp(
  journal: Journal,
  keys: readonly ManagedKey[],
  reason: GivenUpReason,
  account: string,
): Promise<void> {
  for (const batch of batches(keys)) {
    await copyToHistory(journal, batch, reason, account);
    await deleteManaged(journal, batch);
  }
}

export interface GivenUp extends ManagedKey {
  readonly moodleId: number;
  readonly reason: GivenUpReason;
  readonly account: string;
}

/** What was given up, oldest first. */
export async function selectGivenUp(journal: Journal): Promise<GivenUp[]> {
  const statement = `SELECT kind, external_id AS externalId, second_id AS secondId, moodle_id AS moodleId, reason, account
    FROM managed_history WHERE target_id = ? ORDER BY id`;
  return select(journal.db, statement, [journal.targetId]);
}

/** Enrolments of ours whose account was merged into another one, and which were made anew there. */
export async function selectMergedEnrolments(journal: Journal): Promise<ManagedEnrolment[]> {
  const statement = `SELECT external_id AS \`group\`, second_id AS person, moodle_id AS moodleId, parent_id AS enrolid,
      natural_number AS userid, natural_key AS role
    FROM managed_history WHERE target_id = ? AND kind = 'enrolment' AND reason = 'merged' ORDER BY id`;
  return select(journal.db, statement, [journal.targetId]);
}

/** What stands in for merged enrolments is taken back: these are ours again, where nothing else has their place. */
export async function restoreMerged(journal: Journal, keys: readonly ManagedKey[]): Promise<void> {
  for (const batch of batches(keys)) {
    const bindings = [journal.targetId, inList(batch)];
    const where = `target_id = ? AND reason = 'merged' AND (kind, external_id, second_id) IN (?)`;
    const insert = `INSERT IGNORE INTO managed (${columns}) SELECT ${columns} FROM managed_history WHERE ${where} ORDER BY id DESC`;
    await write(journal.db, insert, bindings);
    await write(journal.db, `DELETE FROM managed_history WHERE ${where}`, bindings);
  }
}

/** A person is forgotten: what was hers once goes too. Returns how many rows. */
export async function deleteGivenUpOf(journal: Journal, externalId: string): Promise<number> {
  const statement = `DELETE FROM managed_history WHERE target_id = ?
    AND ((kind = 'user' AND external_id = ?) OR (kind = 'enrolment' AND second_id = ?))`;
  return (await write(journal.db, statement, [journal.targetId, externalId, externalId])).affectedRows;
}
