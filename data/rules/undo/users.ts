/** Taking back what a run did to accounts. Pure. */
import type { NoticeCode } from '../../model/notice-codes.js';
import type { Change, UserCreate, UserLink } from '../../model/plan.js';
import type { UserField } from '../../model/undo.js';
import { isWithdrawn, note, plan, planRemoval, useNotices, rowKey, without, type Undoing } from './draft.js';
import type { Done, UndoUser } from './undo-input.js';

type UserChange = Extract<Change, { kind: 'user' }>;
type Of<O extends UserChange['operation']> = Extract<UserChange, { operation: O }>;

/** Why nothing at all is done to an account, or null. */
function objection(
  undoing: Undoing,
  { change, moodleId }: Done,
  user: UndoUser | undefined,
): NoticeCode | null {
  if (undoing.input.deleted.has(rowKey('user', moodleId))) return 'undo-deleted';
  if (user === undefined || user.deleted) return 'user-deleted';
  if (user.siteAccount) return 'site-account';
  const ours = undoing.input.ours.users.get(moodleId);
  if (ours === undefined || change.kind !== 'user' || user.idnumber !== change.externalId)
    return 'link-broken';
  return ours.timecreated === user.timecreated ? null : 'link-restored';
}

/** Suspended or active again before any login changes. */
function loginNow(undoing: Undoing, { id, username }: UndoUser): string {
  return undoing.input.state.users.get(id)?.username ?? username;
}

function suspend(undoing: Undoing, done: Done, user: UndoUser, externalId: string): void {
  plan(undoing, done, {
    kind: 'user',
    operation: 'suspend',
    externalId,
    username: loginNow(undoing, user),
    moodleId: user.id,
    cause: 'undone',
  });
  undoing.users.set(user.id, { ...user, suspended: true });
}

/** The fields of an account that a person may have changed since it was made. */
function isAsWritten({ values }: UserCreate, user: UndoUser): boolean {
  const fields = ['username', 'firstname', 'lastname', 'email', 'idnumber'] as const;
  return !user.suspended && fields.every((name) => user[name] === values[name]);
}

function undoCreate(undoing: Undoing, done: Done, user: UndoUser, change: UserCreate): void {
  const inserted = undoing.input.state.inserted.users.get(user.id) ?? { use: 'used', enrolments: [] };
  const alone = inserted.enrolments.every((id) => undoing.gone.has(rowKey('enrolment', id)));
  const use = !isAsWritten(change, user) && inserted.use === 'unused' ? 'changed' : inserted.use;
  if (use === 'unused' && alone) {
    const now = undoing.input.state.users.get(user.id) ?? user;
    const { username, firstname, lastname, email, idnumber } = now;
    const values = { ...change.values, username, firstname, lastname, email, idnumber };
    const { externalId } = change;
    planRemoval(undoing, done, {
      kind: 'user',
      operation: 'remove',
      externalId,
      username,
      values,
      moodleId: user.id,
    });
    undoing.users.delete(user.id);
    return;
  }
  note(undoing, done, useNotices[use === 'unused' ? 'used' : use]);
  if (!user.suspended) suspend(undoing, done, user, change.externalId);
}

/** The account that gave its idnumber up, if nobody has given it another one since. */
function givenUpBy(undoing: Undoing, { insteadOf = 0 }: UserLink): UndoUser | undefined {
  const user = undoing.users.get(insteadOf);
  return user !== undefined && !user.deleted && user.idnumber === '' ? user : undefined;
}

function undoLink(undoing: Undoing, done: Done, user: UndoUser, change: UserLink): void {
  const idnumber = change.idnumberBefore;
  const merged = givenUpBy(undoing, change);
  plan(undoing, done, {
    kind: 'user',
    operation: 'unlink',
    externalId: change.externalId,
    username: user.username,
    moodleId: user.id,
    before: { idnumber: user.idnumber },
    after: { idnumber },
    ...(merged === undefined ? {} : { insteadOf: merged.id }),
  });
  undoing.users.set(user.id, { ...user, idnumber });
  if (merged !== undefined) undoing.users.set(merged.id, { ...merged, idnumber: change.externalId });
}

