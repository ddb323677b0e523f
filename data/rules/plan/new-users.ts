/** Persons of whom nothing is ours yet: adopted by idnumber, linked by a person's answer, created, or left with a notice. */
import type { NoticeCode } from '../../model/notice-codes.js';
import type { LinkProposal, Notice, UserCreate, UserLink } from '../../model/plan.js';
import type { PersonRecord } from '../../model/snapshot.js';
import type { MoodleUser } from '../../moodle/state.js';
import type { Accounts } from './accounts.js';
import { acceptedLinks, linkAnswer } from './answers.js';
import { linkDraft, nsnOf } from './known-users.js';
import { AcceptedLinks, adopt, type LinkLookup } from './links.js';
import { notice } from './notices.js';
import type { PlanInput } from './plan-input.js';
import type { Roster } from './roster.js';
import { findLikenesses, type Likeness } from './same-person.js';
import { canCreate, userValues } from './user-values.js';

type Draft = Omit<UserCreate, 'seq'> | Omit<UserLink, 'seq'>;

/** What becomes of one person. */
export interface NewUser {
  readonly person: PersonRecord;
  readonly change?: Draft;
  readonly notice?: Notice;
  readonly proposals?: readonly LinkProposal[];
}

/** Auth plugins that keep a password in Moodle itself (docs/moodle-writes.md). */
const internalAuth = new Set(['manual', 'email']);

function refuse(person: PersonRecord, code: NoticeCode, users: readonly MoodleUser[] = []): NewUser {
  const ids = users.map((user) => user.id);
  return { person, notice: notice(code, 'user', person.externalId, ids) };
}

/** How often each value occurs. */
function tally(values: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Which persons want the same idnumber, login or address as another new one, as Moodle compares them. */
function findRivals(persons: readonly PersonRecord[], input: PlanInput): Map<PersonRecord, NoticeCode> {
  const { fold, site } = input;
  const wanted = persons.map((person) => {
    const { username, email } = userValues(person, '');
    return {
      person,
      idnumber: fold(person.externalId),
      username: username === '' ? '' : fold(username),
      email: email === '' || site.allowSameEmail ? '' : fold(email),
    };
  });
  const idnumbers = tally(wanted.map((one) => one.idnumber));
  const usernames = tally(wanted.map((one) => one.username));
  const emails = tally(wanted.map((one) => one.email));
  const rivals = new Map<PersonRecord, NoticeCode>();
  for (const { person, idnumber, username, email } of wanted) {
    if (email !== '' && emails.get(email)! > 1) rivals.set(person, 'email-taken');
    if (username !== '' && usernames.get(username)! > 1) rivals.set(person, 'username-taken');
    if (idnumbers.get(idnumber)! > 1) rivals.set(person, 'idnumber-collation');
  }
  return rivals;
}

function sameName(person: PersonRecord, user: MoodleUser): boolean {
  const name = (first: string, last: string): string => `${first} ${last}`.normalize('NFC').toLowerCase();
  return (
    name(person.firstName ?? '', person.surname ?? '') === name(user.firstname, user.lastname) &&
    (person.surname ?? '') !== ''
  );
}

/** What of KN a Moodle account shares. A name alone is nothing; it only goes with other evidence. */
function evidenceFor(
  person: PersonRecord,
  user: MoodleUser,
  byLogin: readonly MoodleUser[],
  byEmail: readonly MoodleUser[],
): LinkProposal['evidence'] {
  return [
    ...(byLogin.includes(user) ? (['login'] as const) : []),
    ...(byEmail.includes(user) ? (['email'] as const) : []),
    ...(sameName(person, user) ? (['name'] as const) : []),
  ];
}

/** A person whom no account names by idnumber. */
function settle(
  person: PersonRecord,
  accounts: Accounts,
  accepted: AcceptedLinks<MoodleUser>,
  likenesses: readonly Likeness[],
  input: PlanInput,
): NewUser {
  const { externalId } = person;
  const chosen = accepted.of(externalId);
  if (chosen.length > 0) {
    const only = accepted.only(externalId);
    if (only !== undefined) return { person, change: linkDraft(person, only) };
    const ids = chosen.map((one) => one.id);
    return { person, notice: notice('link-proposed', 'user', externalId, ids, { level: 'conflict' }) };
  }
  const values = userValues(person, input.settings.users.auth);
  const byLogin = accounts.withLogin(values.username);
  const byEmail = accounts.withEmail(values.email);
  const alike = new Map(likenesses.map(({ row, evidence }) => [row, evidence]));
  const open = [...new Set([...byLogin, ...byEmail, ...alike.keys()])].filter(
    (one) =>
      (accounts.isLinkable(one) || alike.has(one)) &&
      !accepted.isClaimed(one) &&
      linkAnswer(input.answers, 'user', externalId, one.id) !== 'refused',
  );
  if (open.length > 0) {
    const proposals = open.map((one): LinkProposal => ({
      kind: 'user',
      externalId,
      moodleId: one.id,
      evidence: [...evidenceFor(person, one, byLogin, byEmail), ...(alike.get(one) ?? [])],
    }));
    const code = byEmail.length > 1 ? 'email-taken' : 'link-proposed';
    return { ...refuse(person, code, code === 'email-taken' ? byEmail : open), proposals };
  }
  const takers = byLogin.length > 0 ? byLogin : input.site.allowSameEmail ? [] : byEmail;
  if (takers.length > 0) {
    const code = byLogin.length > 0 ? 'username-taken' : 'email-taken';
    return refuse(person, takers.some((one) => one.siteAccount) ? 'site-account' : code, takers);
  }
  const withPassword = internalAuth.has(values.auth) && input.passwordsFor.has(externalId);
  const change: Draft = {
    kind: 'user',
    operation: 'create',
    externalId,
    userType: person.type,
    values,
    withPassword,
    ...nsnOf(person),
  };
  return { person, change };
}

/**
 * Decides about the persons of whom nothing is ours yet. The disabled ones get no account, and one that they have is
 * not adopted. `accounts` knows the updates and relinks planned before.
 */
export function planNewUsers(
  input: PlanInput,
  accounts: Accounts,
  lookup: LinkLookup<MoodleUser>,
  roster: Roster,
): NewUser[] {
  const results: NewUser[] = [];
  const unknown: PersonRecord[] = [];
  for (const person of roster.persons) {
    if (input.managed.users.has(person.externalId) || person.disabled === true) continue;
    const found = adopt(lookup, person.externalId);
    if (found?.row !== undefined) results.push({ person, change: linkDraft(person, found.row) });
    else if (found !== undefined) results.push({ person, ...found });
    else if (!canCreate(userValues(person, ''), input.site, input.settings))
      results.push(refuse(person, 'person-invalid'));
    else unknown.push(person);
  }
  const rivals = findRivals(unknown, input);
  const likenesses = findLikenesses(input, accounts, roster, unknown);
  const accepted = new AcceptedLinks(
    unknown.map((person) => person.externalId),
    acceptedLinks(input.answers, 'user'),
    accounts.identities,
    // a person's word holds when what spoke for it has changed since
    (user, externalId) =>
      accounts.isLinkable(user) ||
      likenesses.isFree(user) ||
      (likenesses.of.get(externalId) ?? []).some(({ row }) => row === user),
  );
  for (const person of unknown) {
    const rival = rivals.get(person);
    const alike = likenesses.of.get(person.externalId) ?? [];
    results.push(
      rival === undefined ? settle(person, accounts, accepted, alike, input) : refuse(person, rival),
    );
  }
  return results;
}
