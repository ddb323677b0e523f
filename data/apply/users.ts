/** Users: created, linked, updated. Each re-reads what a person may have changed since the plan. */
import { insertManaged, putManaged, updateManaged, type ManagedRow } from '../journal/managed.js';
import type { ChangeResult } from '../journal/plans.js';
import { selectPasswordHashes } from '../journal/passwords.js';
import type { NoticeCode } from '../model/notice-codes.js';
import type { ManagedUser, UserCreate, UserLink, UserUpdate, UserValues } from '../model/plan.js';
import {
  findTakenEmails,
  findTakenUsernames,
  findUsersByIdnumber,
  selectUsersByIds,
  type ReadUser,
  type Taken,
} from '../moodle/reread.js';
import type { UserDraft, UserPatch } from '../moodle/drafts.js';
import { createUsers as writeUsers, updateUsers as writeUserUpdates } from '../moodle/write/users.js';
import type { BatchContext, BatchOutcome } from './batch.js';
import { toResult } from './result.js';

type Fields = ManagedUser['fields'];

/** Fields whose KN value is remembered with a user. */
const followed = ['username', 'firstname', 'lastname', 'email'] as const;

function fieldsWritten(values: Omit<UserValues, 'auth'>): Fields {
  return Object.fromEntries(followed.map((name) => [name, { kn: values[name], moodle: values[name] }]));
}

/** A linked account keeps its own values; only those equal to KN's follow KN later. */
function fieldsFound(values: Omit<UserValues, 'auth'>, user: ReadUser): Fields {
  return Object.fromEntries(
    followed.map((name) => [
      name,
      { kn: values[name], moodle: user[name] === values[name] ? values[name] : null },
    ]),
  );
}

/** What is remembered about an account besides its keys. */
function bodyOf({ fields, nsn }: { readonly fields: Fields; readonly nsn?: string | undefined }): object {
  return nsn === undefined ? { fields } : { fields, nsn };
}

/** Internal auth plugins store hashes; the others a marker, and oauth2 nothing (contract §1.1). */
function passwordFor(auth: string, hash: string | undefined): Pick<UserDraft, 'password' | 'passwordSet'> {
  if (auth === 'manual' || auth === 'email')
    return { password: hash ?? 'not cached', passwordSet: hash !== undefined };
  return { password: auth === 'oauth2' || auth === 'nologin' ? '' : 'not cached', passwordSet: false };
}

/** Why a user cannot be created now, or nothing. */
async function objections(
  context: BatchContext,
  changes: readonly UserCreate[],
): Promise<Map<UserCreate, NoticeCode>> {
  const { db, site } = context.write;
  const ids = changes.map((change) => change.externalId);
  const usernames = await findTakenUsernames(
    db,
    site,
    changes.map((change) => change.values.username),
  );
  const emails = await findTakenEmails(
    db,
    site,
    changes.map((change) => change.values.email),
  );
  const idnumbers = await findUsersByIdnumber(db, site, ids);
  const found = new Map<UserCreate, NoticeCode>();
  for (const change of changes) {
    if (emails.has(change.values.email)) found.set(change, 'email-taken');
    if (usernames.has(change.values.username)) found.set(change, 'username-taken');
    if (idnumbers.has(change.externalId) || context.session.managedUsers.has(change.externalId))
      found.set(change, 'duplicate-idnumber');
  }
  return found;
}

/** An account that was made without the password it was to have is said to be so. */
function createResult(
  change: UserCreate,
  refused: NoticeCode | null,
  ids: ReadonlyMap<string, number>,
  hashes: ReadonlyMap<string, string>,
): ChangeResult {
  const result = toResult(change.seq, refused, ids.get(change.values.username));
  const missing = change.withPassword && (hashes.get(change.externalId) ?? '') === '';
  return result.state === 'applied' && missing ? { ...result, reason: 'password-missing' } : result;
}

function toDraft(change: UserCreate, hashes: ReadonlyMap<string, string>): UserDraft {
  const hash = change.withPassword ? hashes.get(change.externalId) : undefined;
  return { ...change.values, ...passwordFor(change.values.auth, hash === '' ? undefined : hash) };
}

/** Creates users that nobody else has become meanwhile. */
export async function createUsers(
  context: BatchContext,
  changes: readonly UserCreate[],
): Promise<BatchOutcome> {
  const { journal, session, write } = context;
  const refused = await objections(context, changes);
  const free = changes.filter((change) => !refused.has(change));
  const wanted = free.filter((change) => change.withPassword).map((change) => change.externalId);
  const hashes = await selectPasswordHashes(journal, session.planId, wanted);
  const ids = await writeUsers(
    write,
    free.map((change) => toDraft(change, hashes)),
  );
  const rows = free.map((change): OwnAccount => {
    const fields = fieldsWritten(change.values);
    return {
      kind: 'user',
      externalId: change.externalId,
      moodleId: ids.get(change.values.username) ?? 0,
      origin: 'created',
      naturalKey: change.values.username,
      naturalNumber: write.now,
      body: bodyOf({ fields, nsn: change.nsn }),
      planId: session.planId,
      seq: change.seq,
      fields,
      nsn: change.nsn,
    };
  });
  await insertManaged(journal, rows);
  return {
    results: changes.map((change) => createResult(change, refused.get(change) ?? null, ids, hashes)),
    committed: () => rows.forEach((row) => remember(context, row)),
  };
}

/** Provenance with what the session keeps of it. */
interface OwnAccount extends ManagedRow {
  readonly fields: Fields;
  readonly nsn: string | undefined;
}

