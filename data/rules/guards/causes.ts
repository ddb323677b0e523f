/** What most likely explains that a guard holds: a hint for the person who decides, never a decision. Pure. */
import type { LikelyCause, Season } from '../../model/guard.js';
import type { Change } from '../../model/plan.js';
import { byGroup, type Counted } from './examples.js';
import type { Held } from './source.js';
import { tallyLevels } from './year-levels.js';

/** What is known of reading and plan as a whole. */
export interface Circumstances {
  readonly season: Season;
  /** Whether nothing was ever applied. */
  readonly first: boolean;
  readonly levelsNow: ReadonlyMap<string, string>;
  readonly levelsBefore: ReadonlyMap<string, string>;
  readonly leaving: ReadonlySet<string>;
  readonly changes: readonly Change[];
}

/** Nearly all. */
const MOST = 0.8;
const MANY = 5;

function missingLevels({ levelsNow, levelsBefore, leaving }: Circumstances): Set<string> {
  const now = new Set(levelsNow.values());
  const before = [...tallyLevels(levelsBefore.values())];
  return new Set(
    before
      .filter(([level, count]) => count >= MANY && !now.has(level) && !leaving.has(level))
      .map(([l]) => l),
  );
}

/** Whether most students who stayed are one year level higher. */
function movedUp({ levelsNow, levelsBefore }: Circumstances): boolean {
  let [stayed, higher] = [0, 0];
  for (const [person, before] of levelsBefore) {
    const now = levelsNow.get(person);
    if (now === undefined || !/^\d+$/.test(before)) continue;
    stayed += 1;
    if (Number(now) === Number(before) + 1) higher += 1;
  }
  return stayed >= MANY && higher * 2 > stayed;
}

/** The share of the largest group among the items. */
function concentration(items: readonly Counted[]): number {
  const largest = byGroup(items)[0]?.[1].length ?? 0;
  return items.length === 0 ? 0 : largest / items.length;
}

function onNewClasses(items: readonly Counted[], changes: readonly Change[]): boolean {
  const made = new Set(
    changes.flatMap((change) =>
      change.kind === 'course' && change.operation === 'create' ? [change.externalId] : [],
    ),
  );
  return items.filter(({ subject }) => made.has(subject)).length >= items.length * MOST;
}

/** Why the items of one enrolment or update verdict lie so close together; undefined: they do not. */
function closeness({ of, kind, items }: Held, { changes }: Circumstances): LikelyCause | undefined {
  if (of === 'enrolment' || of === 'membership') {
    if (concentration(items) >= MOST) return 'one-class';
    const byPerson = items.map((item) => ({ ...item, group: item.person ?? '' }));
    if (concentration(byPerson) >= MOST) return 'one-person';
    if (kind === 'create' && onNewClasses(items, changes)) return 'new-classes';
  }
  return of === 'user' && kind === 'change' && concentration(items) >= MOST ? 'one-field' : undefined;
}

/** Prepares what all verdicts of one plan share, and explains each. */
export function explainWith(all: Circumstances, held: readonly Held[]): (one: Held) => LikelyCause {
  const idsChanged = held.some(({ guard }) => guard === 'ids-changed');
  const sheetMissing = held.some(({ guard }) => guard === 'sheet-missing');
  const missing = missingLevels(all);
  const newYear = all.season === 'term' && movedUp(all);
  return (one) => {
    if (one.guard === 'no-rows') return 'sheet-empty';
    if (one.guard === 'sheet-missing') return 'sheet-missing';
    if (one.guard === 'ids-changed') return 'ids-changed';
    if (all.first) return 'first-time';
    if (idsChanged) return 'ids-changed';
    if (sheetMissing) return 'sheet-missing';
    const goes = one.guard === 'source-shrank' || one.kind === 'suspend' || one.kind === 'remove';
    if (
      goes &&
      one.items.some(({ subject, person }) => missing.has(all.levelsBefore.get(person ?? subject) ?? '-'))
    )
      return 'year-level-missing';
    if (newYear) return 'new-school-year';
    return closeness(one, all) ?? (goes ? 'source-shrank' : 'unknown');
  };
}
