/** Files of a school → an upload in the journal: their passwords are taken out before anything is kept. */
import type { Journal } from '../journal/journal.js';
import type { SealedPassword } from '../journal/passwords.js';
import {
  selectReusableUploadId,
  selectUpload,
  storeUpload,
  type Upload,
  type UploadFile,
} from '../journal/uploads.js';
import { defaultLimits, type SourceLimits } from '../knowledgenet/files/limits.js';
import { emptyPasswords, hashFiles, type FoundPassword } from '../knowledgenet/files/passwords.js';
import type { Reading } from '../model/snapshot.js';
import type { PasswordKey } from '../passwords/key.js';
import { sealPassword } from '../passwords/seal.js';

export interface Uploaded extends Pick<
  Upload,
  'originalSha256' | 'files' | 'reading' | 'passwordsFound' | 'passwordsSealed'
> {
  readonly uploadId: number;
  /** UTC time at which these very files were stored before; null: they were stored now. */
  readonly storedBefore: string | null;
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
    storedBefore: null,
  };
}

async function findStored(
  journal: Journal,
  given: readonly UploadFile[],
  { reading, passwordKey }: StoreOptions,
): Promise<Uploaded | null> {
  // changes build on what came between: the same ones again are others
  if (reading !== 'complete') return null;
  const uploadId = await selectReusableUploadId(journal, hashFiles(given), passwordKey !== null);
  if (uploadId === null) return null;
  const { uploadedAt, originalSha256, files, passwordsFound, passwordsSealed } = await selectUpload(
    journal,
    uploadId,
  );
  return {
    uploadId,
    originalSha256,
    files,
    reading,
    passwordsFound,
    passwordsSealed,
    storedBefore: uploadedAt,
  };
}

/**
 * The upload of these very files that is there already with everything that belonged to it; else they are stored.
 * Whether they still have to be read is decided by what became of them, never by their having been seen [T45].
 *
 * @throws RolloverError as `storeSource`
 */
export async function findOrStoreSource(
  journal: Journal,
  given: readonly UploadFile[],
  options: StoreOptions,
): Promise<Uploaded> {
  return (await findStored(journal, given, options)) ?? storeSource(journal, given, options);
}