function remember(context: BatchContext, row: OwnAccount): void {
  const { externalId, moodleId, origin, naturalKey, naturalNumber, fields, nsn } = row;
  context.session.managedUsers.set(externalId, {
    externalId,
    moodleId,
    origin,
    username: naturalKey,
    timecreated: naturalNumber,
    fields,
    ...(nsn === undefined ? {} : { nsn }),
  });
}

function linkObjection(change: UserLink, user: ReadUser | undefined, held: Taken): NoticeCode | null {
  const holder = held.get(change.externalId);
  if (holder !== undefined && holder !== change.moodleId && holder !== change.insteadOf)
    return 'duplicate-idnumber';
  if (user === undefined || user.deleted) return 'user-deleted';
  if (user.username !== change.username) return 'link-restored';
  return user.idnumber === change.idnumberBefore ? null : 'link-broken';
}

/** Accounts become ours; an accepted proposal also writes the idnumber. */
export async function linkUsers(context: BatchContext, changes: readonly UserLink[]): Promise<BatchOutcome> {
  const { journal, session, write } = context;
  const moodleIds = changes.map((change) => change.moodleId);
  const users = await selectUsersByIds(write.db, write.site, moodleIds);
  const held = await findUsersByIdnumber(
    write.db,
    write.site,
    changes.map((change) => change.externalId),
  );
  const refused = new Map(
    changes.map((change) => [change, linkObjection(change, users.get(change.moodleId), held)]),
  );
  const free = changes.filter((change) => refused.get(change) === null);
  const patches = free
    .filter((change) => change.idnumberBefore !== change.externalId)
    .map((change): UserPatch => ({ id: change.moodleId, set: { idnumber: change.externalId } }));
  const linked = new Set(free.map((change) => change.moodleId));
  const givenUp = free.flatMap(({ insteadOf, externalId }): UserPatch[] =>
    insteadOf !== undefined && held.get(externalId) === insteadOf && !linked.has(insteadOf)
      ? [{ id: insteadOf, set: { idnumber: '' } }]
      : [],
  );
  await writeUserUpdates(write, [...givenUp, ...patches]);
  const rows = free.flatMap((change): OwnAccount[] => {
    const user = users.get(change.moodleId);
    if (user === undefined) return [];
    const fields = fieldsFound(change.values, user);
    return [
      {
        kind: 'user',
        externalId: change.externalId,
        moodleId: user.id,
        origin: 'linked',
        naturalKey: user.username,
        naturalNumber: user.timecreated,
        body: bodyOf({ fields, nsn: change.nsn }),
        planId: session.planId,
        seq: change.seq,
        fields,
        nsn: change.nsn,
      },
    ];
  });
  await putManaged(journal, rows);
  return {
    results: changes.map((change) => toResult(change.seq, refused.get(change) ?? null, change.moodleId)),
    committed: () => rows.forEach((row) => remember(context, row)),
  };
}

/** Why an update is not made now: the person changed the value, or somebody took the new one. */
async function updateObjections(
  context: BatchContext,
  changes: readonly UserUpdate[],
  users: ReadonlyMap<number, ReadUser>,
): Promise<Map<UserUpdate, NoticeCode>> {
  const { db, site } = context.write;
  const usernames = await findTakenUsernames(
    db,
    site,
    changes.flatMap((change) => change.after.username ?? []),
  );
  const emails = await findTakenEmails(
    db,
    site,
    changes.flatMap((change) => change.after.email ?? []),
  );
  const refused = new Map<UserUpdate, NoticeCode>();
  const takenByOther = (taken: Taken, value: string | undefined, own: number): boolean =>
    value !== undefined && taken.has(value) && taken.get(value) !== own;
  for (const change of changes) {
    const user = users.get(change.moodleId);
    if (takenByOther(emails, change.after.email, change.moodleId)) refused.set(change, 'email-taken');
    if (takenByOther(usernames, change.after.username, change.moodleId))
      refused.set(change, 'username-taken');
    if (followed.some((name) => change.before[name] !== undefined && user?.[name] !== change.before[name]))
      refused.set(change, 'value-changed-in-moodle');
    if (user?.idnumber !== change.externalId) refused.set(change, 'link-broken');
    if (user === undefined || user.deleted) refused.set(change, 'user-deleted');
  }
  return refused;
}

/** KN's changed values follow into Moodle where Moodle still has what we last wrote. */
export async function updateUsers(
  context: BatchContext,
  changes: readonly UserUpdate[],
): Promise<BatchOutcome> {
  const { journal, session, write } = context;
  const moodleIds = changes.map((change) => change.moodleId);
  const users = await selectUsersByIds(write.db, write.site, moodleIds);
  const refused = await updateObjections(context, changes, users);
  const free = changes.filter((change) => !refused.has(change));
  await writeUserUpdates(
    write,
    free.map((change): UserPatch => ({ id: change.moodleId, set: change.after })),
  );
  const updated = free.flatMap((change) => {
    const managed = session.managedUsers.get(change.externalId);
    if (managed === undefined) return [];
    const written = Object.entries(change.after).map(([name, value]) => [name, { kn: value, moodle: value }]);
    const fields = { ...managed.fields, ...(Object.fromEntries(written) as Fields) };
    return [{ ...managed, username: change.after.username ?? managed.username, fields }];
  });
  await updateManaged(
    journal,
    'user',
    updated.map((user) => ({
      externalId: user.externalId,
      naturalKey: user.username,
      body: bodyOf(user),
    })),
  );
  return {
    results: changes.map((change) => toResult(change.seq, refused.get(change) ?? null, change.moodleId)),
    committed: () => updated.forEach((user) => session.managedUsers.set(user.externalId, user)),
  };
}
