/** Stage 4: source → snapshot → findings → comparison. */
import { long } from '../activities-proxy.js';
import type { ReadingResult } from '../messages.js';
import type { RunState } from '../run-state.js';

/** A reading with the upload it came from: the one whose passwords belong to its plan. */
export interface TakenReading extends ReadingResult {
  readonly uploadId: number | null;
}

/** Reads the upload, or the database (null), into a new sealed snapshot with its findings. */
export async function read(state: RunState, uploadId: number | null): Promise<TakenReading> {
  const { school } = state.now;
  const reading = await long.takeSnapshot({ school, uploadId });
  state.update({ uploadId, snapshotId: reading.snapshotId });
  return { ...reading, uploadId };
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
