/**
 * (plan, reading, reading before, season, settings) → what holds the plan. Pure: a dry run and the plan that is approved
 * are judged by this same code [T52]. docs/guards.md says every rule.
 */
import type { GuardVerdict, Season } from '../../model/guard.js';
import type { Plan, PlanCounts } from '../../model/plan.js';
import type { GuardsSettings } from '../../model/settings.js';
import type { Snapshot } from '../../model/snapshot.js';
import { explainWith } from './causes.js';
import { countedOf } from './counted.js';
import { tellingExamples } from './examples.js';
import { judgeLevels } from './level-thresholds.js';
import { limitsOf, shownLimit } from './limits.js';
import { judgeReading, leavingIn, type Held } from './source.js';
import { findExcesses, isFirstTime } from './thresholds.js';
import { levelsOf } from './year-levels.js';

export interface GuardInput {
  readonly plan: Pick<Plan, 'changes' | 'counts'>;
  readonly snapshot: Snapshot;
  /** The reading that was the last applied one when this was read; null: there is none. */
  readonly base: Snapshot | null;
  /** External IDs of accounts that are ours. */
  readonly managedUsers: Iterable<string>;
  readonly season: Season;
  readonly settings: { readonly guards?: GuardsSettings };
}

/** Everything that holds this plan, the source first. */
export function judgePlan(input: GuardInput): GuardVerdict[] {
  const { plan, snapshot, base, season, settings } = input;
  const { changes, counts } = plan;
  const limits = limitsOf(season, settings.guards);
  const leaving = leavingIn(season, base, settings.guards);
  const [levelsNow, levelsBefore] = [levelsOf(snapshot), levelsOf(base)];
  const levels = new Map([...levelsBefore, ...levelsNow]);
  const first = isFirstTime(counts);
  const managedUsers = [...input.managedUsers];
  const held: Held[] = [
    ...judgeReading({ snapshot, base, limits, leaving }),
    ...findExcesses(counts, limits).map(({ type, kind, count, total, limit }): Held => ({
      guard: 'threshold',
      of: type,
      kind,
      count,
      total,
      ...shownLimit(limit),
      items: countedOf(changes, type, kind, levels),
    })),
    ...(first ? [] : judgeLevels({ changes, limits, managedUsers, levelsNow, levelsBefore, leaving })),
  ];
  const explain = explainWith({ season, first, levelsNow, levelsBefore, leaving, changes }, held);
  return held.map((one) => {
    const { items, ...verdict } = one;
    return { ...verdict, cause: explain(one), examples: tellingExamples(items) };
  });
}

/** What of a verdict travels: its name and number. */
function countsOf(verdicts: readonly GuardVerdict[]): PlanCounts {
  const counts: Record<string, number> = { 'guard.exceeded': verdicts.length };
  for (const { guard, of, kind, count } of verdicts) {
    const name = guard === 'threshold' ? `guard.${of}.${kind ?? ''}` : `guard.${guard}`;
    counts[name] = (counts[name] ?? 0) + count;
  }
  return counts;
}

/** The plan with what holds it, so that its hash covers that too. */
export function withGuards<P extends Plan>(plan: P, verdicts: readonly GuardVerdict[]): P {
  if (verdicts.length === 0) return plan;
  const counts = Object.entries({ ...plan.counts, ...countsOf(verdicts) }).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return { ...plan, guards: verdicts, counts: Object.fromEntries(counts) };
}
