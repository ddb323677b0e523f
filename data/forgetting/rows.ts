/** A person's rows outside snapshots: where they are and how they go. One statement per function. */
import { select, write, type Journal } from '../journal/journal.js';
import type { Finding } from '../model/finding.js';

interface Id {
  readonly id: number;
}

/** Uploads that still have files, with the snapshots that were read from them. */
export async function selectKeptUploads(
  journal: Journal,
): Promise<{ uploadId: number; snapshotId: number | null }[]> {
  const statement = `SELECT u.id AS uploadId, s.id AS snapshotId FROM upload u
    LEFT JOIN snapshot s ON s.upload_id = u.id AND s.sealed_at IS NOT NULL
    WHERE u.target_id = ? AND EXISTS (SELECT 1 FROM upload_chunk c WHERE c.upload_id = u.id) ORDER BY u.id`;
  return select(journal.db, statement, [journal.targetId]);
}

/** Runs that are open and have a plan with this person. */
export async function selectOpenRuns(journal: Journal, externalId: string): Promise<number[]> {
  const statement = `SELECT DISTINCT r.id FROM run r JOIN plan p ON p.run_id = r.id JOIN plan_change c ON c.plan_id = p.id
    WHERE r.target_id = ? AND r.ended_at IS NULL
      AND ((c.kind = 'user' AND c.external_id = ?) OR (c.kind = 'enrolment' AND c.second_id = ?))`;
  const rows = await select<Id>(journal.db, statement, [journal.targetId, externalId, externalId]);
  return rows.map((row) => row.id);
}

/** Snapshots that open runs have shown at a gate or planned from. */
export async function selectOpenSnapshots(journal: Journal): Promise<number[]> {
  const statement = `SELECT o.subject_id AS id FROM gate_opening o JOIN run r ON r.id = o.run_id
    WHERE r.target_id = ? AND r.ended_at IS NULL AND o.subject_kind = 'snapshot'
    UNION SELECT p.snapshot_id FROM plan p JOIN run r ON r.id = p.run_id WHERE r.target_id = ? AND r.ended_at IS NULL`;
  const rows = await select<Id>(journal.db, statement, [journal.targetId, journal.targetId]);
  return rows.map((row) => row.id);
}

export interface StoredFinding {
  readonly snapshotId: number;
  readonly ordinal: number;
  readonly subject: Finding['subject'] | null;
  readonly value: string | null;
  readonly mend: string;
  readonly place: string;
}

/** Findings of a snapshot that say anything about values or subjects. */
export async function selectFindingsOf(journal: Journal, snapshotId: number): Promise<StoredFinding[]> {
  const statement = `SELECT snapshot_id AS snapshotId, ordinal, subject, value, mend,
    CONCAT(COALESCE(sheet, ''), '/', COALESCE(row_no, 0)) AS place FROM finding WHERE snapshot_id = ?`;
  return select(journal.db, statement, [snapshotId]);
}

export async function deleteFindingsAt(
  journal: Journal,
  snapshotId: number,
  ordinals: readonly number[],
): Promise<number> {
  if (ordinals.length === 0) return 0;
  const statement = 'DELETE FROM finding WHERE snapshot_id = ? AND ordinal IN (?)';
  return (await write(journal.db, statement, [snapshotId, ordinals])).affectedRows;
}

export async function countChangesOf(journal: Journal, externalId: string): Promise<number> {
  const statement = `SELECT COUNT(*) AS id FROM plan_change c JOIN plan p ON p.id = c.plan_id WHERE p.target_id = ?
    AND ((c.kind = 'user' AND c.external_id = ?) OR (c.kind = 'enrolment' AND c.second_id = ?))`;
  const [row] = await select<Id>(journal.db, statement, [journal.targetId, externalId, externalId]);
  return row?.id ?? 0;
}

export async function deleteChangesOf(journal: Journal, externalId: string): Promise<number> {
  const statement = `DELETE c FROM plan_change c JOIN plan p ON p.id = c.plan_id WHERE p.target_id = ?
    AND ((c.kind = 'user' AND c.external_id = ?) OR (c.kind = 'enrolment' AND c.second_id = ?))`;
  return (await write(journal.db, statement, [journal.targetId, externalId, externalId])).affectedRows;
}

/** A page of items beside a plan. */
export interface StoredItems {
  readonly planId: number;
  readonly kind: string;
  readonly ordinal: number;
  readonly body: string;
}

/** Pages of items beside plans in whose text the id stands; which of them are hers is judged by the caller. */
export async function selectItemsWith(journal: Journal, externalId: string): Promise<StoredItems[]> {
  const statement = `SELECT i.plan_id AS planId, i.kind, i.ordinal, i.body FROM plan_item i JOIN plan p ON p.id = i.plan_id
    WHERE p.target_id = ? AND LOCATE(?, i.body) > 0`;
  return select(journal.db, statement, [journal.targetId, JSON.stringify(externalId)]);
}

type ItemsPlace = Omit<StoredItems, 'body'>;

export async function deleteItems(journal: Journal, { planId, kind, ordinal }: ItemsPlace): Promise<void> {
  const statement = 'DELETE FROM plan_item WHERE plan_id = ? AND kind = ? AND ordinal = ?';
  await write(journal.db, statement, [planId, kind, ordinal]);
}

