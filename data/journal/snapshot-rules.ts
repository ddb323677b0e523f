/** KnowledgeNET's own group provisioning rules, kept beside the reading that they came with. */
import { bulkInsert } from '../database/bulk.js';
import type { GroupProvisioningRule } from '../model/settings.js';
import { select, type Journal } from './journal.js';

/** Stores the rules of an unsealed snapshot in the order given. */
export async function insertSnapshotRules(
  journal: Journal,
  snapshotId: number,
  rules: readonly GroupProvisioningRule[],
): Promise<void> {
  const rows = rules.map((rule, index) => [snapshotId, index + 1, JSON.stringify(rule)]);
  await bulkInsert(journal.db, 'snapshot_rule', ['snapshot_id', 'ordinal', 'body'], rows);
}

/** KnowledgeNET's rules as they were read with a snapshot; none for a source that has none. */
export async function selectSnapshotRules(
  journal: Journal,
  snapshotId: number,
): Promise<GroupProvisioningRule[]> {
  const statement = 'SELECT body FROM snapshot_rule WHERE snapshot_id = ? ORDER BY ordinal';
  const rows = await select<{ body: string }>(journal.db, statement, [snapshotId]);
  return rows.map(({ body }) => JSON.parse(body) as GroupProvisioningRule);
}
