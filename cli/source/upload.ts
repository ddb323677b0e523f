/** A local workbook becomes an upload: its passwords are taken out before anything is kept. */
import type { SealedPassword } from '../../data/journal/passwords.js';
import { storeUpload } from '../../data/journal/uploads.js';
import { defaultLimits } from '../../data/knowledgenet/limits.js';
import { emptyPasswords, type FoundPassword } from '../../data/knowledgenet/passwords.js';
import type { Reading } from '../../data/model/snapshot.js';
import { sealPassword } from '../../data/passwords/seal.js';
import type { Session } from '../session.js';
import { readFiles } from './read-files.js';

export interface Uploaded {
  readonly uploadId: number;
  /** SHA-256 of the files as they were given. */
  readonly originalSha256: string;
  readonly files: readonly { readonly name: string; readonly size: number }[];
  readonly reading: Reading;
  readonly passwordsFound: number;
  readonly passwordsSealed: number;
}

/** Seals what a key allows to; without a key nothing of a password is kept. */
function seal(session: Session, passwords: readonly FoundPassword[]): SealedPassword[] {
  const key = session.configuration.passwordKey;
  if (key === undefined) return [];
  const sealed: SealedPassword[] = [];
  for (const { externalId, password } of passwords) {
    const value = sealPassword(key, session.school.code, externalId, password);
    if (value !== null) sealed.push({ externalId, sealed: value });
  }
  return sealed;
}

/**
 * Reads a file or folder, empties its passwords and stores the rest in the journal. The files themselves stay as they
 * are.
 *
 * @throws RolloverError Source…, DatabaseUnavailable
 */
export async function uploadSource(session: Session, path: string, reading: Reading): Promise<Uploaded> {
  const { output, io, configuration, account } = session;
  const limits = { ...defaultLimits, ...configuration.limits };
  output.live('Reading the files …');
  const given = await readFiles(path, io.cwd, limits.fileBytes);
  const emptied = await emptyPasswords(given, { limits });
  const sealed = seal(session, emptied.passwords);
  output.live('Storing the upload …');
  const journal = await session.journal();
  const uploadId = await storeUpload(journal, {
    files: emptied.files,
    sha256: emptied.sha256,
    originalSha256: emptied.originalSha256,
    reading,
    passwordsFound: emptied.found,
    sealed,
    uploadedBy: account,
  });
  output.clear();
  return {
    uploadId,
    originalSha256: emptied.originalSha256,
    files: emptied.files.map((file) => ({ name: file.name, size: file.bytes.length })),
    reading,
    passwordsFound: emptied.found,
    passwordsSealed: sealed.length,
  };
}

/** The upload in a sentence or two. */
export function describeUpload(uploaded: Uploaded, hasKey: boolean): string {
  const names = uploaded.files.map((file) => file.name).join(', ');
  const kind = uploaded.reading === 'changes' ? ' (changes only)' : '';
  const found = uploaded.passwordsFound;
  const passwords =
    found === 0
      ? ''
      : hasKey
        ? ` Its ${found} passwords were taken out of it; ${uploaded.passwordsSealed} are kept sealed until the run has ended, at most 14 days.`
        : ` Its ${found} passwords were taken out of it and not kept, because no password key is configured.`;
  return `Upload ${uploaded.uploadId}: ${names}${kind}, SHA-256 ${uploaded.originalSha256.slice(0, 12)}….${passwords}`;
}