export async function updateItems(
  journal: Journal,
  { planId, kind, ordinal }: ItemsPlace,
  body: string,
): Promise<void> {
  const statement = 'UPDATE plan_item SET body = ? WHERE plan_id = ? AND kind = ? AND ordinal = ?';
  await write(journal.db, statement, [body, planId, kind, ordinal]);
}

export async function deleteLinkAnswers(journal: Journal, externalId: string): Promise<number> {
  const statement = `DELETE FROM link_answer WHERE target_id = ? AND kind = 'user' AND external_id = ?`;
  return (await write(journal.db, statement, [journal.targetId, externalId])).affectedRows;
}

export async function deleteSealedPassword(journal: Journal, externalId: string): Promise<number> {
  // an id that somebody else has given up for her may be sealed on a third person's password
  const statement = `DELETE s FROM sealed_password s JOIN upload u ON u.id = s.upload_id
    LEFT JOIN renamed_password r ON r.upload_id = s.upload_id AND r.sealed_as = s.external_id
    LEFT JOIN renamed_password hers ON hers.upload_id = s.upload_id AND hers.external_id = ?
    WHERE u.target_id = ? AND (COALESCE(r.external_id, s.external_id) = ? OR (s.external_id = ? AND hers.sealed_as IS NULL))`;
  const values = [externalId, journal.targetId, externalId, externalId];
  return (await write(journal.db, statement, values)).affectedRows;
}

export async function deleteRenamedPassword(journal: Journal, externalId: string): Promise<number> {
  const statement = `DELETE r FROM renamed_password r JOIN upload u ON u.id = r.upload_id
    LEFT JOIN renamed_password hers ON hers.upload_id = r.upload_id AND hers.external_id = ?
    WHERE u.target_id = ? AND (r.external_id = ? OR (r.sealed_as = ? AND hers.sealed_as IS NULL))`;
  const values = [externalId, journal.targetId, externalId, externalId];
  return (await write(journal.db, statement, values)).affectedRows;
}

export async function deletePasswordHash(journal: Journal, externalId: string): Promise<number> {
  const statement = `DELETE h FROM password_hash h JOIN plan p ON p.id = h.plan_id
    WHERE p.target_id = ? AND h.external_id = ?`;
  return (await write(journal.db, statement, [journal.targetId, externalId])).affectedRows;
}

/** Provenance loses KN's values: what is left says that this account is ours, by id and login. */
export async function blankProvenance(journal: Journal, externalId: string): Promise<number> {
  const statement = `UPDATE managed SET body = '{}' WHERE target_id = ? AND kind = 'user' AND external_id = ?`;
  return (await write(journal.db, statement, [journal.targetId, externalId])).affectedRows;
}

export async function deleteProvenance(journal: Journal, externalId: string): Promise<number> {
  const statement = `DELETE FROM managed WHERE target_id = ?
    AND ((kind = 'user' AND external_id = ?) OR (kind = 'enrolment' AND second_id = ?))`;
  return (await write(journal.db, statement, [journal.targetId, externalId, externalId])).affectedRows;
}

export async function selectWithheld(journal: Journal, snapshotId: number): Promise<string> {
  const statement = 'SELECT withheld FROM snapshot WHERE id = ?';
  const [row] = await select<{ withheld: string }>(journal.db, statement, [snapshotId]);
  return row?.withheld ?? '{"persons":[],"groups":[]}';
}

export async function updateWithheld(journal: Journal, snapshotId: number, withheld: string): Promise<void> {
  await write(journal.db, 'UPDATE snapshot SET withheld = ? WHERE id = ?', [withheld, snapshotId]);
}

/** Comments in which one of the texts stands: free text of people, which no machine rewrites. */
export async function selectCommentsWith(journal: Journal, texts: readonly string[]): Promise<number[]> {
  const places = texts.map(() => 'LOCATE(LOWER(?), LOWER(text)) > 0').join(' OR ');
  const statement = `SELECT id FROM comment WHERE target_id = ? AND (${places}) ORDER BY id`;
  const rows = await select<Id>(journal.db, statement, [journal.targetId, ...texts]);
  return rows.map((row) => row.id);
}

/** Writes down that somebody was forgotten. */
export async function insertForgotten(
  journal: Journal,
  row: {
    readonly salt: string;
    readonly personHash: string;
    readonly account: string;
    readonly counts: object;
  },
): Promise<number> {
  const statement =
    'INSERT INTO forgotten (target_id, salt, person_hash, account, counts) VALUES (?, ?, ?, ?, ?)';
  const values = [journal.targetId, row.salt, row.personHash, row.account, JSON.stringify(row.counts)];
  return (await write(journal.db, statement, values)).insertId;
}

/** All that was forgotten, for the question whether a certain person was. */
export async function selectForgotten(
  journal: Journal,
): Promise<{ salt: string; personHash: string; forgottenAt: string }[]> {
  const statement = `SELECT salt, person_hash AS personHash, DATE_FORMAT(forgotten_at, '%Y-%m-%dT%H:%i:%sZ') AS forgottenAt
    FROM forgotten WHERE target_id = ? ORDER BY id`;
  return select(journal.db, statement, [journal.targetId]);
}
