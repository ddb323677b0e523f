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
import { countScope, insertEverything, insertScope } from '../journal/grade-scope.js';
import { selectPlanHeader } from '../journal/plans.js';
import { RolloverError } from '../model/errors.js';
import type { GradeDifference, GradeSafety, TableTotals, WatchedTable } from '../model/grade-safety.js';
import { readCourseNames } from '../moodle/grade-safety/courses.js';
import { findWatchedTables } from '../moodle/grade-safety/schema.js';
import { groupsOf, sidesOf, type Scope } from '../moodle/grade-safety/select.js';
import { readTotals } from '../moodle/grade-safety/totals.js';
import { findPlace } from '../moodle/probe.js';
import { selectTime } from '../moodle/sql/config.js';
import type { TablePlace } from '../moodle/sql/statement.js';
import { compareGroups, isLoss } from '../rules/grade-safety/compare.js';
import { concernsEverybody, mayConcernExisting } from '../rules/grade-safety/scope.js';
import type { School } from '../schools.js';

/** Of differences that are no losses, and of losses, so many are kept one by one. */
const LISTED = { losses: 5000, others: 1000 } as const;

interface Look {
  readonly school: School;
  readonly place: TablePlace;
  readonly scope: Scope & { readonly size: number };
  /** Unix seconds of the look before. */
  readonly since: number;
  /** Between two statements. */
  readonly signal: AbortSignal | undefined;
  readonly isExpected?: Expected;
}

/** One or two statements, whatever the number of people. */
async function storeGroups(
  { school, place, scope, since, signal }: Look,
  table: WatchedTable,
  lookId: number,
  source: number,
): Promise<void> {
  signal?.throwIfAborted();
  const groups = sidesOf(table, scope.size).map((side) =>
    groupsOf(place, table, scope, side, since, [lookId, source]),
  );
  await insertGroups(school.journal, groups);
}

function scopeOf(planId: number, { people, courses }: Pick<LookBefore, 'people' | 'courses'>): Look['scope'] {
  return { table: 'grade_scope', planId, size: people + courses };
}

const nobody = { watched: [], unread: [], people: 0, courses: 0, since: 0, totals: [] } as const;

/** `find` writes down whom the plan concerns; null: nobody who is in Moodle already. */
async function look(
  school: School,
  planId: number,
  find: ((place: TablePlace) => Promise<void>) | null,
  signal?: AbortSignal,
): Promise<LookBefore> {
  const { journal, db } = school;
  const lookId = await insertLook(journal, planId, 'before');
  if (find === null) return { ...nobody, lookId };
  const place = await findPlace(db, school.moodle);
  await find(place);
  const size = await countScope(journal, planId);
  if (size.people + size.courses === 0) return { ...nobody, lookId };
  const { tables: watched, unread } = await findWatchedTables(db, place);
  const since = await selectTime(db);
  const here = { school, place, scope: scopeOf(planId, size), since, signal };
  for (const [source, table] of watched.entries()) await storeGroups(here, table, lookId, source);
  const totals = await selectTotals(journal, lookId, watched);
  return { lookId, watched, unread, ...size, since, totals };
}

/**
 * Looks at grades and work of the people and courses of a plan that are in Moodle already. Repeatable: the first look
 * that was finished stands, because a later one could not see what is lost already.
 */
export async function fingerprintBefore(school: School, planId: number, signal?: AbortSignal): Promise<void> {
  const { journal } = school;
  if ((await selectLookBefore(journal, planId)) !== null) return;
  const { counts } = await selectPlanHeader(journal, planId);
  const find = mayConcernExisting(counts)
    ? (): Promise<void> => insertScope(journal, planId, concernsEverybody(counts))
    : null;
  await insertGradeSafety(journal, planId, await look(school, planId, find, signal));
}

/** Looks at grades and work of everybody in Moodle. Repeatable: the first look stands. */
export async function fingerprintEverybody(
  school: School,
  planId: number,
  signal?: AbortSignal,
): Promise<void> {
  const { journal } = school;
  if ((await selectLookBefore(journal, planId)) !== null) return;
  const find = (place: TablePlace): Promise<void> => insertEverything(journal, planId, place);
  await insertGradeSafety(journal, planId, await look(school, planId, find, signal));
}

/** What was to go: no difference. */
export type Expected = (difference: GradeDifference) => boolean;

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

/** What a table had before; one that is not mentioned had nothing. */
function totalsBefore({ totals }: LookBefore, table: string): TableTotals {
  return totals.find((one) => one.table === table) ?? { table, rows: 0, values: 0, checksum: '0' };
}

function isSame(one: TableTotals, other: TableTotals): boolean {
  return one.rows === other.rows && one.values === other.values && one.checksum === other.checksum;
}

/** Sums first: only a table in which anything differs is compared person by person. */
async function compareTables(look: Look, before: LookBefore, found: DifferenceList): Promise<TableTotals[]> {
  const { journal, db } = look.school;
  const totals: TableTotals[] = [];
  const after = await insertLook(journal, look.scope.planId, 'after');
  for (const [source, table] of before.watched.entries()) {
    look.signal?.throwIfAborted();
    const sums = await readTotals(db, look.place, table, look.scope, look.since);
    if (sums.rows > 0) totals.push(sums);
    if (isSame(sums, totalsBefore(before, table.table))) continue;
    await storeGroups(look, table, after, source);
    const looks = { before: before.lookId, after };
    for await (const page of readDifferingGroups(journal, looks, source))
      for (const pair of page) {
        const difference = compareGroups(table, pair.before, pair.after);
        if (difference !== null && look.isExpected?.(difference) !== true) found.add(difference);
      }
  }
  return totals;
}

interface CompareOptions {
  readonly signal?: AbortSignal | undefined;
  readonly isExpected?: Expected;
}

async function compare(
  school: School,
  planId: number,
  before: LookBefore,
  { signal, isExpected = () => false }: CompareOptions,
): Promise<Comparison> {
  if (before.watched.length === 0) return { totals: [], losses: 0, others: 0, kept: [] };
  const place = await findPlace(school.db, school.moodle);
  const found = new DifferenceList();
  const look = { school, place, scope: scopeOf(planId, before), since: before.since, signal, isExpected };
  const totals = await compareTables(look, before, found);
  const courses = [...new Set(found.kept.map(({ difference }) => difference.courseId))];
  const names = await readCourseNames(school.db, place, courses);
  return {
    totals,
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
  options: CompareOptions = {},
): Promise<GradeSafety | null> {
  const { journal } = school;
  const before = await selectLookBefore(journal, planId);
  if (before === null) return null;
  const [known] = await selectGradeSafety(journal, [planId]);
  if (known?.after == null)
    await storeComparison(journal, planId, await compare(school, planId, before, options));
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
