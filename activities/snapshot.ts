/** Stage 4's reading: an upload, or KnowledgeNET's database, becomes a sealed snapshot with findings and comparison. */
import { takeSnapshot, type TakenSnapshot } from '../data/stages/take-snapshot.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

export function snapshotActivities(context: ActivityContext) {
  return {
    /** Reads an upload, or the database (null). Each attempt starts anew; only a complete one leaves a snapshot. */
    async takeSnapshot(input: { school: string; uploadId: number | null }): Promise<TakenSnapshot> {
      let rows = 0;
      return alive(
        async (signal) =>
          takeSnapshot(await context.open(input.school), input.uploadId, {
            limits: context.limits,
            passwordKeyConfigured: context.passwordKey !== null,
            signal,
            onProgress: (read) => (rows = read),
          }),
        () => ({ rows }),
      );
    },
  };
}
