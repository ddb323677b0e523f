/**
 * A slice of an approved list: calls until time is up, nothing is pending, the brake is set or Moodle refuses us.
 *
 * Exactly once: an item is marked in flight in a committed transaction before Moodle is asked, and what an unanswered
 * call did is found out by reading Moodle before anything is asked again.
 */
import {
  countDeletionStates,
  markInFlight,
  selectDeletion,
  selectDeletionItems,
  selectItemsIn,
  updateItemStates,
} from '../journal/deletions.js';
import { takeNumber } from '../journal/fence.js';
import { selectTarget } from '../journal/targets.js';
import { selectWithdrawnIds } from '../journal/withdrawn.js';
import type { DeletionProgress, DeletionResult } from '../model/deletion.js';
import { RolloverError } from '../model/errors.js';
import type { TablePlace } from '../moodle/sql/statement.js';
import { getSiteInfo } from '../moodle/webservice/functions.js';
import { deletionHash } from '../rules/deletion/hash.js';
import type { School } from '../schools.js';
import { askMoodle, callSizes, type Answer } from './ask-moodle.js';
import { fenced } from './fence.js';
import { lookAt } from './look.js';
import type { DeletionPoint } from './points.js';
import { putGone, putState, seqsOf, settleGone, settleUnanswered, type Items } from './unanswered.js';

/** refused: Moodle does nothing for our account; a person must mend that. */
export type DeletionSliceEnd = 'more' | 'done' | 'paused' | 'refused';

export interface DeletionSlice {
  readonly ended: DeletionSliceEnd;
  readonly progress: DeletionProgress;
  /** Moodle's code when it refused. */
  readonly errorcode?: string;
}

export interface DeletionSliceInput {
  readonly school: School;
  readonly place: TablePlace;
  readonly deletionId: number;
  /** The hash that was approved. */
  readonly approvedHash: string;
  readonly holder: string;
  readonly sliceMs: number;
  /** How long Moodle may still be at work on a call that it has not answered. */
  readonly unansweredMs: number;
  readonly signal: AbortSignal;
  readonly onPoint: (point: DeletionPoint) => void | Promise<void>;
}

/** A single item is given up after so many calls of which nothing came. */
const MOST_ATTEMPTS = 3;
/** So many refusals of the same kind, and nothing that was done: it is not about the items. */
const ALL_REFUSED = 3;
const lackingRight: ReadonlySet<string> = new Set(['nopermissions', 'requireloginerror']);

/** Why a slice ends before its time. */
class Stop extends Error {
  constructor(
    readonly ended: 'paused' | 'refused',
    readonly errorcode?: string,
  ) {
    super(ended);
  }
}

interface Work extends DeletionSliceInput {
  readonly fence: number;
  readonly account: string;
}

/** @throws RolloverError PlanAltered, TargetHeld */
async function checkApproved(input: DeletionSliceInput): Promise<string> {
  const { journal } = input.school;
  const header = await selectDeletion(journal, input.deletionId);
  const altered = new RolloverError(
    'PlanAltered',
    `List ${input.deletionId} is not the one that was approved.`,
  );
  if (header.hash !== input.approvedHash || header.verdict !== 'approved' || header.account === null)
    throw altered;
  const progress = await countDeletionStates(journal, input.deletionId);
  const items = await selectDeletionItems(journal, input.deletionId);
  if (progress.pending === items.length && deletionHash(items) !== input.approvedHash) throw altered;
  if ((await selectTarget(journal)).holder !== input.holder)
    throw new RolloverError('TargetHeld', 'Another run holds this Moodle.');
  return header.account;
}

/** Marks in flight what is still as it was listed; the rest is settled. Returns what Moodle is to be asked for. */
async function prepare(work: Work, items: Items): Promise<Items> {
  const { school, place, deletionId, fence } = work;
  return fenced(school.journal, fence, async (journal, brake) => {
    if (brake === 'pause') throw new Stop('paused');
    const seen = await lookAt(journal.db, place, items);
    const kind = items[0]?.kind ?? 'user';
    const ids = items.map(({ moodleId }) => moodleId);
    const withdrawn = await selectWithdrawnIds(journal, kind, ids);
    const verdictOf = ({ seq, moodleId }: DeletionResult): string => {
      const one = seen.get(seq) ?? 'gone';
      return one === 'as-listed' && !withdrawn.has(moodleId) ? 'in-knowledgenet' : one;
    };
    const going = items.filter((item) => verdictOf(item) === 'as-listed');
    await putGone(
      journal,
      work,
      items.filter((item) => verdictOf(item) === 'gone'),
    );
    for (const item of items) {
      const verdict = verdictOf(item);
      if (verdict !== 'as-listed' && verdict !== 'gone')
        await updateItemStates(journal, deletionId, [item.seq], 'kept', verdict);
    }
    await markInFlight(journal, deletionId, seqsOf(going));
    return going;
  });
}

function halves(items: Items): [Items, Items] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}

