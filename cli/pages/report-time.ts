/** What runs have written to Moodle, by type and run. */
import type { Run } from '../../data/journal/runs.js';
import type { RunReport } from '../../data/model/run.js';
import type { RunChanges } from '../../pages/parts/over-time.js';
import { when } from '../text/format.js';
import { titleOf } from '../text/run.js';

const SHOWN = 12;

type Type = 'made' | 'changed' | 'withdrawn' | 'takenBack';

const typeOf: Readonly<Record<string, Type>> = {
  create: 'made',
  suspend: 'withdrawn',
  hide: 'withdrawn',
  remove: 'takenBack',
  unlink: 'takenBack',
  restore: 'takenBack',
};

function changesOf({ plans }: Pick<RunReport, 'plans'>): Record<Type, number> {
  const sums = { made: 0, changed: 0, withdrawn: 0, takenBack: 0 };
  for (const { what, state, count } of plans.flatMap((plan) => plan.outcomes))
    if (state === 'applied') sums[typeOf[what.split('.')[1] ?? ''] ?? 'changed'] += count;
  return sums;
}

/**
 * This run and those before it that have written anything, oldest first.
 *
 * @param runs of the school, newest first
 * @param report of this run, which may be under way
 */
export function changesOverTime(
  runs: readonly Run[],
  run: Run,
  report: Pick<RunReport, 'plans'>,
): RunChanges[] {
  const rows: RunChanges[] = [];
  for (const one of runs.filter(({ id }) => id <= run.id)) {
    const own =
      one.id === run.id ? report : one.report === null ? null : (JSON.parse(one.report) as RunReport);
    if (own === null) continue;
    const changes = changesOf(own);
    if (Object.values(changes).every((count) => count === 0)) continue;
    rows.push({ run: `${one.id} ${titleOf(one.workflowId)}`, when: when(one.startedAt), ...changes });
    if (rows.length === SHOWN) break;
  }
  return rows.reverse();
}
