/** Accounts that a run made go again, and those that it linked are nobody's of ours. */
import { giveUp } from '../../journal/managed-history.js';
import { putManaged, type ManagedRow } from '../../journal/managed.js';
import { deleteWithdrawn } from '../../journal/withdrawn.js';
import type { NoticeCode } from '../../model/notice-codes.js';
import type { ManagedUser } from '../../model/plan.js';
import type { UserRemove, UserUnlink } from '../../model/undo.js';
import type { UserPatch } from '../../moodle/drafts.js';
import { findUsersByIdnumber, selectUsersByIds, type ReadUser } from '../../moodle/reread.js';
import { levels, selectContexts } from '../../moodle/sql/context.js';
import { lookAtUsers } from '../../moodle/use/users.js';
import { removeUsers as writeRemovals } from '../../moodle/write/remove.js';
import { updateUsers } from '../../moodle/write/users.js';
import type { BatchContext, BatchOutcome } from '../batch.js';
import { refuseReferred } from './look-again.js';
import { referencesOf } from './references.js';
import { toResult } from '../result.js';
import { reasonToKeep } from './reason-to-keep.js';

type Ended = UserRemove | UserUnlink;

interface OwnAccount extends ManagedRow {
  readonly body: Pick<ManagedUser, 'fields'>;
}

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
  const user = free.map((change) => change.moodleId);
  const places = await selectContexts(write.db, write.site, levels.user, user);
  await writeRemovals(write, user);
  const committed = await letGo(context, free);
  return {
    results: changes.map((change) => toResult(change.seq, refused.get(change) ?? null, change.moodleId)),
    committed,
    confirm: () => refuseReferred(context, { user, context: places.map((row) => row.id) }),
  };
}

/** Why accounts keep their idnumber; who gives one up to another account of the batch is not in that one's way. */
async function unlinkObjections(
  { session, write }: BatchContext,
  changes: readonly UserUnlink[],
  users: ReadonlyMap<number, ReadUser>,
): Promise<ReadonlyMap<UserUnlink, NoticeCode>> {
  const idnumbers = changes.map((change) => change.after.idnumber);
  const held = await findUsersByIdnumber(write.db, write.site, idnumbers);
  const refused = new Map<UserUnlink, NoticeCode>();
  for (const change of changes) {
    const { moodleId, externalId, before, insteadOf } = change;
    const user = users.get(moodleId);
    const isOurs = session.managedUsers.get(externalId)?.moodleId === moodleId;
    if (insteadOf !== undefined && users.get(insteadOf)?.idnumber !== '')
      refused.set(change, 'value-changed-in-moodle');
    if (user?.idnumber !== before.idnumber || !isOurs) refused.set(change, 'link-broken');
    if (user === undefined || user.deleted) refused.set(change, 'user-deleted');
  }
  for (let more = true; more;) {
    const free = changes.filter((change) => !refused.has(change));
    const leaving = new Set(free.map((change) => change.moodleId));
    const blocked = free.filter(({ moodleId, after }) => {
      const holder = held.get(after.idnumber) ?? moodleId;
      return holder !== moodleId && !leaving.has(holder);
    });
    for (const change of blocked) refused.set(change, 'duplicate-idnumber');
    more = blocked.length > 0;
  }
  return refused;
}

/** Whose idnumber comes back is ours again, with the values that it has. */
function toManaged({ session }: BatchContext, change: UserUnlink, user: ReadUser): OwnAccount {
  const { username, firstname, lastname, email } = user;
  const values = Object.entries({ username, firstname, lastname, email });
  return {
    kind: 'user',
    externalId: change.externalId,
    moodleId: user.id,
    origin: 'linked',
    naturalKey: username,
    naturalNumber: user.timecreated,
    planId: session.planId,
    seq: change.seq,
    body: { fields: Object.fromEntries(values.map(([name, value]) => [name, { kn: value, moodle: value }])) },
  };
}

/** Accounts get their idnumber back, and those that had given theirs up to them get it again. */
export async function unlinkUsers(
  context: BatchContext,
  changes: readonly UserUnlink[],
): Promise<BatchOutcome> {
  const { journal, write } = context;
  const ids = changes.flatMap(({ moodleId, insteadOf = moodleId }) => [moodleId, insteadOf]);
  const users = await selectUsersByIds(write.db, write.site, [...new Set(ids)]);
  const refused = await unlinkObjections(context, changes, users);
  const free = changes.filter((change) => !refused.has(change));
  const own = free
    .filter(({ before, after }) => before.idnumber !== after.idnumber)
    .map(({ moodleId: id, after }): UserPatch => ({ id, set: after }));
  const returned = free.flatMap(({ insteadOf: id, before }): UserPatch[] =>
    id === undefined ? [] : [{ id, set: before }],
  );
  await updateUsers(write, [...own, ...returned]);
  const committed = await letGo(context, free);
  const again = free.flatMap((change) => {
    const user = users.get(change.insteadOf ?? 0);
    return user === undefined ? [] : [toManaged(context, change, user)];
  });
  await putManaged(journal, again);
  return {
    results: changes.map((change) => toResult(change.seq, refused.get(change) ?? null, change.moodleId)),
    committed() {
      committed();
      for (const { externalId, moodleId, naturalKey, naturalNumber, body } of again)
        context.session.managedUsers.set(externalId, {
          externalId,
          moodleId,
          origin: 'linked',
          username: naturalKey,
          timecreated: naturalNumber,
          fields: body.fields,
        });
    },
  };
}
