/** What Moodle said of the accounts and courses that a plan proposes; beside the plan, outside its hash. */
import { bulkInsert } from '../database/bulk.js';
import type { MoodleSide } from '../model/link-sides.js';
import { select, type Journal } from './journal.js';

/** The kind under which they lie beside a plan's other items. */
export const sideItem = 'moodle-side';

export async function insertMoodleSides(
  journal: Journal,
  planId: number,
  sides: readonly MoodleSide[],
): Promise<void> {
  const rows = sides.map((side, index) => [planId, sideItem, index + 1, JSON.stringify(side)]);
  await bulkInsert(journal.db, 'plan_item', ['plan_id', 'kind', 'ordinal', 'body'], rows);
}

/** Empty for plans of earlier versions. */
export async function selectMoodleSides(journal: Journal, planId: number): Promise<MoodleSide[]> {
  const statement = `SELECT body FROM plan_item WHERE plan_id = ? AND kind = '${sideItem}' ORDER BY ordinal`;
  const rows = await select<{ body: string }>(journal.db, statement, [planId]);
  return rows.map(({ body }) => JSON.parse(body) as MoodleSide);
}
