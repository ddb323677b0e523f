/** What a scheduled run reads: the database, or the newest workbook of the watched folder. */
import { readFiles } from '../knowledgenet/files/files-on-disk.js';
import { defaultLimits, type SourceLimits } from '../knowledgenet/files/limits.js';
import { newestWorkbook } from '../knowledgenet/files/watched-folder.js';
import { RolloverError } from '../model/errors.js';
import type { PasswordKey } from '../passwords/key.js';
import type { School } from '../schools.js';
import { findOrStoreSource } from './store-source.js';

/** nothing: no workbook has come yet. */
export type CollectedSource =
  | { readonly kind: 'database' }
  | { readonly kind: 'upload'; readonly uploadId: number }
  | { readonly kind: 'nothing' };

export interface CollectOptions {
  readonly limits: Partial<SourceLimits>;
  readonly passwordKey: PasswordKey | null;
  readonly by: string;
  readonly signal?: AbortSignal;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * A workbook that was uploaded before is not stored again.
 *
 * @throws RolloverError SourceNotConfigured, SourceUnavailable, Source…
 */
export async function collectSource(school: School, options: CollectOptions): Promise<CollectedSource> {
  const { database, watchFolder } = school.knowledgenet;
  if (database !== undefined) return { kind: 'database' };
  if (watchFolder === undefined)
    throw new RolloverError('SourceNotConfigured', 'This school has no source that could be looked at.');
  const path = await newestWorkbook(watchFolder, options.now);
  if (path === null) return { kind: 'nothing' };
  const files = await readFiles(path, watchFolder, options.limits.fileBytes ?? defaultLimits.fileBytes);
  const { uploadId } = await findOrStoreSource(school.journal, files, { ...options, reading: 'complete' });
  return { kind: 'upload', uploadId };
}
