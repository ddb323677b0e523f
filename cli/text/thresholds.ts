/** Whether a plan is larger than usual, in words. */
import { guardedTypes, type Season, type ThresholdVerdict } from '../../data/model/guard.js';
import type { PlanCounts } from '../../data/model/plan.js';
import { thresholdVerdicts } from '../../data/rules/guards/thresholds.js';
import { count, countOf } from './format.js';
import type { Style } from './style.js';

const verbs = { create: 'created', change: 'changed' } as const;

function describe({ type, kind, count: changes, total, percent }: ThresholdVerdict): string {
  const share =
    total === 0 ? 'none are ours yet' : `${count(total)} are ours, ${Math.round((changes * 100) / total)} %`;
  return `${countOf(changes, type)} ${verbs[kind]} (${share}; usual: up to ${percent ?? 100} %)`;
}

/** Every number that is more than usual, or one line that none is. Empty when the plan has no changes. */
export function renderThresholds(counts: PlanCounts, season: Season, style: Style): string {
  const verdicts = thresholdVerdicts(counts, season);
  if (verdicts.length === 0) return '';
  const exceeded = verdicts.filter((verdict) => verdict.exceeded);
  const when = season === 'rollover' ? 'in a rollover' : 'in term';
  if (exceeded.length === 0) return `Thresholds: nothing is more than usual ${when}.`;
  return [
    style.careful(`Thresholds: more than usual ${when}. Is this what you expect?`),
    ...exceeded.map((verdict) => `  ${describe(verdict)}`),
  ].join('\n');
}

/** Counts that say what the plan does, without the totals that they are compared with. */
export function withoutTotals(counts: PlanCounts): PlanCounts {
  const totals = new Set(guardedTypes.map((type) => `managed.${type}`));
  return Object.fromEntries(Object.entries(counts).filter(([name]) => !totals.has(name)));
}
