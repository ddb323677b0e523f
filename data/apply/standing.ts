/**
 * What suspending, hiding and their taking back have in common. Each row is read again under lock: one that is so
 * already is satisfied and not ours, one that is no longer the row we know is a conflict.
 */
import { deleteWithdrawn, insertWithdrawn, selectWithdrawnIds } from '../journal/withdrawn.js';
import type { ChangeResult } from '../journal/plans.js';
import type { NoticeCode } from '../model/notice-codes.js';
import type { MildChange } from '../model/removal.js';
import type { BatchContext, BatchOutcome } from './batch.js';

/** What became of one change when its row was read again. */
export type Look = 'to-do' | 'so-already' | NoticeCode;

export interface Looked<C extends MildChange> {
  readonly change: C;
  readonly look: Look;
}

function toResult({ change: { seq, moodleId }, look }: Looked<MildChange>): ChangeResult {
  if (look === 'to-do') return { seq, state: 'applied', moodleId };
  if (look === 'so-already') return { seq, state: 'satisfied', moodleId };
  return { seq, state: 'conflict', reason: look };
}

function keysOf(change: MildChange): readonly [string, string] {
  return change.kind === 'enrolment' ? [change.group, change.person] : [change.externalId, ''];
}

function toDo<C extends MildChange>(looked: readonly Looked<C>[]): C[] {
  return looked.filter(({ look }) => look === 'to-do').map(({ change }) => change);
}

/** Writes what is to be suspended or hidden, and remembers that it is so by our doing. */
export async function withdraw<C extends MildChange>(
  { journal, session }: BatchContext,
  looked: readonly Looked<C>[],
  write: (changes: readonly C[]) => Promise<void>,
): Promise<BatchOutcome> {
  const changes = toDo(looked);
  await write(changes);
  await insertWithdrawn(
    journal,
    changes.map((change) => {
      const [externalId, secondId] = keysOf(change);
      const { kind, moodleId, seq } = change;
      return { kind, externalId, secondId, moodleId, planId: session.planId, seq };
    }),
  );
  return { results: looked.map(toResult), committed: () => undefined };
}

/**
 * Takes back what we suspended or hid, and forgets it. What the journal does not know as ours stays; what somebody
 * has taken back meanwhile is forgotten, too.
 */
export async function takeBack<C extends MildChange>(
  { journal }: BatchContext,
  looked: readonly Looked<C>[],
  write: (changes: readonly C[]) => Promise<void>,
): Promise<BatchOutcome> {
  const [first] = looked;
  if (first === undefined) return { results: [], committed: () => undefined };
  const { kind } = first.change;
  const ids = looked.map(({ change }) => change.moodleId);
  const ours = await selectWithdrawnIds(journal, kind, ids);
  const judged = looked.map((one): Looked<C> => {
    const foreign = one.look === 'to-do' && !ours.has(one.change.moodleId);
    return foreign ? { change: one.change, look: 'value-changed-in-moodle' } : one;
  });
  const done = judged.filter(({ look }) => look === 'to-do' || look === 'so-already');
  await write(toDo(judged));
  await deleteWithdrawn(
    journal,
    kind,
    done.map(({ change }) => change.moodleId),
  );
  return { results: judged.map(toResult), committed: () => undefined };
}
