/** Gathers the proof of grade safety of a run's plans. */
import {
  selectDifferences,
  selectGradeSafety,
  type StoredDifference,
} from '../../data/journal/grade-safety.js';
import type { Journal } from '../../data/journal/journal.js';
import type { GradeSafety } from '../../data/model/grade-safety.js';
import type { Bounded, Item } from '../../pages/content.js';
import type { ComparedPlan, ComparedTable, GradeProof } from '../../pages/parts/grade-safety.js';
import { countOf, when } from '../text/format.js';
import type { Names } from './names.js';

/** What a difference is, in words. */
export function describeDifference(one: StoredDifference): string {
  const lost = Object.entries(one.lostValues).map(([column, number]) => `${number} × ${column} gone`);
  return [
    ...(one.lostRows > 0 ? [`${countOf(one.lostRows, 'row')} gone`] : []),
    ...lost,
    ...(one.newRows > 0 ? [`${countOf(one.newRows, 'row')} new`] : []),
    ...(one.newValues > 0 ? [`${countOf(one.newValues, 'value')} new`] : []),
    ...(one.changed ? ['other values'] : []),
  ].join(', ');
}

function courseOf({ course, group, courseId }: StoredDifference): string {
  const name = course ?? `course ${courseId}, which is gone`;
  return group === null || group === name ? name : `${name} (${group})`;
}

function toItem(one: StoredDifference, names: Names | null): Item {
  const id = one.person ?? (one.userId === 0 ? 'nobody in particular' : `Moodle account ${one.userId}`);
  return {
    name: one.person === null ? '' : (names?.person(one.person).name ?? ''),
    id,
    what: `${one.table}: ${describeDifference(one)}`,
    detail: courseOf(one),
  };
}

function tablesOf({ totalsBefore, after }: GradeSafety): ComparedTable[] {
  const tables = new Set([...totalsBefore, ...(after?.totals ?? [])].map(({ table }) => table));
  return [...tables].map((table) => {
    const before = totalsBefore.find((one) => one.table === table);
    const now = after?.totals.find((one) => one.table === table);
    return {
      table,
      rowsBefore: before?.rows ?? 0,
      rowsAfter: after === null ? null : (now?.rows ?? 0),
      valuesBefore: before?.values ?? 0,
      valuesAfter: after === null ? null : (now?.values ?? 0),
    };
  });
}

function comparedPlan(safety: GradeSafety): ComparedPlan {
  const { planId, people, courses, after, unread } = safety;
  return {
    planId,
    before: when(safety.before),
    after: after === null ? null : when(after.at),
    people,
    courses,
    losses: after?.losses ?? 0,
    others: after?.others ?? 0,
    tables: tablesOf(safety),
    unread,
  };
}

/** Everything that was compared around these plans. */
export async function gatherGrades(
  journal: Journal,
  planIds: readonly number[],
  names: Names | null,
  limit: number,
  commands: { readonly all: string; readonly undo: string },
): Promise<GradeProof> {
  const plans = await selectGradeSafety(journal, planIds);
  const found: StoredDifference[] = [];
  for (const planId of planIds) found.push(...(await selectDifferences(journal, planId, 10_000)));
  const listed = (loss: boolean): Bounded<Item> => {
    const chosen = found.filter(({ isLoss }) => isLoss === loss);
    const items = chosen.slice(0, limit).map((one) => toItem(one, names));
    return { items, total: chosen.length, command: commands.all };
  };
  const lost = listed(true);
  const what = 'To take the run back, after you have looked at what is named:';
  return {
    plans: plans.map(comparedPlan),
    lost,
    others: listed(false),
    undo: lost.total === 0 ? null : { what, command: commands.undo },
  };
}
