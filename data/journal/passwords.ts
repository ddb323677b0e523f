/** Sealed passwords of an upload and finished hashes of a plan; both are deleted as soon as they are not needed. */
import { bulkInsert } from '../database/bulk.js';
import { select, write, type Journal } from './journal.js';

/** Days after which sealed values are deleted even if their run never ends. */
export const SEALED_DAYS = 14;

export interface SealedPassword {
  readonly externalId: string;
  readonly sealed: Buffer;
}

/** Stores sealed passwords beside an upload. */
export async function insertSealedPasswords(
  journal: Journal,
  uploadId: number,
  sealed: readonly SealedPassword[],
): Promise<void> {
  const [row] = await select<{ expires: string }>(
    journal.db,
    `SELECT CAST(CURRENT_TIMESTAMP(3) + INTERVAL ${SEALED_DAYS} DAY AS CHAR) AS expires`,
  );
  const rows = sealed.map((one) => [uploadId, one.externalId, one.sealed, row?.expires ?? '']);
  await bulkInsert(journal.db, 'sealed_password', ['upload_id', 'external_id', 'sealed', 'expires_at'], rows);
}

/** Notes under which ids people are known after `New External Id` was followed. Reading the upload again replaces it. */
export async function putRenamedPasswords(
  journal: Journal,
  uploadId: number,
  renamed: ReadonlyMap<string, string>,
): Promise<void> {
  await write(journal.db, 'DELETE FROM renamed_password WHERE upload_id = ?', [uploadId]);
  const rows = [...renamed].map(([sealedAs, externalId]) => [uploadId, sealedAs, externalId]);
  await bulkInsert(journal.db, 'renamed_password', ['upload_id', 'sealed_as', 'external_id'], rows);
}

/** External IDs, as they are after changes of id, that have a sealed password. */
export async function selectSealedIds(journal: Journal, uploadId: number): Promise<Set<string>> {
  const statement = `SELECT COALESCE(r.external_id, s.external_id) AS externalId FROM sealed_password s
    LEFT JOIN renamed_password r ON r.upload_id = s.upload_id AND r.sealed_as = s.external_id
    WHERE s.upload_id = ? AND s.expires_at > CURRENT_TIMESTAMP(3)`;
  const rows = await select<{ externalId: string }>(journal.db, statement, [uploadId]);
  return new Set(rows.map((row) => row.externalId));
}

/** A sealed password and whose it is now. */
export interface OwnedPassword extends SealedPassword {
  /** External ID after changes of id; `externalId` is the one that it is sealed under. */
  readonly person: string;
}

/** A page of an upload's sealed passwords, those sealed under ids after `after`, in the order of these. */
export async function selectSealedPasswords(
  journal: Journal,
  uploadId: number,
  after: string,
  limit: number,
): Promise<OwnedPassword[]> {
  const statement = `SELECT s.external_id AS externalId, COALESCE(r.external_id, s.external_id) AS person, s.sealed
    FROM sealed_password s LEFT JOIN renamed_password r ON r.upload_id = s.upload_id AND r.sealed_as = s.external_id
    WHERE s.upload_id = ? AND s.external_id > ? AND s.expires_at > CURRENT_TIMESTAMP(3) ORDER BY s.external_id LIMIT ?`;
  return select<OwnedPassword>(journal.db, statement, [uploadId, after, limit]);
}

/** External IDs of the users that a plan has yet to create. */
export async function selectUsersToCreate(journal: Journal, planId: number): Promise<Set<string>> {
  const statement = `SELECT external_id AS externalId FROM plan_change
    WHERE plan_id = ? AND state = 'pending' AND kind = 'user' AND operation = 'create'`;
  const rows = await select<{ externalId: string }>(journal.db, statement, [planId]);
  return new Set(rows.map((row) => row.externalId));
}

/** External IDs of the persons whose password has been hashed for a plan. */
export async function selectHashedIds(journal: Journal, planId: number): Promise<Set<string>> {
  const statement = 'SELECT external_id AS externalId FROM password_hash WHERE plan_id = ?';
  const rows = await select<{ externalId: string }>(journal.db, statement, [planId]);
  return new Set(rows.map((row) => row.externalId));
}

/** Stores finished hashes; hashing the same person twice keeps the first. */
export async function insertPasswordHashes(
  journal: Journal,
  planId: number,
  hashes: readonly { readonly externalId: string; readonly hash: string }[],
): Promise<void> {
  if (hashes.length === 0) return;
  const rows = hashes.map((one) => [planId, one.externalId, one.hash]);
  await journal.db.raw('INSERT IGNORE INTO password_hash (plan_id, external_id, hash) VALUES ?', [
    rows,
  ] as never);
}

/** Finished hashes of the named persons. */
export async function selectPasswordHashes(
  journal: Journal,
  planId: number,
  externalIds: readonly string[],
): Promise<Map<string, string>> {
  if (externalIds.length === 0) return new Map();
  const statement =
    'SELECT external_id AS externalId, hash FROM password_hash WHERE plan_id = ? AND external_id IN (?)';
  const rows = await select<{ externalId: string; hash: string }>(journal.db, statement, [
    planId,
    externalIds,
  ]);
  return new Map(rows.map((row) => [row.externalId, row.hash]));
}

/** Deletes every sealed password of the school up to an upload: its own, and those of readings it replaced. */
export async function deletePasswords(journal: Journal, uploadId: number): Promise<void> {
  const statement = `DELETE s FROM sealed_password AS s JOIN upload AS u ON u.id = s.upload_id
    WHERE u.target_id = ? AND u.id <= ?`;
  await write(journal.db, statement, [journal.targetId, uploadId]);
}

/** Deletes the ids of an upload's passwords with them. */
export async function deleteRenamedPasswords(journal: Journal, uploadId: number): Promise<void> {
  const statement = `DELETE r FROM renamed_password AS r JOIN upload AS u ON u.id = r.upload_id
    WHERE u.target_id = ? AND u.id <= ?`;
  await write(journal.db, statement, [journal.targetId, uploadId]);
}

/** Deletes the finished hashes of a plan. */
export async function deletePasswordHashes(journal: Journal, planId: number): Promise<void> {
  await write(journal.db, 'DELETE FROM password_hash WHERE plan_id = ?', [planId]);
}

/** Deletes sealed passwords past their time, of every school in this journal. */
export async function deleteExpiredPasswords(journal: Journal): Promise<number> {
  return (await write(journal.db, 'DELETE FROM sealed_password WHERE expires_at <= CURRENT_TIMESTAMP(3)'))
    .affectedRows;
}
