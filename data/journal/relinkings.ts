/** Relinkings that a person confirmed, and the rows of the journal that one looks at. */
import type { AppliedChange, Provenance } from '../model/relink.js';
import { select, write, type Journal } from './journal.js';

/** Everything that is ours. */
export async function selectProvenance(journal: Journal): Promise<Provenance[]> {
  const statement = `SELECT kind, external_id AS externalId, second_id AS secondId, moodle_id AS moodleId, natural_key AS naturalKey,
    natural_number AS naturalNumber, parent_id AS parentId, body, plan_id AS planId
    FROM managed WHERE target_id = ? ORDER BY kind, external_id, second_id`;
  return select(journal.db, statement, [journal.targetId]);
}

/** Updates and archives that were applied, oldest first. */
export async function selectAppliedUpdates(journal: Journal): Promise<AppliedChange[]> {
  const statement = `SELECT c.plan_id AS planId, c.kind, c.operation, c.external_id AS externalId, c.body FROM plan_change c
    JOIN plan p ON p.id = c.plan_id WHERE p.target_id = ? AND c.state = 'applied'
    AND c.kind IN ('user', 'course') AND c.operation IN ('update', 'archive') ORDER BY c.plan_id, c.seq`;
  return select(journal.db, statement, [journal.targetId]);
}

/** The snapshot of the newest plan before this one that changed Moodle; null: there is none. */
export async function selectSnapshotBefore(journal: Journal, planId: number): Promise<number | null> {
  const statement = `SELECT p.snapshot_id AS snapshotId FROM plan p WHERE p.target_id = ? AND p.id < ?
    AND EXISTS (SELECT 1 FROM plan_change c WHERE c.plan_id = p.id AND c.state IN ('applied', 'satisfied')) ORDER BY p.id DESC LIMIT 1`;
  const [row] = await select<{ snapshotId: number }>(journal.db, statement, [journal.targetId, planId]);
  return row?.snapshotId ?? null;
}

/** A row that is ours was found again under another id. */
export async function moveManagedUser(journal: Journal, externalId: string, to: number): Promise<void> {
  const statement =
    "UPDATE managed SET moodle_id = ? WHERE target_id = ? AND kind = 'user' AND external_id = ?";
  await write(journal.db, statement, [to, journal.targetId, externalId]);
}

/** The journal belongs to another site from now on, because a person said so. */
export async function pinSiteAnew(journal: Journal, siteIdentifier: string): Promise<void> {
  await write(journal.db, 'UPDATE target SET site_identifier = ? WHERE id = ?', [
    siteIdentifier,
    journal.targetId,
  ]);
}

/** What the next comparison starts from; null: everything is compared as if for the first time. */
export async function resetAppliedSnapshot(journal: Journal, snapshotId: number | null): Promise<void> {
  await write(journal.db, 'UPDATE target SET applied_snapshot_id = ? WHERE id = ?', [
    snapshotId,
    journal.targetId,
  ]);
}

/** External IDs of rows of a kind that are ours, for a person who reads them. */
export async function selectNames(
  journal: Journal,
  kind: Provenance['kind'],
  moodleIds: readonly number[],
): Promise<{ readonly externalId: string; readonly secondId: string; readonly naturalKey: string }[]> {
  if (moodleIds.length === 0) return [];
  const statement = `SELECT external_id AS externalId, second_id AS secondId, natural_key AS naturalKey FROM managed
    WHERE target_id = ? AND kind = ? AND moodle_id IN (?) ORDER BY external_id, second_id`;
  return select(journal.db, statement, [journal.targetId, kind, moodleIds]);
}

export interface Relinking {
  readonly workflowId: string;
  readonly hash: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly siteBefore: string | null;
  readonly siteAfter: string;
  readonly account: string;
}

export async function insertRelinking(journal: Journal, one: Relinking): Promise<void> {
  const statement = `INSERT INTO relinking (target_id, workflow_id, hash, counts, site_before, site_after, account)
    VALUES (?, ?, ?, ?, ?, ?, ?)`;
  const counts = JSON.stringify(one.counts);
  const values = [
    journal.targetId,
    one.workflowId,
    one.hash,
    counts,
    one.siteBefore,
    one.siteAfter,
    one.account,
  ];
  await write(journal.db, statement, values);
}

/** What this workflow has relinked already, if it was interrupted after committing. */
export async function selectRelinked(
  journal: Journal,
  workflowId: string,
): Promise<Readonly<Record<string, number>> | null> {
  const statement = 'SELECT counts FROM relinking WHERE target_id = ? AND workflow_id = ?';
  const [row] = await select<{ counts: string }>(journal.db, statement, [journal.targetId, workflowId]);
  return row === undefined ? null : (JSON.parse(row.counts) as Record<string, number>);
}
