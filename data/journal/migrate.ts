/** Brings a journal forward, one migration after the other; never backward. */
import type { Knex } from 'knex';
import { RolloverError } from '../model/errors.js';
import { begin } from './migrations/0001-begin.js';
import { sources } from './migrations/0002-sources.js';
import { backups } from './migrations/0003-backups.js';
import { notifications } from './migrations/0004-notifications.js';
import { identity } from './migrations/0005-identity.js';
import { privacy } from './migrations/0006-privacy.js';
import { comments } from './migrations/0007-comments.js';
import { removals } from './migrations/0008-removals.js';
import { deletions } from './migrations/0009-deletions.js';
import { undo } from './migrations/0010-undo.js';
import { gradeSafety } from './migrations/0011-grade-safety.js';
import { guards } from './migrations/0012-guards.js';
import { readingHashes } from './migrations/0013-reading-hashes.js';

/** In order; an entry never changes once released, new shapes are new entries. */
const migrations: readonly (readonly string[])[] = [
  begin,
  sources,
  backups,
  notifications,
  identity,
  privacy,
  comments,
  removals,
  deletions,
  undo,
  gradeSafety,
  guards,
  readingHashes,
];

const VERSION_TABLE = `CREATE TABLE IF NOT EXISTS journal_version (
  version INT UNSIGNED NOT NULL PRIMARY KEY,
  applied_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)) ENGINE=InnoDB`;

/** The version this build needs. */
export const JOURNAL_VERSION = migrations.length;

async function selectVersion(db: Knex): Promise<number> {
  const [rows] = (await db.raw(
    'SELECT COALESCE(MAX(version), 0) AS version FROM journal_version',
  )) as unknown as [{ version: number }[]];
  return rows[0]?.version ?? 0;
}

/**
 * Creates or upgrades the journal's tables in the connection's default schema. Safe to run from several workers at
 * once: every statement is idempotent and the version row is inserted last.
 *
 * @throws RolloverError ConfigInvalid when the journal was made by a newer build.
 */
export async function migrateJournal(db: Knex): Promise<void> {
  await db.raw(VERSION_TABLE);
  const version = await selectVersion(db);
  if (version > JOURNAL_VERSION)
    throw new RolloverError(
      'ConfigInvalid',
      `The journal has version ${version}; this build knows ${JOURNAL_VERSION}.`,
    );
  for (let next = version + 1; next <= JOURNAL_VERSION; next++) {
    for (const statement of migrations[next - 1] ?? []) await db.raw(statement);
    await db.raw('INSERT IGNORE INTO journal_version (version) VALUES (?)', [next]);
  }
}

/** Makes the journal's schema where the account may; otherwise it must exist already. */
export async function createJournalSchema(db: Knex, schema: string): Promise<void> {
  await db.raw('CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', [schema]);
}
