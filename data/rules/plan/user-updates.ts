/** KN's changed values follow into Moodle where KN owns the field and Moodle still has what we last wrote. */
import type { ManagedUser, Notice, UserUpdate } from '../../model/plan.js';
import type { SchoolSettings } from '../../model/settings.js';
import type { PersonRecord } from '../../model/snapshot.js';
import type { CollationFold, MoodleUser } from '../../moodle/state.js';
import type { Accounts } from './accounts.js';
import type { Holdings, Wish } from './holdings.js';
import { notice } from './notices.js';
import type { PlanSite } from './plan-input.js';
import { isValidField, userFields, userValues, type UserField } from './user-values.js';

/** A person whose account is ours. */
export interface KnownUser {
  readonly person: PersonRecord;
  readonly managed: ManagedUser;
  readonly user: MoodleUser;
}

type Draft = Omit<UserUpdate, 'seq'>;

/** An update with the round in which it may be applied: it may need a value that another one gives up. */
export interface RoundedUpdate {
  readonly round: number;
  readonly draft: Draft;
}

interface FieldWish {
  readonly known: KnownUser;
  readonly field: UserField;
  readonly to: string;
}

type Verdict = 'update' | 'same' | 'drift' | 'invalid';

/** What becomes of one field of one person. */
function judgeField({ managed, user }: KnownUser, field: UserField, to: string, site: PlanSite): Verdict {
  const remembered = managed.fields[field];
  // A blank value in KN never blanks Moodle's, and only a change in KN moves anything.
  if (to === '' || to === remembered?.kn || to === user[field]) return 'same';
  if (remembered === undefined || remembered.moodle !== user[field]) return 'drift';
  return isValidField(field, to, site) ? 'update' : 'invalid';
}

interface Judged {
  readonly wishes: readonly FieldWish[];
  readonly notices: readonly Notice[];
}

function judgePerson(known: KnownUser, owned: readonly UserField[], site: PlanSite): Judged {
  const values = userValues(known.person, known.user.auth);
  const wishes: FieldWish[] = [];
  const found = new Set<Verdict>();
  for (const field of owned) {
    const verdict = judgeField(known, field, values[field], site);
    if (verdict === 'update') wishes.push({ known, field, to: values[field] });
    found.add(verdict);
  }
  const { externalId } = known.person;
  const notices: Notice[] = [];
  if (found.has('drift'))
    notices.push(notice('value-changed-in-moodle', 'user', externalId, [known.user.id]));
  if (found.has('invalid')) notices.push(notice('person-invalid', 'user', externalId, [known.user.id]));
  return { wishes, notices };
}

/** Fulfils wishes for a value that only one account may have. */
function fulfil(
  wishes: readonly FieldWish[],
  field: UserField,
  holdings: Holdings,
  fold: CollationFold,
): Map<FieldWish, number> {
  const folded = wishes
    .filter((wish) => wish.field === field)
    .map((wish): Wish & { readonly wish: FieldWish } => {
      const before = wish.known.user[field];
      return {
        wish,
        row: wish.known.user.id,
        from: before === '' ? null : fold(before),
        to: fold(wish.to),
      };
    });
  return new Map([...holdings.fulfil(folded)].map(([{ wish }, round]) => [wish, round]));
}

/** The changes of one person, one per round; a later one names the login that an earlier one wrote. */
function toUpdates(known: KnownUser, rounds: ReadonlyMap<FieldWish, number>): RoundedUpdate[] {
  const { user, person } = known;
  let username = user.username;
  return [...new Set(rounds.values())]
    .sort((a, b) => a - b)
    .map((round) => {
      const wishes = [...rounds].filter(([, of]) => of === round).map(([wish]) => wish);
      const draft: Draft = {
        kind: 'user',
        operation: 'update',
        externalId: person.externalId,
        moodleId: user.id,
        username,
        before: Object.fromEntries(wishes.map(({ field }) => [field, user[field]])),
        after: Object.fromEntries(wishes.map(({ field, to }) => [field, to])),
      };
      username = draft.after.username ?? username;
      return { round, draft };
    });
}

export interface UserUpdates {
  readonly updates: readonly RoundedUpdate[];
  readonly notices: readonly Notice[];
}

/** Plans updates of the accounts that are ours; logins and addresses in `accounts` are then the updated ones. */
export function planUserUpdates(
  known: readonly KnownUser[],
  accounts: Accounts,
  settings: SchoolSettings,
  site: PlanSite,
  fold: CollationFold,
): UserUpdates {
  const owned = userFields.filter((field) => settings.ownedByKN.includes(field));
  const judged = known.map((one) => judgePerson(one, owned, site));
  const wishes = judged.flatMap((one) => one.wishes);
  const notices = judged.flatMap((one) => one.notices);
  const logins = fulfil(wishes, 'username', accounts.logins, fold);
  const emails = fulfil(wishes, 'email', accounts.emails, fold);
  const byPerson = new Map<KnownUser, Map<FieldWish, number>>();
  for (const wish of wishes) {
    const { known: one, field } = wish;
    const round =
      field === 'username'
        ? logins.get(wish)
        : field === 'email' && !site.allowSameEmail
          ? emails.get(wish)
          : 0;
    if (round === undefined) {
      const code = field === 'username' ? 'username-taken' : 'email-taken';
      const holders = (field === 'username' ? accounts.logins : accounts.emails).holders(fold(wish.to));
      notices.push(notice(code, 'user', one.person.externalId, [one.user.id, ...holders]));
      continue;
    }
    const rounds = byPerson.get(one) ?? new Map<FieldWish, number>();
    byPerson.set(one, rounds.set(wish, round));
  }
  return { updates: [...byPerson].flatMap(([one, rounds]) => toUpdates(one, rounds)), notices };
}
