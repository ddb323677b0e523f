/** Is the source to be believed? Counted against the last applied reading [T03, T04, T05, T08]. Pure. */
import type { Guarded, GuardLimit, GuardVerdict } from '../../model/guard.js';
import type { Snapshot } from '../../model/snapshot.js';
import { findChangedIds } from './changed-ids.js';
import type { Counted } from './examples.js';
import { isBeyond, shownLimit, type Limits } from './limits.js';
import { countPeople, findLost, findLostMemberships, isTeacher, type Lost } from './lost.js';
import { leavingLevels, levelsOf, tallyLevels, TEACHERS } from './year-levels.js';

/** A verdict before its cause is looked for. */
export type Held = Omit<GuardVerdict, 'cause' | 'examples'> & { readonly items: readonly Counted[] };

/** More of the people than this under another External ID is no correction of a few ids. */
const CHANGED_IDS: GuardLimit = { percent: 10 };

type Sheet = 'student' | 'teacher' | 'group';

function hasSheet({ statements }: Snapshot, sheet: Sheet): boolean {
  if (sheet === 'group') return statements.groups;
  return sheet === 'student' ? statements.students : statements.teachers;
}

function rowsOf({ records }: Snapshot, sheet: Sheet): number {
  return sheet === 'group'
    ? records.group.length
    : records.person.filter(({ type }) => type === sheet).length;
}

/** A sheet that had rows and has none, or is not there at all in what should be complete. */
function emptySheets(now: Snapshot, base: Snapshot | null): Held[] {
  if (base === null) return [];
  return (['student', 'teacher', 'group'] as const).flatMap((of): Held[] => {
    const before = rowsOf(base, of);
    if (before === 0) return [];
    const numbers = { of, count: before, total: before, items: [] };
    if (hasSheet(now, of)) return rowsOf(now, of) === 0 ? [{ guard: 'no-rows', ...numbers }] : [];
    return now.reading === 'complete' ? [{ guard: 'sheet-missing', ...numbers }] : [];
  });
}

function shrunk(of: Guarded, items: readonly Counted[], total: number, limit: GuardLimit): Held[] {
  if (!isBeyond(limit, items.length, total)) return [];
  return [{ guard: 'source-shrank', of, count: items.length, total, ...shownLimit(limit), items }];
}

function shrunkLevels(lost: Lost, before: ReadonlyMap<string, number>, limits: Limits): Held[] {
  const levels = [...new Set(lost.persons.map(({ group }) => group))].sort();
  return levels.flatMap((yearLevel) => {
    const of = yearLevel === TEACHERS ? 'teacher' : 'student';
    const limit = limits[of === 'teacher' ? 'teachers' : 'yearLevel'].suspend;
    const items = lost.persons.filter(({ group }) => group === yearLevel);
    return shrunk(of, items, before.get(yearLevel) ?? 0, limit).map((held) => ({ ...held, yearLevel }));
  });
}

export interface SourceInput {
  readonly snapshot: Snapshot;
  /** The last applied reading before this one; null: there is none. */
  readonly base: Snapshot | null;
  readonly limits: Limits;
  /** Year levels that may leave whole; empty in term. */
  readonly leaving: ReadonlySet<string>;
}

/** Net loss only: people change classes, and that is no shrinking. */
function shrunkMemberships({ snapshot, base, limits }: SourceInput): Held[] {
  const items = findLostMemberships(snapshot, base);
  const [before, now] = [base?.records.membership.length ?? 0, snapshot.records.membership.length];
  if (before - now <= 0) return [];
  return isBeyond(limits.enrolment.suspend, Math.min(items.length, before - now), before)
    ? shrunk('membership', items, before, limits.enrolment.suspend)
    : [];
}

/** Everything of the source that holds a plan, whatever the plan does. */
export function judgeReading(input: SourceInput): Held[] {
  const { snapshot, base, limits, leaving } = input;
  const empty = emptySheets(snapshot, base);
  const none = new Set(empty.map(({ of }) => of));
  const found = findLost(snapshot, base);
  const lost: Lost = {
    persons: found.persons.filter(
      ({ group }) => !none.has(isTeacher(group) ? 'teacher' : 'student') && !leaving.has(group),
    ),
    groups: none.has('group') ? [] : found.groups,
  };
  const everybody = countPeople(base, (level) => !isTeacher(level));
  const changed = findChangedIds(snapshot, base).map(({ before, now }) => ({
    subject: now,
    before,
    group: '',
  }));
  const total = base?.records.person.length ?? 0;
  return [
    ...empty,
    ...(isBeyond(CHANGED_IDS, changed.length, total)
      ? [
          {
            guard: 'ids-changed' as const,
            of: 'user' as const,
            count: changed.length,
            total,
            ...shownLimit(CHANGED_IDS),
            items: changed,
          },
        ]
      : []),
    ...shrunk(
      'student',
      lost.persons.filter(({ group }) => !isTeacher(group)),
      everybody,
      limits.user.suspend,
    ),
    ...shrunkLevels(lost, tallyLevels(levelsOf(base).values()), limits),
    ...shrunk('group', lost.groups, base?.records.group.length ?? 0, limits.course.suspend),
    ...(none.has('group') ? [] : shrunkMemberships(input)),
  ];
}

/** The levels that may leave whole in this season. */
export function leavingIn(
  season: 'term' | 'rollover',
  base: Snapshot | null,
  guards: Parameters<typeof leavingLevels>[1],
): ReadonlySet<string> {
  return season === 'rollover' ? leavingLevels(base, guards) : new Set();
}
