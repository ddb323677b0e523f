/** Stage 4: source → snapshot → findings → comparison. */
import { ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { Enough } from '../../data/stages/take-news.js';
import { boundedReading, long } from '../activities-proxy.js';
import { failureCode, rootCause } from '../failure-code.js';
import type { ReadingResult } from '../messages.js';
import type { RunState } from '../run-state.js';

/** A reading with the upload it came from: the one whose passwords belong to its plan. */
export interface TakenReading extends ReadingResult {
  readonly uploadId: number | null;
}

/**
 * Reads for a run that nobody watches.
 *
 * @throws ApplicationFailure SourceUnavailable when the source has not answered within the time for that
 */
export async function withinTime<R>(reading: Promise<R>): Promise<R> {
  try {
    return await reading;
  } catch (error) {
    if (failureCode(error) !== undefined || !(rootCause(error) instanceof TimeoutFailure)) throw error;
    throw ApplicationFailure.nonRetryable('The source has not answered in time.', 'SourceUnavailable');
  }
}

/** Reads the upload, or the database (null), into a new sealed snapshot with its findings. */
export async function read(state: RunState, uploadId: number | null): Promise<TakenReading> {
  const { school } = state.now;
  const reading = await long.takeSnapshot({ school, uploadId });
  state.update({ uploadId, snapshotId: reading.snapshotId });
  return { ...reading, uploadId };
}

/**
 * The same, unless the source says what was settled already (null). `bounded`: for a run that nobody watches, which must
 * not wait for ever.
 */
export async function readNews(
  state: RunState,
  input: { readonly uploadId: number | null; readonly enough: Enough; readonly bounded: boolean },
): Promise<TakenReading | null> {
  const { uploadId, enough, bounded } = input;
  const wanted = { school: state.now.school, uploadId, enough };
  const reading = bounded ? await withinTime(boundedReading.takeNews(wanted)) : await long.takeNews(wanted);
  state.update({ uploadId, snapshotId: reading?.snapshotId ?? null });
  return reading === null ? null : { ...reading, uploadId };
}

/** Whether a finding stops the run. */
export function isBlocked(reading: ReadingResult): boolean {
  return (reading.findings['stops-run'] ?? 0) > 0;
}

/** The numbers that gate data shows. */
export function readingCounts(reading: ReadingResult): Record<string, number> {
  return {
    ...reading.counts,
    ...Object.fromEntries(
      Object.entries(reading.findings).map(([severity, count]) => [`findings ${severity}`, count]),
    ),
  };
}
