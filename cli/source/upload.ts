/** A local workbook becomes an upload. */
import { readFiles } from '../../data/knowledgenet/files/files-on-disk.js';
import { defaultLimits } from '../../data/knowledgenet/files/limits.js';
import type { Reading } from '../../data/model/snapshot.js';
import { findOrStoreSource, storeSource, type Uploaded } from '../../data/stages/store-source.js';
import type { Session } from '../session.js';
import { when } from '../text/format.js';

export type { Uploaded } from '../../data/stages/store-source.js';

/**
 * Reads a file or folder, empties its passwords and stores the rest in the journal. The files themselves stay as they
 * are. `again`: whether the very same files make a new upload, which a rollover reads anew.
 *
 * @throws RolloverError Source…, DatabaseUnavailable
 */
export async function uploadSource(
  session: Session,
  path: string,
  reading: Reading,
  again: 'new' | 'same' = 'new',
): Promise<Uploaded> {
  const { output, io, configuration, account } = session;
  const { limits, passwordKey } = configuration;
  output.live('Reading the files …');
  const given = await readFiles(path, io.cwd, limits.fileBytes ?? defaultLimits.fileBytes);
  output.live('Storing the upload …');
  const store = again === 'same' ? findOrStoreSource : storeSource;
  const uploaded = await store(await session.journal(), given, {
    reading,
    by: account,
    limits,
    passwordKey: passwordKey ?? null,
  });
  output.clear();
  return uploaded;
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
  const before = uploaded.storedBefore === null ? '' : `, stored before (${when(uploaded.storedBefore)})`;
  return `Upload ${uploaded.uploadId}: ${names}${kind}, SHA-256 ${uploaded.originalSha256.slice(0, 12)}…${before}.${passwords}`;
}
