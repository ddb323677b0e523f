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

/**
 * For every new person the accounts that they may be. A National Student Number counts when one account and one person
 * have it; a name only when nobody else has it on either side, so that of two John Smiths neither is proposed [T22].
 * Linear in persons and accounts.
 */
export function findLikenesses(
  input: PlanInput,
  accounts: Accounts,
  roster: Roster,
  fresh: readonly PersonRecord[],
): ReadonlyMap<string, readonly Likeness[]> {
  const vanished = findVanished(input, accounts, roster);
  const linkable = input.moodle.users.filter((user) => accounts.isLinkable(user));
  const byNsn = unique(vanished, ({ before }) => before?.nsn ?? '');
  const byName = unique(vanished, ({ name }) => name);
  const inMoodle = unique(
    input.moodle.users.filter((user) => user.local),
    accountName,
  );
  const unlinked = unique(linkable, accountName);
  const namesInKN = unique(input.snapshot.records.person, nameOf);
  const nsnsInKN = unique(input.snapshot.records.person, ({ nsn }) => nsn ?? '');
  const numbered = unique(
    input.moodle.users.filter(
      (user) => accounts.isNobodysOwn(user) && accounts.owners.of(user.id).size === 0,
    ),
    (user) => accounts.identities.idnumberOf(user),
  );
  const likenesses = new Map<string, readonly Likeness[]>();
  for (const person of fresh) {
    const nsn = person.nsn !== undefined && nsnsInKN.get(person.nsn) === person ? person.nsn : '';
    const name = namesInKN.get(nameOf(person)) === person ? nameOf(person) : '';
    const found = new Map<MoodleUser, Set<Evidence[number]>>();
    const add = (row: MoodleUser | undefined, ...evidence: Evidence): void => {
      if (row === undefined) return;
      const set = found.get(row) ?? new Set();
      for (const one of evidence) set.add(one);
      found.set(row, set);
    };
    const same = byNsn.get(nsn);
    if (same !== undefined && same.before?.type === person.type) {
      add(same.row, 'id-change', 'nsn');
      if (same.name === nameOf(person)) add(same.row, 'similar-name');
    }
    const alike = byName.get(name);
    if (
      alike !== undefined &&
      inMoodle.get(accountName(alike.row)) === alike.row &&
      levelFits(person, alike.before)
    )
      add(alike.row, alike.before === undefined ? 'came-back' : 'id-change', 'similar-name');
    add(nsn === '' ? undefined : numbered.get(nsn), 'nsn');
    const namesake = unlinked.get(name);
    if (namesake !== undefined && inMoodle.get(name) === namesake) add(namesake, 'similar-name');
    if (found.size > 0)
      likenesses.set(
        person.externalId,
        [...found].map(([row, evidence]) => ({ row, evidence: [...evidence] })),
      );
  }
  return likenesses;
}
