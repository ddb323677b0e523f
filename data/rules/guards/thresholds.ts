/** Is a plan larger than usual? Pure; the same for a dry run and for the plan that is approved [T52]. */
import {
  guardedKinds,
  guardedTypes,
  type GuardedKind,
  type GuardedType,
  type Season,
  type ThresholdVerdict,
} from '../../model/guard.js';
import type { PlanCounts } from '../../model/plan.js';

/**
 * Percent of what is ours that is usual. In term a quarter may be created or changed; in a rollover every class is new,
 * and so are its enrolments, and back-to-school brings up to 60 % new people.
 */
const usual: Readonly<
  Record<Season, Readonly<Record<GuardedKind, Readonly<Record<GuardedType, number | null>>>>>
> = {
  term: {
    create: { user: 25, course: 25, enrolment: 25 },
    change: { user: 25, course: 25, enrolment: 25 },
  },
  rollover: {
    create: { user: 60, course: null, enrolment: null },
    change: { user: 25, course: null, enrolment: 25 },
  },
};

/** Fewer are never too many, whatever the share. */
const ALWAYS_USUAL = 5;

const operations: Readonly<Record<GuardedKind, readonly string[]>> = {
  create: ['create'],
  change: ['update', 'link', 'archive'],
};

/** How many changes of a type and kind a plan has. */
export function countOf(counts: PlanCounts, type: GuardedType, kind: GuardedKind): number {
  return operations[kind].reduce((sum, operation) => sum + (counts[`${type}.${operation}`] ?? 0), 0);
}

/** What is ours in Moodle before the plan. */
export function totalOf(counts: PlanCounts, type: GuardedType): number {
  return counts[`managed.${type}`] ?? 0;
}

/** One verdict for every type and kind of which the plan has changes. */
export function thresholdVerdicts(counts: PlanCounts, season: Season): ThresholdVerdict[] {
  return guardedTypes.flatMap((type) =>
    guardedKinds.flatMap((kind) => {
      const count = countOf(counts, type, kind);
      if (count === 0) return [];
      const total = totalOf(counts, type);
      const percent = usual[season][kind][type];
      const exceeded = percent !== null && count >= ALWAYS_USUAL && count * 100 > total * percent;
      return [{ type, kind, count, total, percent, exceeded }];
    }),
  );
}
