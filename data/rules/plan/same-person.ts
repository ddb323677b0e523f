/**
 * Who a new person may already be: an account whose External ID KnowledgeNET no longer has, or one that nobody links.
 * Evidence only; a person decides (docs/planning.md).
 */
import type { LinkProposal, ManagedUser } from '../../model/plan.js';
import type { PersonRecord, UserType } from '../../model/snapshot.js';
import type { MoodleUser } from '../../moodle/state.js';
import type { Accounts } from './accounts.js';
import type { PlanInput } from './plan-input.js';
import { personsInKN, type Presence } from './presence.js';
import type { Roster } from './roster.js';
import { unique } from './unique.js';

type Evidence = LinkProposal['evidence'];

/** An account that a new person may be. */
export interface Likeness {
  readonly row: MoodleUser;
  readonly evidence: Evidence;
}

/** Letters and digits only, without case, accents and macrons: "Ngā-Puhi" and "nga puhi" are alike. */
export function nameKey(first: string | undefined, last: string | undefined): string {
  const letters = (text = ''): string =>
    text
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '');
  const [one, two] = [letters(first), letters(last)];
  return one === '' || two === '' ? '' : `${one} ${two}`;
}

/** A National Student Number as it is compared: without blanks, hyphens and the leading zeros that spreadsheets lose. */
export function nsnKey(text = ''): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '').replace(/^0+/, '');
}

/** Somebody of ours whom KnowledgeNET no longer has under this External ID. */
interface Vanished {
  readonly row: MoodleUser;
  /** As the last applied snapshot had the person; absent: gone before it. */
  readonly before: PersonRecord | undefined;
  readonly name: string;
  /** From the last applied snapshot, from provenance, or from Moodle. */
  readonly nsn: string;
}

/** Whether absence from this snapshot means that KnowledgeNET no longer has somebody. */
function speaksOf({ snapshot }: PlanInput, type: UserType | undefined): boolean {
  const { complete, statements } = snapshot;
  if (!complete) return false;
  if (type === undefined) return statements.students && statements.teachers;
  return type === 'student' ? statements.students : statements.teachers;
}

function findVanished(input: PlanInput, accounts: Accounts, roster: Roster): Vanished[] {
  const { managed, previous, snapshot } = input;
  const before = new Map((previous?.records.person ?? []).map((person) => [person.externalId, person]));
  const inKN = personsInKN(input, roster);
  const isGone = ({ externalId }: ManagedUser): boolean =>
    !roster.rank.has(externalId) &&
    snapshot.withheld?.persons.has(externalId) !== true &&
    speaksOf(input, before.get(externalId)?.type);
  return [...managed.users.values()].filter(isGone).flatMap((one): Vanished[] => {
    const row = accounts.identities.row(one.moodleId);
    if (row === undefined || !isFree(accounts, row, one.externalId, inKN)) return [];
    const known = before.get(one.externalId);
    const { firstname, lastname } = one.fields;
    const name = nameKey(known?.firstName ?? firstname?.kn, known?.surname ?? lastname?.kn);
    const nsn = nsnKey([known?.nsn, one.nsn, row.nsn].find((text = '') => text !== ''));
    return [{ row, before: known, name, nsn }];
  });
}

/** The account is still what we made it, and nobody whom KnowledgeNET has is linked to it. */
function isFree(accounts: Accounts, row: MoodleUser, externalId: string, inKN: Presence): boolean {
  return (
    accounts.isNobodysOwn(row) &&
    accounts.identities.idnumberOf(row) === externalId &&
    [...accounts.owners.of(row.id)].every((owner) => owner === externalId || !inKN.has(owner))
  );
}

/** In a new year the same person is in the same or the next year level. */
function levelFits(now: PersonRecord, before: PersonRecord | undefined): boolean {
  if (before === undefined) return true;
  if (now.type !== before.type) return false;
  if (now.yearLevel === undefined || before.yearLevel === undefined) return true;
  const step = Number(now.yearLevel) - Number(before.yearLevel);
  return step === 0 || step === 1;
}

const accountName = (user: MoodleUser): string => nameKey(user.firstname, user.lastname);
const nameOf = (person: PersonRecord): string => nameKey(person.firstName, person.surname);

/** Everything by which accounts are found, made once: planning stays linear in persons and accounts. */
interface Lookups {
  readonly vanishedByNsn: ReadonlyMap<string, Vanished>;
  readonly vanishedByName: ReadonlyMap<string, Vanished>;
  /** Accounts that nobody links, by the idnumber that they have all the same. */
  readonly unlinkedByIdnumber: ReadonlyMap<string, MoodleUser>;
  /** The same, by the profile field that the settings name. */
  readonly unlinkedByNsn: ReadonlyMap<string, MoodleUser>;
  readonly unlinkedByName: ReadonlyMap<string, MoodleUser>;
  /** The one account, linked or not, that is called so. */
  readonly accountByName: ReadonlyMap<string, MoodleUser>;
  readonly personByName: ReadonlyMap<string, PersonRecord>;
  readonly personByNsn: ReadonlyMap<string, PersonRecord>;
}

