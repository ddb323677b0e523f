/** Writing down what became of items. What was deleted stops being ours in the same transaction. */
import { updateItemStates } from '../journal/deletions.js';
import type { Journal } from '../journal/journal.js';
import { giveUp, type ManagedKey } from '../journal/managed-history.js';
import {
  deleteWithdrawnKeys,
  selectKeysOfCourses,
  selectKeysOfEnrolments,
  selectKeysOfUsers,
} from '../journal/owned-by.js';
import type { DeletionItem, DeletionKind } from '../model/deletion.js';

const keysOf: Readonly<
  Record<DeletionKind, (journal: Journal, ids: readonly number[]) => Promise<ManagedKey[]>>
> = {
  user: selectKeysOfUsers,
  course: selectKeysOfCourses,
  enrolment: selectKeysOfEnrolments,
};

function unique(keys: readonly ManagedKey[]): ManagedKey[] {
  return [
    ...new Map(keys.map((key) => [JSON.stringify([key.kind, key.externalId, key.secondId]), key])).values(),
  ];
}

/** Call inside a fenced transaction. */
export async function settleDeleted(
  journal: Journal,
  deletionId: number,
  items: readonly DeletionItem[],
  account: string,
): Promise<void> {
  for (const kind of ['user', 'course', 'enrolment'] as const) {
    const own = items.filter((item) => item.kind === kind);
    if (own.length === 0) continue;
    const keys = unique(
      await keysOf[kind](
        journal,
        own.map(({ moodleId }) => moodleId),
      ),
    );
    await giveUp(journal, keys, 'deleted', account);
    await deleteWithdrawnKeys(journal, [
      ...keys,
      ...own.map(({ externalId, secondId }) => ({ kind, externalId, secondId })),
    ]);
    await updateItemStates(
      journal,
      deletionId,
      own.map(({ seq }) => seq),
      'deleted',
    );
  }
}
