/** Stage 4's reading: an upload, or KnowledgeNET's database, becomes a sealed snapshot with findings and comparison. */
import { takeNews, type Enough } from '../data/stages/take-news.js';
import { takeSnapshot, type ReadingOptions, type TakenSnapshot } from '../data/stages/take-snapshot.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

export function snapshotActivities(context: ActivityContext) {
  /** With a sign of life for every few rows. */
  const reading = async <T>(read: (options: ReadingOptions) => Promise<T>): Promise<T> => {
    let rows = 0;
    return alive(
      (signal) =>
        read({
          limits: context.limits,
          passwordKeyConfigured: context.passwordKey !== null,
          signal,
          onProgress: (done) => (rows = done),
        }),
      () => ({ rows }),
    );
  };
  return {
    /** Reads an upload, or the database (null). Each attempt starts anew; only a complete one leaves a snapshot. */
    async takeSnapshot(input: { school: string; uploadId: number | null }): Promise<TakenSnapshot> {
      return reading(async (options) =>
        takeSnapshot(await context.open(input.school), input.uploadId, options),
      );
    },

    /** The same, unless the source says what was settled already: then null. */
    async takeNews(input: {
      school: string;
      uploadId: number | null;
      enough: Enough;
    }): Promise<TakenSnapshot | null> {
      return reading(async (options) =>
        takeNews(await context.open(input.school), input.uploadId, input.enough, options),
      );
    },
  };
}
