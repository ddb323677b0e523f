/** What a call did that nobody heard the end of: found out by reading Moodle, before anything is asked again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { selectListsInFlight } from '../journal/deletions-in-flight.js';
import { selectAskedAgoMs, selectItemsIn, updateItemStates } from '../journal/deletions.js';
import { takeNumber } from '../journal/fence.js';
import type { Journal } from '../journal/journal.js';
import type { DeletionResult } from '../model/deletion.js';
import type { TablePlace } from '../moodle/sql/statement.js';
import type { School } from '../schools.js';
import { fenced } from './fence.js';
import { lookAt } from './look.js';
import { settleDeleted } from './settle.js';

const LOOK_EVERY_MS = 500;

export type Items = readonly DeletionResult[];
export const seqsOf = (items: Items): number[] => items.map(({ seq }) => seq);

/** One list, under a fence that was taken. */
export interface Settling {
  readonly school: School;
  readonly place: TablePlace;
  readonly deletionId: number;
  /** Who approved the list. */
  readonly account: string;
  readonly fence: number;
  /** How long Moodle may still be at work on a call that it has not answered. */
  readonly unansweredMs: number;
  readonly signal: AbortSignal;
}

/**
 * Moodle does not have these any more: by us, if a call for them may have done it, else by somebody else. Call inside a
 * fenced transaction; `attempts` are calls before the one that is known to have done nothing.
 */
export async function putGone(
  journal: Journal,
  { deletionId, account }: Pick<Settling, 'deletionId' | 'account'>,
  gone: Items,
): Promise<void> {
  const byUs = gone.filter(({ attempts }) => attempts > 0);
  const others = gone.filter(({ attempts }) => attempts === 0);
  if (byUs.length > 0) await settleDeleted(journal, deletionId, byUs, account);
  if (others.length > 0) await updateItemStates(journal, deletionId, seqsOf(others), 'gone');
}

/** Reads Moodle and settles what it no longer has. Returns what it still has. `refused`: the last call did nothing. */
export async function settleGone(work: Settling, items: Items, last: 'done' | 'refused'): Promise<Items> {
  const { school, place, deletionId, account, fence } = work;
  const seen = await lookAt(school.journal.db, place, items);
  const gone = items.filter(({ seq }) => seen.get(seq) === 'gone');
  if (gone.length > 0)
    await fenced(school.journal, fence, (journal) =>
      last === 'done' ? settleDeleted(journal, deletionId, gone, account) : putGone(journal, work, gone),
    );
  return items.filter((item) => !gone.includes(item));
}

/** Writes down what became of items that Moodle still has. */
export async function putState(
  work: Settling,
  items: Items,
  state: 'pending' | 'failed',
  errorcode: string | null = null,
): Promise<void> {
  if (items.length === 0) return;
  await fenced(work.school.journal, work.fence, (journal) =>
    updateItemStates(journal, work.deletionId, seqsOf(items), state, errorcode),
  );
}

/** Waits while Moodle may still be at work on an unanswered call; then what it still has is pending again. */
export async function settleUnanswered(work: Settling, items: Items): Promise<Items> {
  // the database's clock may have been set back since Moodle was asked: never wait for longer than this
  const until = performance.now() + work.unansweredMs;
  for (let left = items; ;) {
    left = await settleGone(work, left, 'done');
    if (left.length === 0) return left;
    const ago = await selectAskedAgoMs(work.school.journal, work.deletionId, seqsOf(left));
    const wait = Math.min(ago === null ? 0 : work.unansweredMs - ago, until - performance.now());
    if (wait <= 0) {
      await putState(work, left, 'pending');
      return left;
    }
    await sleep(Math.min(LOOK_EVERY_MS, wait), undefined, { signal: work.signal });
  }
}

/**
 * Settles what was in flight when a run ended before its time, in whatever list: what Moodle no longer has was deleted
 * by us, the rest was not, and may be listed again. The caller holds the target.
 */
export async function settleInFlight(
  school: School,
  place: TablePlace,
  { unansweredMs, signal }: Pick<Settling, 'unansweredMs' | 'signal'>,
): Promise<void> {
  const lists = await selectListsInFlight(school.journal);
  if (lists.length === 0) return;
  const fence = await takeNumber(school.database, school.journalSchema, school.journal.targetId);
  for (const { deletionId, account } of lists) {
    const items = await selectItemsIn(school.journal, deletionId, 'in-flight');
    await settleUnanswered({ school, place, deletionId, account, fence, unansweredMs, signal }, items);
  }
}
