/** Where a reading comes from: an upload of the school's, or KnowledgeNET's database. */
import type { Journal } from '../journal/journal.js';
import { readSnapshot, selectLatestSnapshotId } from '../journal/snapshots.js';
import { readUpload, selectUpload, type Upload } from '../journal/uploads.js';
import { readDatabase } from '../knowledgenet/database/read.js';
import type { SourceLimits } from '../knowledgenet/files/limits.js';
import { readSource, type ReadSource } from '../knowledgenet/source.js';
import { RolloverError } from '../model/errors.js';
import type { GroupProvisioningRule } from '../model/settings.js';
import type { Snapshot } from '../model/snapshot.js';
import type { School } from '../schools.js';

export interface ReadingOptions {
  readonly limits: Partial<SourceLimits>;
  readonly passwordKeyConfigured: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (rows: number) => void;
}

export interface SchoolReading {
  readonly read: ReadSource;
  /** KnowledgeNET's own provisioning rules; a workbook has none. */
  readonly rules: readonly GroupProvisioningRule[];
  /** What a changes-only reading was built on. */
  readonly baseSnapshotId: number | null;
}

interface Base {
  readonly id: number;
  readonly snapshot: Snapshot;
}

/** What a changes-only reading builds on: the newest reading before it. */
async function readBase(journal: Journal, upload: Upload): Promise<Base | null> {
  if (upload.reading === 'complete') return null;
  const id = await selectLatestSnapshotId(journal);
  return id === null ? null : { id, snapshot: await readSnapshot(journal, id) };
}

async function readUploaded(
  { journal }: School,
  uploadId: number,
  options: ReadingOptions,
): Promise<SchoolReading> {
  const upload = await selectUpload(journal, uploadId);
  const base = await readBase(journal, upload);
  const read = await readSource(await readUpload(journal, uploadId), {
    ...options,
    reading: upload.reading,
    passwordsFound: upload.passwordsFound,
    ...(base === null ? {} : { base: base.snapshot }),
  });
  return { read, rules: [], baseSnapshotId: base?.id ?? null };
}

async function readViews(school: School, options: ReadingOptions): Promise<SchoolReading> {
  const { database } = school.knowledgenet;
  if (database === undefined)
    throw new RolloverError(
      'SourceNotConfigured',
      "KnowledgeNET's database is not configured for this school.",
    );
  return { ...(await readDatabase(database, options)), baseSnapshotId: null };
}

/**
 * Reads an upload, or the database (null).
 *
 * @throws RolloverError of the reader, UploadNotFound, SourceNotConfigured, SourceUnavailable, SourceViews
 */
export function readSchool(
  school: School,
  uploadId: number | null,
  options: ReadingOptions,
): Promise<SchoolReading> {
  return uploadId === null ? readViews(school, options) : readUploaded(school, uploadId, options);
}
