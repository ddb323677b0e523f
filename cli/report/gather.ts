/** What a run's report says beside its stored end: grade safety, deletions, what can still be taken back. Plain data. */
import {
  selectDifferences,
  selectGradeSafety,
  type StoredDifference,
} from '../../data/journal/grade-safety.js';
import type { Journal } from '../../data/journal/journal.js';
import { selectDeletionLooks } from '../../data/journal/plan-purpose.js';
import { selectRunPlanIds, type Run } from '../../data/journal/runs.js';
import type { DeletionState } from '../../data/model/deletion.js';
import type { GradeSafety } from '../../data/model/grade-safety.js';
import { RETENTION_DAYS } from '../../data/model/settings.js';
import { settingsInForce } from '../../data/stages/settings-in-force.js';
import { undoability, type Undoability } from '../../data/undo/what-is-left.js';
import { gatherDeleted } from '../pages/report-removed.js';
import { toIso } from '../text/format.js';

export interface Beside {
  readonly gradeSafety: readonly (GradeSafety & { readonly differences: readonly StoredDifference[] })[];
  readonly deletions: Readonly<Partial<Record<DeletionState, number>>>;
  readonly undo: Undoability;
}

/** Differences that are printed with a report. */
const LISTED = 1000;

function inIso(safety: GradeSafety): GradeSafety {
  const { before, after } = safety;
  return {
    ...safety,
    before: toIso(before),
    after: after === null ? null : { ...after, at: toIso(after.at) },
  };
}

export async function gatherBeside(journal: Journal, run: Run): Promise<Beside> {
  const planIds = [
    ...(await selectRunPlanIds(journal, run.id)),
    ...(await selectDeletionLooks(journal, { runId: run.id })),
  ];
  const gradeSafety: (GradeSafety & { differences: StoredDifference[] })[] = [];
  for (const safety of await selectGradeSafety(journal, planIds))
    gradeSafety.push({
      ...inIso(safety),
      differences: await selectDifferences(journal, safety.planId, LISTED),
    });
  const { settings } = await settingsInForce(journal);
  return {
    gradeSafety,
    deletions: (await gatherDeleted(journal, run.id, null, 0)).counts,
    undo: await undoability(journal, run, settings.retentionDays ?? RETENTION_DAYS),
  };
}
