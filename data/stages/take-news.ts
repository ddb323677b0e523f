/** source → snapshot, unless the source says what was settled already: then nothing is stored. */
import type { SettledInputs } from '../journal/settled-inputs.js';
import type { School } from '../schools.js';
import { rememberFiles, settledOutcome, settledReadingOutcome, settledUploadOutcome } from './settle.js';
import {
  hashSource,
  judgeReading,
  storeSnapshot,
  takeSnapshot,
  type ReadingOptions,
  type TakenSnapshot,
} from './take-snapshot.js';

/**
 * How the last run on the same must have ended for it to be no news. clean: with nothing open. ended: in any way, also
 * rejected. never: everything is news.
 */
export type Enough = 'clean' | 'ended' | 'never';

function isEnough(enough: Enough, outcome: SettledInputs['outcome'] | null): boolean {
  return enough === 'clean' ? outcome === 'clean' : enough === 'ended' && outcome !== null;
}

/**
 * Reads an upload, or the database (null), into a new snapshot; null when it is no news: the very same files (which are
 * not read), the same rows (which are not judged), or rows that come to the same.
 *
 * @throws RolloverError as `takeSnapshot`
 */
export async function takeNews(
  school: School,
  uploadId: number | null,
  enough: Enough,
  options: ReadingOptions,
): Promise<TakenSnapshot | null> {
  if (enough === 'never') return takeSnapshot(school, uploadId, options);
  if (uploadId !== null && isEnough(enough, await settledUploadOutcome(school, uploadId))) return null;
  const reading = await hashSource(school, uploadId, options);
  if (!isEnough(enough, await settledReadingOutcome(school, reading.readingHash))) {
    const judged = await judgeReading(school, reading);
    if (!isEnough(enough, await settledOutcome(school, judged))) return storeSnapshot(school, judged);
  }
  if (uploadId !== null) await rememberFiles(school, uploadId);
  return null;
}