async function inHalves(work: Work, items: Items): Promise<void> {
  for (const half of halves(items)) if (half.length > 0) await deleteItems(work, half);
}

/** When every first one is refused for lack of a right, all others would be, too. */
async function stopIfAllRefused(work: Work, errorcode: string): Promise<void> {
  if (!lackingRight.has(errorcode)) return;
  const progress = await countDeletionStates(work.school.journal, work.deletionId);
  if (progress.deleted > 0 || progress.failed < ALL_REFUSED) return;
  throw new Stop('refused', errorcode);
}

async function takeRefusal(work: Work, items: Items, errorcode: string): Promise<void> {
  const left = await settleGone(work, items, 'refused');
  if (left.length === 1 && items.length === 1) {
    await putState(work, left, 'failed', errorcode);
    return stopIfAllRefused(work, errorcode);
  }
  await putState(work, left, 'pending');
  await inHalves(work, left);
}

/** A Moodle that answers nobody is no reason to give up items. @throws RolloverError WebServiceUnavailable */
async function requireSite({ school, signal }: Work): Promise<void> {
  if (school.webService !== undefined) await getSiteInfo(school.webService, { signal });
}

async function takeUnknown(
  work: Work,
  items: Items,
  answer: Extract<Answer, { kind: 'unknown' }>,
): Promise<void> {
  const left = await settleUnanswered(answer.ended ? { ...work, unansweredMs: 0 } : work, items);
  const [only] = left;
  if (only === undefined) return;
  await requireSite(work);
  // this call may still be at work when the halves are asked for
  if (items.length > 1)
    return inHalves(
      work,
      left.map((item) => ({ ...item, attempts: item.attempts + 1 })),
    );
  // attempts: before this call
  if (only.attempts + 1 >= MOST_ATTEMPTS) return putState(work, left, 'failed', answer.errorcode);
  throw new RolloverError('WebServiceUnavailable', 'Moodle has not answered, and has not done it.', {
    errorcode: answer.errorcode,
  });
}

async function takeAnswered(work: Work, items: Items, refused: ReadonlyMap<number, string>): Promise<void> {
  const left = await settleGone(work, items, 'done');
  for (const item of left)
    await putState(work, [item], 'failed', refused.get(item.moodleId) ?? 'not-deleted');
  const [first] = left;
  if (first !== undefined) await stopIfAllRefused(work, refused.get(first.moodleId) ?? 'not-deleted');
}

/** One call, and what follows from its answer; a call that fails as a whole is cut in halves until the culprit is found. */
async function deleteItems(work: Work, items: Items): Promise<void> {
  const { webService } = work.school;
  if (webService === undefined) throw new Stop('refused', 'no-web-service');
  work.signal.throwIfAborted();
  const going = await prepare(work, items);
  if (going.length === 0) return;
  await work.onPoint('in-flight');
  const answer = await askMoodle(webService, going, work.signal);
  await work.onPoint('answered');
  switch (answer.kind) {
    case 'answered':
      await takeAnswered(work, going, answer.refused);
      break;
    case 'refused':
      await takeRefusal(work, going, answer.errorcode);
      break;
    case 'unknown':
      await takeUnknown(work, going, answer);
      break;
    case 'closed':
      await putState(work, await settleGone(work, going, 'refused'), 'pending');
      if (answer.error.retryable) throw answer.error;
      throw new Stop('refused', answer.errorcode);
  }
  await work.onPoint('settled');
}

/** The next items of one kind that go in one call. */
async function nextItems({ school, deletionId }: Work): Promise<Items> {
  const pending = await selectItemsIn(school.journal, deletionId, 'pending', 100);
  const [first] = pending;
  if (first === undefined) return [];
  return pending.filter(({ kind }) => kind === first.kind).slice(0, callSizes[first.kind]);
}

async function carryOut(work: Work): Promise<DeletionSliceEnd> {
  // not the time of day: that may be set back by an hour
  const until = performance.now() + work.sliceMs;
  const before = await selectItemsIn(work.school.journal, work.deletionId, 'in-flight');
  await settleUnanswered(work, before);
  for (;;) {
    const items = await nextItems(work);
    if (items.length === 0) return 'done';
    await deleteItems(work, items);
    if (performance.now() >= until) return 'more';
  }
}

/** Runs one slice. @throws RolloverError PlanAltered, TargetHeld, Fenced, WebServiceUnavailable, DatabaseUnavailable */
export async function deleteSlice(input: DeletionSliceInput): Promise<DeletionSlice> {
  const { school, deletionId } = input;
  const account = await checkApproved(input);
  const fence = await takeNumber(school.database, school.journalSchema, school.journal.targetId);
  const progress = (): Promise<DeletionProgress> => countDeletionStates(school.journal, deletionId);
  try {
    return { ended: await carryOut({ ...input, account, fence }), progress: await progress() };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const { ended, errorcode } = error;
    return { ended, progress: await progress(), ...(errorcode === undefined ? {} : { errorcode }) };
  }
}
