/** Around each apply: grades and work of its people and courses are looked at before the first write and after the last. */
import {
  deleteGroups,
  deleteLooks,
  deleteScope,
  insertGradeSafety,
  insertGroups,
  insertLook,
  selectGradeSafety,
  selectLookBefore,
  selectLookIds,
  selectTotals,
  storeComparison,
  type Comparison,
  type LookBefore,
} from '../journal/grade-safety.js';
import { readDifferingGroups } from '../journal/grade-groups.js';
import { countScope, insertScope } from '../journal/grade-scope.js';
import { selectPlanHeader } from '../journal/plans.js';
import { RolloverError } from '../model/errors.js';
import type { GradeDifference, GradeSafety, WatchedTable } from '../model/grade-safety.js';
import type { PlanCounts } from '../model/plan.js';
import { readCourseNames } from '../moodle/grade-safety/courses.js';
import { findWatchedTables } from '../moodle/grade-safety/schema.js';
import { groupsOf } from '../moodle/grade-safety/select.js';
import { probeSite } from '../moodle/probe.js';
import { selectTime } from '../moodle/sql/config.js';
import type { TablePlace } from '../moodle/sql/statement.js';
import { compareGroups, isLoss } from '../rules/grade-safety/compare.js';
import { mayConcernExisting } from '../rules/grade-safety/scope.js';
import type { School } from '../schools.js';

/** Of differences that are no losses, and of losses, so many are kept one by one. */
const LISTED = { losses: 5000, others: 1000 } as const;

interface Look {
  readonly planId: number;
  readonly lookId: number;
  readonly since: number;
  /** Between two tables. */
  readonly signal: AbortSignal | undefined;
}

/** One or two statements per table, whatever the number of people. */
async function storeGroups(
  school: School,
  place: TablePlace,
  watched: readonly WatchedTable[],
  { planId, lookId, since, signal }: Look,
): Promise<void> {
  const scope = { table: 'grade_scope', planId };
  for (const [source, table] of watched.entries()) {
    const sides = table.person === null ? (['course'] as const) : (['user', 'course'] as const);
    for (const by of sides) {
      signal?.throwIfAborted();
      await insertGroups(school.journal, lookId, source, groupsOf(place, table, scope, by, since));
    }
  }
}

const nobody = { watched: [], unread: [], people: 0, courses: 0, since: 0, totals: [] } as const;

async function look(
  school: School,
  planId: number,
  counts: PlanCounts,
  signal?: AbortSignal,
): Promise<LookBefore> {
  const { journal, db } = school;
  const lookId = await insertLook(journal, planId, 'before');
  if (!mayConcernExisting(counts)) return { ...nobody, lookId };
  await insertScope(journal, planId);
  const { people, courses } = await countScope(journal, planId);
  if (people + courses === 0) return { ...nobody, lookId };
  const place = await probeSite(db, school.moodle);
  const { tables: watched, unread } = await findWatchedTables(db, place);
  const since = await selectTime(db);
  await storeGroups(school, place, watched, { planId, lookId, since, signal });
  const totals = await selectTotals(journal, lookId, watched);
  return { lookId, watched, unread, people, courses, since, totals };
}

/**
 * Looks at grades and work of the people and courses of a plan that are in Moodle already. Repeatable: the first look
 * that was finished stands, because a later one could not see what is lost already.
 */
export async function fingerprintBefore(school: School, planId: number, signal?: AbortSignal): Promise<void> {
  const { journal } = school;
  if ((await selectLookBefore(journal, planId)) !== null) return;
  const { counts } = await selectPlanHeader(journal, planId);
  await insertGradeSafety(journal, planId, await look(school, planId, counts, signal));
}

interface Found {
  readonly difference: GradeDifference;
  readonly isLoss: boolean;
}

/** Counts all differences and keeps the first of each sort. */
class DifferenceList {
  readonly #kept = { losses: [] as Found[], others: [] as Found[] };
  /** "user course": each counts once, in however many tables. */
  readonly #seen = { losses: new Set<string>(), others: new Set<string>() };

  add(difference: GradeDifference): void {
    const loss = isLoss(difference);
    const sort = loss ? 'losses' : 'others';
    this.#seen[sort].add(`${difference.userId} ${difference.courseId}`);
    if (this.#kept[sort].length < LISTED[sort]) this.#kept[sort].push({ difference, isLoss: loss });
  }

  get losses(): number {
    return this.#seen.losses.size;
  }

  get others(): number {
    return this.#seen.others.size;
  }

  get kept(): readonly Found[] {
    return [...this.#kept.losses, ...this.#kept.others];
  }
}

async function findDifferences(school: School, before: LookBefore, after: number): Promise<DifferenceList> {
  const found = new DifferenceList();
  for (const [source, table] of before.watched.entries()) {
    const looks = { before: before.lookId, after };
    for await (const page of readDifferingGroups(school.journal, looks, source))
      for (const pair of page) {
        const difference = compareGroups(table, pair.before, pair.after);
        if (difference !== null) found.add(difference);
      }
  }
  return found;
}

async function compare(
  school: School,
  planId: number,
  before: LookBefore,
  signal?: AbortSignal,
): Promise<Comparison> {
  if (before.watched.length === 0) return { totals: [], losses: 0, others: 0, kept: [] };
  const { journal, db } = school;
  const place = await probeSite(db, school.moodle);
  const lookId = await insertLook(journal, planId, 'after');
  await storeGroups(school, place, before.watched, { planId, lookId, since: before.since, signal });
  const found = await findDifferences(school, before, lookId);
  const courses = [...new Set(found.kept.map(({ difference }) => difference.courseId))];
  const names = await readCourseNames(db, place, courses);
  return {
    totals: await selectTotals(journal, lookId, before.watched),
    losses: found.losses,
    others: found.others,
    kept: found.kept.map(({ difference, isLoss: loss }) => ({
      isLoss: loss,
      difference: { ...difference, course: names.get(difference.courseId) ?? null },
    })),
  };
}

/** What was stored only for comparing. */
async function tidy(school: School, planId: number): Promise<void> {
  const { journal } = school;
  for (const lookId of await selectLookIds(journal, planId)) await deleteGroups(journal, lookId);
  await deleteLooks(journal, planId);
  await deleteScope(journal, planId);
}

/**
 * Looks again, compares, and keeps what differs. Repeatable: what was compared once stands. Null: nobody has looked
 * before.
 */
export async function compareAfter(
  school: School,
  planId: number,
  signal?: AbortSignal,
): Promise<GradeSafety | null> {
  const { journal } = school;
  const before = await selectLookBefore(journal, planId);
  if (before === null) return null;
  const [known] = await selectGradeSafety(journal, [planId]);
  if (known?.after == null)
    await storeComparison(journal, planId, await compare(school, planId, before, signal));
  await tidy(school, planId);
  return (await selectGradeSafety(journal, [planId]))[0] ?? null;
}

/** @throws RolloverError GradeLoss */
export function refuseLoss(safety: GradeSafety | null): void {
  const losses = safety?.after?.losses ?? 0;
  if (safety === null || losses === 0) return;
  throw new RolloverError(
    'GradeLoss',
    `After plan ${safety.planId}, grades or work of ${losses} people in courses are gone.`,
    { plan: safety.planId, losses },
  );
}
