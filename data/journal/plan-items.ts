/**
 * The lists beside a plan's changes. A row holds a page of a list: a plan in which deletion is off keeps hundreds of
 * thousands of things, and a row for each would cost as much as the changes. Earlier versions stored one item a row.
 */
import { bulkInsert, type Cell } from '../database/bulk.js';
import type { GuardVerdict } from '../model/guard.js';
import type { Kept, LinkProposal, Notice, Plan, ReusedCode } from '../model/plan.js';
import { select, type Journal } from './journal.js';

interface PlanItems {
  readonly notice: readonly Notice[];
  readonly kept: readonly Kept[];
  readonly proposal: readonly LinkProposal[];
  readonly reused: readonly ReusedCode[];
  readonly guard: readonly GuardVerdict[];
}
export type PlanItemKind = keyof PlanItems;

/** Characters of a page; four bytes each are still less than the column holds. A longer item has a page of its own. */
const PAGE = 15_000;

/** Items as text, page by page. */
export function* toPages(items: readonly unknown[]): Generator<string> {
  let page = '';
  for (const item of items) {
    const text = JSON.stringify(item);
    if (page !== '' && page.length + text.length > PAGE) {
      yield `[${page}]`;
      page = '';
    }
    page += page === '' ? text : `,${text}`;
  }
  if (page !== '') yield `[${page}]`;
}

/** Items of a page, or the one item of a row of earlier versions. */
export function fromPage<T>(body: string): T[] {
  const read = JSON.parse(body) as T | T[];
  return Array.isArray(read) ? read : [read];
}

function* itemRows(planId: number, kind: PlanItemKind, items: readonly unknown[]): Generator<Cell[]> {
  let ordinal = 0;
  for (const page of toPages(items)) yield [planId, kind, ++ordinal, page];
}

/** Stores notices, kept things, link proposals, questions and guards of an unsealed plan. */
export async function insertPlanItems(journal: Journal, planId: number, plan: Plan): Promise<void> {
  const items: PlanItems = {
    notice: plan.notices,
    kept: plan.kept,
    proposal: plan.proposals,
    reused: plan.reusedCodes,
    guard: plan.guards ?? [],
  };
  const columns = ['plan_id', 'kind', 'ordinal', 'body'];
  for (const [kind, list] of Object.entries(items) as [PlanItemKind, readonly unknown[]][])
    await bulkInsert(journal.db, 'plan_item', columns, itemRows(planId, kind, list));
}

/** One of these lists, in its order. */
export async function selectPlanItems<K extends PlanItemKind>(
  journal: Journal,
  planId: number,
  kind: K,
): Promise<PlanItems[K]> {
  const statement = 'SELECT body FROM plan_item WHERE plan_id = ? AND kind = ? ORDER BY ordinal';
  const rows = await select<{ body: string }>(journal.db, statement, [planId, kind]);
  return rows.flatMap(({ body }) =>
    fromPage<PlanItems[K][number]>(body),
  ) as readonly unknown[] as PlanItems[K];
}
