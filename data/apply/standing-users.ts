/** Accounts are suspended, and activated again when their person is back in KN. */
import type { UserReactivate, UserSuspend } from '../model/removal.js';
import { siteAccountIds } from '../moodle/read.js';
import { selectUsersByIds } from '../moodle/reread.js';
import { setUsersSuspended } from '../moodle/write/standing.js';
import type { BatchContext, BatchOutcome } from './batch.js';
import { takeBack, withdraw, type Look, type Looked } from './standing.js';

async function look<C extends UserSuspend | UserReactivate>(
  { session, write }: BatchContext,
  changes: readonly C[],
  suspended: boolean,
): Promise<Looked<C>[]> {
  const ids = changes.map((change) => change.moodleId);
  const users = await selectUsersByIds(write.db, write.site, ids);
  const siteAccounts = siteAccountIds(write.site);
  const judge = ({ moodleId, externalId, username }: C): Look => {
    const user = users.get(moodleId);
    const managed = session.managedUsers.get(externalId);
    if (user === undefined || user.deleted) return 'user-deleted';
    if (siteAccounts.has(user.id)) return 'site-account';
    if (user.idnumber !== externalId || managed?.moodleId !== moodleId) return 'link-broken';
    if (managed.timecreated !== user.timecreated) return 'link-restored';
    if (user.username !== username) return 'value-changed-in-moodle';
    return user.suspended === suspended ? 'so-already' : 'to-do';
  };
  return changes.map((change) => ({ change, look: judge(change) }));
}

/** Suspends accounts and ends their sessions. */
export async function suspendUsers(
  context: BatchContext,
  changes: readonly UserSuspend[],
): Promise<BatchOutcome> {
  return withdraw(context, await look(context, changes, true), (free) =>
    setUsersSuspended(
      context.write,
      free.map(({ moodleId }) => moodleId),
      true,
    ),
  );
}

/** Activates accounts that we suspended. */
export async function reactivateUsers(
  context: BatchContext,
  changes: readonly UserReactivate[],
): Promise<BatchOutcome> {
  return takeBack(context, await look(context, changes, false), (free) =>
    setUsersSuspended(
      context.write,
      free.map(({ moodleId }) => moodleId),
      false,
    ),
  );
}
