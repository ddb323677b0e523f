/** A school's settings with their history: every change is a new version, none is overwritten. */
import type { SchoolSettings } from '../model/settings.js';
import { select, within, write, type Journal } from './journal.js';

export interface StoredSettings {
  readonly version: number;
  readonly settings: SchoolSettings;
  readonly hash: string;
  readonly changedBy: string;
  readonly changedAt: string;
}

interface Row {
  readonly version: number;
  readonly body: string;
  readonly hash: string;
  readonly changedBy: string;
  readonly changedAt: string;
}

const columns = 'version, body, hash, changed_by AS changedBy, changed_at AS changedAt';

function toStored({ body, ...row }: Row): StoredSettings {
  return { ...row, settings: JSON.parse(body) as SchoolSettings };
}

/** The version in force, or null before the first. */
export async function selectSettings(journal: Journal): Promise<StoredSettings | null> {
  const statement = `SELECT ${columns} FROM setting WHERE target_id = ? ORDER BY version DESC LIMIT 1`;
  const [row] = await select<Row>(journal.db, statement, [journal.targetId]);
  return row === undefined ? null : toStored(row);
}

/** All versions, newest first. */
export async function selectSettingsHistory(journal: Journal): Promise<StoredSettings[]> {
  const statement = `SELECT ${columns} FROM setting WHERE target_id = ? ORDER BY version DESC`;
  return (await select<Row>(journal.db, statement, [journal.targetId])).map(toStored);
}

async function insertSettings(
  journal: Journal,
  version: number,
  settings: SchoolSettings,
  hash: string,
  changedBy: string,
): Promise<void> {
  const statement = 'INSERT INTO setting (target_id, version, body, hash, changed_by) VALUES (?, ?, ?, ?, ?)';
  await write(journal.db, statement, [journal.targetId, version, JSON.stringify(settings), hash, changedBy]);
}

/**
 * Stores a new version unless it equals the one in force. Two people at once are two versions, one after the other: the
 * target row is locked meanwhile. Returns the version in force afterwards.
 */
export async function storeSettings(
  journal: Journal,
  settings: SchoolSettings,
  hash: string,
  changedBy: string,
): Promise<number> {
  return journal.db.transaction(async (tx) => {
    const own = within(journal, tx);
    await select(tx, 'SELECT id FROM target WHERE id = ? FOR UPDATE', [journal.targetId]);
    const current = await selectSettings(own);
    if (current?.hash === hash) return current.version;
    const version = (current?.version ?? 0) + 1;
    await insertSettings(own, version, settings, hash, changedBy);
    return version;
  });
}
