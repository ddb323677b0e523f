/** Uploaded workbooks, kept in chunks so that any worker can read them. Their password cells are empty already. */
import type { Reading } from '../model/snapshot.js';
import { RolloverError } from '../model/errors.js';
import { select, write, type Journal } from './journal.js';
import { insertSealedPasswords, type SealedPassword } from './passwords.js';
import { refusePurged } from './purged.js';

/** As hexadecimal digits in a statement twice that; servers may take no more than one megabyte. */
const CHUNK_BYTES = 256 * 1024;

export interface UploadFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface UploadInput {
  readonly files: readonly UploadFile[];
  /** SHA-256 of what is kept. */
  readonly sha256: string;
  /** SHA-256 of the file as the school gave it, before password cells were emptied. */
  readonly originalSha256: string;
  readonly reading: Reading;
  readonly passwordsFound: number;
  /** Sealed passwords, stored before the upload counts as complete. */
  readonly sealed: readonly SealedPassword[];
  /** Account id. */
  readonly uploadedBy: string;
}

export interface Upload extends Omit<UploadInput, 'files' | 'sealed'> {
  readonly id: number;
  readonly passwordsSealed: number;
  readonly uploadedAt: string;
  readonly files: readonly { readonly name: string; readonly size: number }[];
}

async function insertUpload(journal: Journal, input: UploadInput): Promise<number> {
  const statement = `INSERT INTO upload (target_id, sha256, original_sha256, reading, passwords_found, passwords_sealed, uploaded_by)
    VALUES (?, ?, ?, ?, ?, ?, ?)`;
  const values = [
    journal.targetId,
    input.sha256,
    input.originalSha256,
    input.reading,
    input.passwordsFound,
    input.sealed.length,
    input.uploadedBy,
  ];
  return (await write(journal.db, statement, values)).insertId;
}

async function insertFile(
  journal: Journal,
  uploadId: number,
  ordinal: number,
  file: UploadFile,
): Promise<void> {
  const statement = 'INSERT INTO upload_file (upload_id, ordinal, name, size) VALUES (?, ?, ?, ?)';
  await write(journal.db, statement, [uploadId, ordinal, file.name, file.bytes.length]);
}

async function insertChunk(
  journal: Journal,
  uploadId: number,
  ordinal: number,
  seq: number,
  bytes: Buffer,
): Promise<void> {
  const statement = 'INSERT INTO upload_chunk (upload_id, ordinal, seq, bytes) VALUES (?, ?, ?, ?)';
  await write(journal.db, statement, [uploadId, ordinal, seq, bytes]);
}

/** Stores a workbook; it counts only when its last statement has marked it complete. */
export async function storeUpload(journal: Journal, input: UploadInput): Promise<number> {
  const uploadId = await insertUpload(journal, input);
  for (const [ordinal, file] of input.files.entries()) {
    await insertFile(journal, uploadId, ordinal, file);
    const bytes = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength);
    for (let at = 0, seq = 0; at < bytes.length; at += CHUNK_BYTES, seq++)
      await insertChunk(journal, uploadId, ordinal, seq, bytes.subarray(at, at + CHUNK_BYTES));
  }
  await insertSealedPasswords(journal, uploadId, input.sealed);
  await write(journal.db, 'UPDATE upload SET complete = 1 WHERE id = ?', [uploadId]);
  return uploadId;
}

/** An upload's description. @throws RolloverError UploadNotFound when it is another school's or was never completed. */
export async function selectUpload(journal: Journal, uploadId: number): Promise<Upload> {
  const statement = `SELECT id, sha256, original_sha256 AS originalSha256, reading, passwords_found AS passwordsFound,
    passwords_sealed AS passwordsSealed, uploaded_by AS uploadedBy, uploaded_at AS uploadedAt
    FROM upload WHERE id = ? AND target_id = ? AND complete = 1`;
  const [row] = await select<Omit<Upload, 'files'>>(journal.db, statement, [uploadId, journal.targetId]);
  if (row === undefined)
    throw new RolloverError('UploadNotFound', `There is no upload ${uploadId} for this school.`);
  const files = await select<{ name: string; size: number }>(
    journal.db,
    'SELECT name, size FROM upload_file WHERE upload_id = ? ORDER BY ordinal',
    [uploadId],
  );
  return { ...row, files };
}

/** The newest complete upload of the school, or null. */
export async function selectLatestUploadId(journal: Journal): Promise<number | null> {
  const statement = 'SELECT MAX(id) AS id FROM upload WHERE target_id = ? AND complete = 1';
  const [row] = await select<{ id: number | null }>(journal.db, statement, [journal.targetId]);
  return row?.id ?? null;
}

/**
 * A complete upload of the same files that can be read again with everything that belonged to it, or null. Passwords in
 * it belong to it when they are `wanted`: they must be sealed beside it still.
 */
export async function selectReusableUploadId(
  journal: Journal,
  originalSha256: string,
  passwordsWanted: boolean,
): Promise<number | null> {
  const statement = `SELECT MAX(u.id) AS id FROM upload u WHERE u.target_id = ? AND u.complete = 1 AND u.original_sha256 = ?
    AND u.reading = 'complete'
    AND EXISTS (SELECT 1 FROM upload_chunk c WHERE c.upload_id = u.id)
    AND (? OR u.passwords_found = 0 OR EXISTS (SELECT 1 FROM sealed_password p WHERE p.upload_id = u.id))`;
  const [row] = await select<{ id: number | null }>(journal.db, statement, [
    journal.targetId,
    originalSha256,
    !passwordsWanted,
  ]);
  return row?.id ?? null;
}

/** The kept files, byte for byte. */
export async function readUpload(journal: Journal, uploadId: number): Promise<UploadFile[]> {
  const { files } = await selectUpload(journal, uploadId);
  await refusePurged(journal, 'upload', uploadId);
  const result: UploadFile[] = [];
  for (const [ordinal, file] of files.entries()) {
    const statement = 'SELECT bytes FROM upload_chunk WHERE upload_id = ? AND ordinal = ? ORDER BY seq';
    const chunks = await select<{ bytes: Buffer }>(journal.db, statement, [uploadId, ordinal]);
    const bytes = Buffer.concat(chunks.map((chunk) => chunk.bytes));
    if (bytes.length !== file.size)
      throw new RolloverError('UploadNotFound', `Upload ${uploadId} is not whole.`);
    result.push({ name: file.name, bytes });
  }
  return result;
}
