/** Does a plan do more to one year level than usual? Pure. */
import { guardedKinds, type GuardedKind } from '../../model/guard.js';
import type { Change } from '../../model/plan.js';
import { countedOf } from './counted.js';
import { isBeyond, shownLimit, type Limits } from './limits.js';
import type { Held } from './source.js';
import { tallyLevels, TEACHERS } from './year-levels.js';

export interface LevelInput {
  readonly changes: readonly Change[];
  readonly limits: Limits;
  /** Accounts of ours before the plan, by External ID. */
  readonly managedUsers: Iterable<string>;
  /** Where people are now, and where they were in the reading before. */
  readonly levelsNow: ReadonlyMap<string, string>;
  readonly levelsBefore: ReadonlyMap<string, string>;
  /** Year levels that may leave whole. */
  readonly leaving: ReadonlySet<string>;
}

const goes: ReadonlySet<GuardedKind> = new Set(['suspend', 'remove']);

/** Where somebody is for this purpose: who goes, where he was; who comes or changes, where he is. */
function levelsFor(kind: GuardedKind, { levelsNow, levelsBefore }: LevelInput): Map<string, string> {
  return goes.has(kind) ? new Map([...levelsNow, ...levelsBefore]) : new Map([...levelsBefore, ...levelsNow]);
}

function ofKind(kind: GuardedKind, input: LevelInput): Held[] {
  const levels = levelsFor(kind, input);
  const { yearLevel: ofLevels, teachers: ofTeachers } = input.limits;
  const items = countedOf(input.changes, 'user', kind, levels);
  if (items.length === 0) return [];
  const totals = tallyLevels([...input.managedUsers].map((person) => levels.get(person) ?? ''));
  const present = [...new Set(items.map(({ subject }) => levels.get(subject) ?? ''))].sort();
  return present.flatMap((yearLevel): Held[] => {
    if (goes.has(kind) && input.leaving.has(yearLevel)) return [];
    const limit = (yearLevel === TEACHERS ? ofTeachers : ofLevels)[kind];
    const members = items.filter(({ subject }) => (levels.get(subject) ?? '') === yearLevel);
    const total = totals.get(yearLevel) ?? 0;
    if (!isBeyond(limit, members.length, total)) return [];
    const numbers = { count: members.length, total, ...shownLimit(limit) };
    return [{ guard: 'year-level', of: 'user', kind, yearLevel, ...numbers, items: members }];
  });
}

/** Every year level (and the teachers) of which the plan creates, changes or suspends more than usual. */
export function judgeLevels(input: LevelInput): Held[] {
  return guardedKinds.flatMap((kind) => ofKind(kind, input));
}