/** Whether nobody is linked to the account, and it says of nobody in KnowledgeNET that it is theirs. */
function isUnlinked(accounts: Accounts, roster: Roster, user: MoodleUser): boolean {
  return (
    accounts.isNobodysOwn(user) &&
    accounts.owners.of(user.id).size === 0 &&
    !roster.rank.has(accounts.identities.idnumberOf(user))
  );
}

function makeLookups(
  input: PlanInput,
  accounts: Accounts,
  roster: Roster,
  vanished: readonly Vanished[],
): Lookups {
  const { users } = input.moodle;
  const { person: persons } = input.snapshot.records;
  const unlinked = users.filter((user) => isUnlinked(accounts, roster, user));
  const linkable = users.filter((user) => accounts.isLinkable(user));
  const local = users.filter((user) => user.local);
  return {
    vanishedByNsn: unique(vanished, ({ nsn }) => nsn),
    vanishedByName: unique(vanished, ({ name }) => name),
    unlinkedByIdnumber: unique(unlinked, (user) => nsnKey(accounts.identities.idnumberOf(user))),
    unlinkedByNsn: unique(unlinked, (user) => nsnKey(user.nsn)),
    unlinkedByName: unique(linkable, accountName),
    accountByName: unique(local, accountName),
    personByName: unique(persons, nameOf),
    personByNsn: unique(persons, ({ nsn }) => nsnKey(nsn)),
  };
}

/** Gathers what speaks for each account. */
class Evidences {
  readonly #byRow = new Map<MoodleUser, Set<Evidence[number]>>();

  add(row: MoodleUser | undefined, ...evidence: Evidence): void {
    if (row === undefined) return;
    const known = this.#byRow.get(row) ?? new Set();
    for (const one of evidence) known.add(one);
    this.#byRow.set(row, known);
  }

  get likenesses(): Likeness[] {
    return [...this.#byRow].map(([row, evidence]) => ({ row, evidence: [...evidence] }));
  }
}

/** By a National Student Number that one person in KnowledgeNET has. */
function addByNsn(person: PersonRecord, lookups: Lookups, found: Evidences): void {
  const nsn = nsnKey(person.nsn);
  if (lookups.personByNsn.get(nsn) !== person) return;
  const same = lookups.vanishedByNsn.get(nsn);
  if (same !== undefined && (same.before === undefined || same.before.type === person.type)) {
    found.add(same.row, same.before === undefined ? 'came-back' : 'id-change', 'nsn');
    if (same.name === nameOf(person)) found.add(same.row, 'similar-name');
  }
  found.add(lookups.unlinkedByIdnumber.get(nsn), 'nsn');
  found.add(lookups.unlinkedByNsn.get(nsn), 'nsn');
}

/** By a name that nobody else has, neither in KnowledgeNET nor in Moodle. */
function addByName(person: PersonRecord, lookups: Lookups, found: Evidences): void {
  const name = nameOf(person);
  if (lookups.personByName.get(name) !== person) return;
  const isOnly = (row: MoodleUser): boolean => lookups.accountByName.get(accountName(row)) === row;
  const alike = lookups.vanishedByName.get(name);
  if (alike !== undefined && isOnly(alike.row) && levelFits(person, alike.before))
    found.add(alike.row, alike.before === undefined ? 'came-back' : 'id-change', 'similar-name');
  const namesake = lookups.unlinkedByName.get(name);
  if (namesake !== undefined && isOnly(namesake)) found.add(namesake, 'similar-name');
}

/** Whom new people may be. */
export interface Likenesses {
  /** By External ID; who is like nobody is left out. */
  readonly of: ReadonlyMap<string, readonly Likeness[]>;
  /** Whether it is of somebody who is gone: a person may say whose it is, whatever speaks for it today. */
  readonly isFree: (row: MoodleUser) => boolean;
}

/**
 * For every new person the accounts that they may be. A number or a name counts only when one person and one account
 * have it, so that of two John Smiths neither is proposed [T22].
 */
export function findLikenesses(
  input: PlanInput,
  accounts: Accounts,
  roster: Roster,
  fresh: readonly PersonRecord[],
): Likenesses {
  const vanished = findVanished(input, accounts, roster);
  const vanishedRows = new Set(vanished.map(({ row }) => row));
  const lookups = makeLookups(input, accounts, roster, vanished);
  const result = new Map<string, readonly Likeness[]>();
  for (const person of fresh) {
    const found = new Evidences();
    addByNsn(person, lookups, found);
    addByName(person, lookups, found);
    const { likenesses } = found;
    if (likenesses.length > 0) result.set(person.externalId, likenesses);
  }
  return { of: result, isFree: (row) => vanishedRows.has(row) };
}