/** Values come back one by one; what somebody has changed since stays. */
function undoValues(
  undoing: Undoing,
  done: Done,
  user: UndoUser,
  change: Of<'update'> | Of<'restore'>,
): void {
  const names = Object.keys(change.after) as UserField[];
  const back = names.filter((name) => user[name] === change.after[name]);
  if (back.length < names.length) note(undoing, done, 'value-changed-in-moodle');
  if (back.length === 0) return;
  const pick = (from: Readonly<Partial<Record<UserField, string>>>): Partial<Record<UserField, string>> =>
    Object.fromEntries(back.map((name) => [name, from[name] ?? '']));
  const after = pick(change.before);
  plan(undoing, done, {
    kind: 'user',
    operation: 'restore',
    externalId: change.externalId,
    username: user.username,
    moodleId: user.id,
    before: pick(change.after),
    after,
  });
  undoing.users.set(user.id, { ...user, ...after });
}

function undoStanding(
  undoing: Undoing,
  done: Done,
  user: UndoUser,
  change: Of<'suspend'> | Of<'reactivate'>,
): void {
  const { externalId } = change;
  if (change.operation === 'reactivate') {
    if (user.suspended) return note(undoing, done, 'value-changed-in-moodle');
    return suspend(undoing, done, user, externalId);
  }
  if (!user.suspended || !isWithdrawn(undoing, 'user', user.id))
    return note(undoing, done, 'withdrawal-undone');
  plan(undoing, done, {
    kind: 'user',
    operation: 'reactivate',
    externalId,
    username: loginNow(undoing, user),
    moodleId: user.id,
  });
  undoing.users.set(user.id, { ...user, suspended: false });
}

/** Whether the person has an account by now, other than the one that the link took the idnumber from. */
function isOccupied({ persons, input }: Undoing, origin: UserCreate | UserLink): boolean {
  if (!persons.has(origin.externalId)) return false;
  const replaced = origin.operation === 'link' ? input.ours.users.get(origin.insteadOf ?? 0) : undefined;
  return replaced?.externalId !== origin.externalId;
}

/** An account that an undo removed is made again; one that it unlinked is linked again. */
function redo(undoing: Undoing, done: Done, change: Of<'remove'> | Of<'unlink'>): void {
  const origin = done.tookBack
    .map((one) => one.change)
    .find(
      (one): one is UserCreate | UserLink =>
        one.kind === 'user' && one.operation === (change.operation === 'remove' ? 'create' : 'link'),
    );
  if (origin === undefined) return note(undoing, done, 'user-deleted');
  if (isOccupied(undoing, origin)) return note(undoing, done, 'undo-occupied');
  const draft = without(origin, 'seq');
  if (draft.operation === 'create')
    return plan(undoing, done, { ...draft, values: { ...draft.values, ...valuesOf(change) } });
  const user = undoing.users.get(done.moodleId);
  if (user === undefined || user.deleted) return note(undoing, done, 'user-deleted');
  if (user.idnumber !== draft.idnumberBefore) return note(undoing, done, 'link-broken');
  plan(undoing, done, { ...draft, username: user.username });
}

/** What the account had when it was removed. */
function valuesOf(change: Of<'remove'> | Of<'unlink'>): Partial<UserCreate['values']> {
  return change.operation === 'remove' ? change.values : {};
}

export function undoUser(undoing: Undoing, done: Done, change: UserChange): void {
  if (change.operation === 'remove' || change.operation === 'unlink') return redo(undoing, done, change);
  const user = undoing.users.get(done.moodleId);
  const code = objection(undoing, done, user);
  if (code !== null || user === undefined) return note(undoing, done, code ?? 'user-deleted');
  switch (change.operation) {
    case 'create':
      return undoCreate(undoing, done, user, change);
    case 'link':
      return undoLink(undoing, done, user, change);
    case 'update':
    case 'restore':
      return undoValues(undoing, done, user, change);
    case 'suspend':
    case 'reactivate':
      return undoStanding(undoing, done, user, change);
  }
}
