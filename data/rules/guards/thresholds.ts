/** Does a plan do more of anything than usual? Pure; the same for a dry run and for the plan that is approved [T52]. */
import {
  guardedKinds,
  guardedTypes,
  type GuardedKind,
  type GuardedType,
  type GuardLimit,
} from '../../model/guard.js';
import type { ChangeOperation, PlanCounts } from '../../model/plan.js';
import { isBeyond, type Limits } from './limits.js';

/** Which operations are counted as which kind. */
export const operationsOf: Readonly<Record<GuardedKind, readonly ChangeOperation[]>> = {
  create: ['create'],
  change: ['update', 'link', 'archive', 'reactivate', 'show'],
  suspend: ['suspend', 'hide'],
  remove: ['remove'],
};

/** The kind that an operation counts as; undefined: none (taking back is not guarded). */
export function kindOf(operation: ChangeOperation): GuardedKind | undefined {
  return guardedKinds.find((kind) => operationsOf[kind].includes(operation));
}

/** How many changes of a type and kind a plan has. */
export function countOf(counts: PlanCounts, type: GuardedType, kind: GuardedKind): number {
  return operationsOf[kind].reduce((sum, operation) => sum + (counts[`${type}.${operation}`] ?? 0), 0);
}

/** What is ours in Moodle before the plan. */
export function totalOf(counts: PlanCounts, type: GuardedType): number {
  return counts[`managed.${type}`] ?? 0;
}

/** Whether nothing in Moodle is ours yet: there is no total to compare with, and everything is new. */
export function isFirstTime(counts: PlanCounts): boolean {
  return guardedTypes.every((type) => totalOf(counts, type) === 0);
}

/** A number of the plan that is more than usual. */
export interface Excess {
  readonly type: GuardedType;
  readonly kind: GuardedKind;
  readonly count: number;
  readonly total: number;
  readonly limit: GuardLimit;
}

/** Every type and kind of which the plan has more than usual. */
export function findExcesses(counts: PlanCounts, limits: Limits): Excess[] {
  if (isFirstTime(counts)) return [];
  return guardedTypes.flatMap((type) =>
    guardedKinds.flatMap((kind) => {
      const [count, total] = [countOf(counts, type, kind), totalOf(counts, type)];
      const limit = limits[type][kind];
      return isBeyond(limit, count, total) ? [{ type, kind, count, total, limit }] : [];
    }),
  );
}
