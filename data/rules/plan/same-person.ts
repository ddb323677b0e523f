/**
 * Who a new person may already be: an account whose External ID KnowledgeNET no longer has, or one that nobody links.
 * Evidence only; a person decides (docs/planning.md).
 */
import type { LinkProposal, ManagedUser } from '../../model/plan.js';
import type { PersonRecord, UserType } from '../../model/snapshot.js';
import type { MoodleUser } from '../../moodle/state.js';
import type { Accounts } from './accounts.js';
import type { PlanInput } from './plan-input.js';
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

/** Somebody of ours whom KnowledgeNET no longer has under this External ID. */
interface Vanished {
  readonly row: MoodleUser;
  /** As the last applied snapshot had the person; absent: gone before it. */
  readonly before: PersonRecord | undefined;
  readonly name: string;
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
  const isGone = ({ externalId }: ManagedUser): boolean =>
    !roster.rank.has(externalId) &&
    snapshot.withheld?.persons.has(externalId) !== true &&
    speaksOf(input, before.get(externalId)?.type);
  return [...managed.users.values()].filter(isGone).flatMap((one): Vanished[] => {
    const row = accounts.identities.row(one.moodleId);
    if (row === undefined || !isFree(accounts, row, one.externalId, roster)) return [];
    const known = before.get(one.externalId);
    const { firstname, lastname } = one.fields;
    const name = nameKey(known?.firstName ?? firstname?.kn, known?.surname ?? lastname?.kn);
    return [{ row, before: known, name }];
  });
}

/** The account is still what we made it, and nobody whom KnowledgeNET has is linked to it. */
function isFree(accounts: Accounts, row: MoodleUser, externalId: string, roster: Roster): boolean {
  return (
    accounts.isNobodysOwn(row) &&
    accounts.identities.idnumberOf(row) === externalId &&
    [...accounts.owners.of(row.id)].every((owner) => !roster.rank.has(owner))
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
  readonly unlinkedByName: ReadonlyMap<string, MoodleUser>;
  /** The one account, linked or not, that is called so. */
  readonly accountByName: ReadonlyMap<string, MoodleUser>;
  readonly personByName: ReadonlyMap<string, PersonRecord>;
  readonly personByNsn: ReadonlyMap<string, PersonRecord>;
}

function makeLookups(input: PlanInput, accounts: Accounts, roster: Roster): Lookups {
  const { users } = input.moodle;
  const { person: persons } = input.snapshot.records;
  const vanished = findVanished(input, accounts, roster);
  const unlinked = users.filter(
    (user) => accounts.isNobodysOwn(user) && accounts.owners.of(user.id).size === 0,
  );
  const linkable = users.filter((user) => accounts.isLinkable(user));
  const local = users.filter((user) => user.local);
  return {
    vanishedByNsn: unique(vanished, ({ before }) => before?.nsn ?? ''),
    vanishedByName: unique(vanished, ({ name }) => name),
    unlinkedByIdnumber: unique(unlinked, (user) => accounts.identities.idnumberOf(user)),
    unlinkedByName: unique(linkable, accountName),
    accountByName: unique(local, accountName),
    personByName: unique(persons, nameOf),
    personByNsn: unique(persons, ({ nsn }) => nsn ?? ''),
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
  const { nsn = '' } = person;
  if (lookups.personByNsn.get(nsn) !== person) return;
  const same = lookups.vanishedByNsn.get(nsn);
  if (same?.before?.type === person.type) {
    found.add(same.row, 'id-change', 'nsn');
    if (same.name === nameOf(person)) found.add(same.row, 'similar-name');
  }
  found.add(lookups.unlinkedByIdnumber.get(nsn), 'nsn');
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

/**
 * For every new person the accounts that they may be. A number or a name counts only when one person and one account
 * have it, so that of two John Smiths neither is proposed [T22]. Who is like nobody is left out.
 */
export function findLikenesses(
  input: PlanInput,
  accounts: Accounts,
  roster: Roster,
  fresh: readonly PersonRecord[],
): ReadonlyMap<string, readonly Likeness[]> {
  const lookups = makeLookups(input, accounts, roster);
  const result = new Map<string, readonly Likeness[]>();
  for (const person of fresh) {
    const found = new Evidences();
    addByNsn(person, lookups, found);
    addByName(person, lookups, found);
    const { likenesses } = found;
    if (likenesses.length > 0) result.set(person.externalId, likenesses);
  }
  return result;
}
