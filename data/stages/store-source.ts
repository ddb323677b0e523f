/** Files of a school → an upload in the journal: their passwords are taken out before anything is kept. */
import type { Journal } from '../journal/journal.js';
import type { SealedPassword } from '../journal/passwords.js';
import { storeUpload, type UploadFile } from '../journal/uploads.js';
import { defaultLimits, type SourceLimits } from '../knowledgenet/limits.js';
import { emptyPasswords, type FoundPassword } from '../knowledgenet/passwords.js';
import type { Reading } from '../model/snapshot.js';
import type { PasswordKey } from '../passwords/key.js';
import { sealPassword } from '../passwords/seal.js';

export interface Uploaded {
  readonly uploadId: number;
  /** SHA-256 of the files as they were given. */
  readonly originalSha256: string;
  readonly files: readonly { readonly name: string; readonly size: number }[];
  readonly reading: Reading;
  readonly passwordsFound: number;
  readonly passwordsSealed: number;
}

export interface StoreOptions {
  readonly reading: Reading;
  /** Account id. */
  readonly by: string;
  readonly limits: Partial<SourceLimits>;
  /** Null: nothing of a password is kept. */
  readonly passwordKey: PasswordKey | null;
  readonly signal?: AbortSignal;
}

function seal(
  school: string,
  key: PasswordKey | null,
  passwords: readonly FoundPassword[],
): SealedPassword[] {
  if (key === null) return [];
  return passwords.flatMap(({ externalId, password }) => {
    const sealed = sealPassword(key, school, externalId, password);
    return sealed === null ? [] : [{ externalId, sealed }];
  });
}

/**
 * Empties the files' passwords and stores the rest in the journal.
 *
 * @throws RolloverError Source…, DatabaseUnavailable
 */
export async function storeSource(
  journal: Journal,
  given: readonly UploadFile[],
  { reading, by, passwordKey, signal, limits }: StoreOptions,
): Promise<Uploaded> {
  const emptied = await emptyPasswords(given, {
    limits: { ...defaultLimits, ...limits },
    ...(signal === undefined ? {} : { signal }),
  });
  const sealed = seal(journal.school, passwordKey, emptied.passwords);
  const uploadId = await storeUpload(journal, {
    files: emptied.files,
    sha256: emptied.sha256,
    originalSha256: emptied.originalSha256,
    reading,
    passwordsFound: emptied.found,
    sealed,
    uploadedBy: by,
  });
  return {
    uploadId,
    originalSha256: emptied.originalSha256,
    files: emptied.files.map((file) => ({ name: file.name, size: file.bytes.length })),
    reading,
    passwordsFound: emptied.found,
    passwordsSealed: sealed.length,
  };
}
