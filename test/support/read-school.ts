/** Uploads files and reads them, as `rollover snapshot` and its workflow do together. */
import { createHash } from 'node:crypto';
import { storeUpload } from '../../data/journal/uploads.js';
import type { SourceFile } from '../../data/knowledgenet/source.js';
import type { Reading } from '../../data/model/snapshot.js';
import type { School } from '../../data/schools.js';
import { takeSnapshot, type TakenSnapshot } from '../../data/stages/take-snapshot.js';

export async function uploadFiles(
  school: School,
  files: readonly SourceFile[],
  reading: Reading = 'complete',
): Promise<number> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file.bytes);
  const sha256 = hash.digest('hex');
  return storeUpload(school.journal, {
    files,
    sha256,
    originalSha256: sha256,
    reading,
    passwordsFound: 0,
    sealed: [],
    uploadedBy: 'test',
  });
}

export async function readSchool(
  school: School,
  files: readonly SourceFile[],
  reading: Reading = 'complete',
): Promise<TakenSnapshot> {
  return takeSnapshot(school, await uploadFiles(school, files, reading), {
    limits: {},
    passwordKeyConfigured: false,
  });
}
