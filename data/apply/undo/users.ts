/** Accounts that a run made go again, and those that it linked are nobody's of ours. */
import { giveUp } from '../../journal/managed-history.js';
import { deleteWithdrawn } from '../../journal/withdrawn.js';
import type { NoticeCode } from '../../model/notice-codes.js';
import type { UserRemove, UserUnlink } from '../../model/undo.js';
import type { UserPatch } from '../../moodle/drafts.js';
import { findUsersByIdnumber, selectUsersByIds } from '../../moodle/reread.js';
import { lookAtUsers } from '../../moodle/use/users.js';
import { removeUsers as writeRemovals } from '../../moodle/write/remove.js';
import { updateUsers } from '../../moodle/write/users.js';
import type { BatchContext, BatchOutcome } from '../batch.js';
import { referencesOf } from './references.js';
import { toResult } from '../result.js';
import { reasonToKeep } from './reason-to-keep.js';

type Ended = UserRemove | UserUnlink;

/** They are not ours any more. */
async function letGo({ journal, session }: BatchContext, changes: readonly Ended[]): Promise<() => void> {
  const keys = changes.map(({ externalId }) => ({ kind: 'user' as const, externalId, secondId: '' }));
  await giveUp(journal, keys, 'undone', 'undo');
  await deleteWithdrawn(
    journal,
    'user',
    changes.map((change) => change.moodleId),
  );
  return () => changes.forEach(({ externalId }) => session.managedUsers.delete(externalId));
}

/** Deletes accounts of which it is proved once more, under lock, that nobody has used them. */
export async function removeUsers(
  context: BatchContext,
  changes: readonly UserRemove[],
): Promise<BatchOutcome> {
  const { session, write } = context;
  const references = await referencesOf(context);
  const wanted = changes.map(({ moodleId: id, externalId, values }) => ({
    id,
    values,
    timecreated: session.managedUsers.get(externalId)?.timecreated ?? 0,
  }));
  const looked = await lookAtUsers(write.db, write.site, references, wanted, true);
  const objection = ({ moodleId, externalId }: UserRemove): NoticeCode | null => {
    const found = looked.get(moodleId);
    if (found === undefined) return 'user-deleted';
    if (session.managedUsers.get(externalId)?.moodleId !== moodleId) return 'link-broken';
    return reasonToKeep(found.use, found.enrolments);
  };
  const refused = new Map(changes.map((change) => [change, objection(change)]));
  const free = changes.filter((change) => refused.get(change) === null);
  await writeRemovals(
    write,
    free.map((change) => change.moodleId),
  );
  const committed = await letGo(context, free);
  return {
    results: changes.map((change) => toResult(change.seq, refused.get(change) ?? null, change.moodleId)),
    committed,
  };
}

/** Accounts get their idnumber back. */
export async function unlinkUsers(
  context: BatchContext,
  changes: readonly UserUnlink[],
): Promise<BatchOutcome> {
  const { session, write } = context;
  const ids = changes.map((change) => change.moodleId);
  const users = await selectUsersByIds(write.db, write.site, ids);
  const held = await findUsersByIdnumber(
    write.db,
    write.site,
    changes.map((change) => change.after.idnumber),
  );
  const objection = ({ moodleId, externalId, before, after }: UserUnlink): NoticeCode | null => {
    const user = users.get(moodleId);
    if (user === undefined || user.deleted) return 'user-deleted';
    if (user.idnumber !== before.idnumber || session.managedUsers.get(externalId)?.moodleId !== moodleId)
      return 'link-broken';
    return (held.get(after.idnumber) ?? moodleId) === moodleId ? null : 'duplicate-idnumber';
  };
  const refused = new Map(changes.map((change) => [change, objection(change)]));
  const free = changes.filter((change) => refused.get(change) === null);
  const patches = free
    .filter(({ before, after }) => before.idnumber !== after.idnumber)
    .map(({ moodleId: id, after }): UserPatch => ({ id, set: after }));
  await updateUsers(write, patches);
  const committed = await letGo(context, free);
  return {
    results: changes.map((change) => toResult(change.seq, refused.get(change) ?? null, change.moodleId)),
    committed,
  };
}
