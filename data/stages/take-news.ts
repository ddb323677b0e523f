/** source → snapshot, unless the source says what was settled already: then nothing is stored. */
import type { SettledInputs } from '../journal/settled-inputs.js';
import type { School } from '../schools.js';
import { rememberFiles, settledOutcome, settledUploadOutcome } from './settle.js';
import { judgeSource, storeSnapshot, type ReadingOptions, type TakenSnapshot } from './take-snapshot.js';

/**
 * How the last run on the same must have ended for it to be no news. clean: with nothing open. ended: in any way, also
 * rejected. never: everything is news.
 */
export type Enough = 'clean' | 'ended' | 'never';

function isEnough(enough: Enough, outcome: SettledInputs['outcome'] | null): boolean {
  return enough === 'clean' ? outcome === 'clean' : enough === 'ended' && outcome !== null;
}

/**
 * Reads an upload, or the database (null), into a new snapshot; null when it is no news: the very same files, or other
 * files that say the same.
 *
 * @throws RolloverError as `judgeSource`
 */
export async function takeNews(
  school: School,
  uploadId: number | null,
  enough: Enough,
  options: ReadingOptions,
): Promise<TakenSnapshot | null> {
  if (enough !== 'never' && uploadId !== null)
    if (isEnough(enough, await settledUploadOutcome(school, uploadId))) return null;
  const judged = await judgeSource(school, uploadId, options);
  if (enough === 'never' || !isEnough(enough, await settledOutcome(school, judged)))
    return storeSnapshot(school, judged);
  if (uploadId !== null) await rememberFiles(school, uploadId);
  return null;
}
