/** Accounts of ours that were merged into another one in Moodle, or went with a merge [T25]. Offered, never applied. */
import type { LinkProposal, ManagedUser } from '../../model/plan.js';
import type { PersonRecord } from '../../model/snapshot.js';
import type { MoodleUser } from '../../moodle/state.js';
import { normaliseLogin } from '../login.js';
import type { Accounts } from './accounts.js';
import type { Successor } from './links.js';
import type { PlanInput } from './plan-input.js';
import { personsInKN, type Presence } from './presence.js';
import type { Roster } from './roster.js';
import { nameKey, nsnKey } from './same-person.js';
import { unique } from './unique.js';

interface Known {
  readonly person: PersonRecord;
  readonly managed: ManagedUser;
}

/** The account in which a merged one ended, if it is still there and nobody else's. */
function endOfMerges(
  input: PlanInput,
  accounts: Accounts,
  inKN: Presence,
  from: number,
): MoodleUser | undefined {
  const { merges = new Map<number, number>() } = input.moodle;
  const seen = new Set([from]);
  let id = merges.get(from);
  for (let next = id; next !== undefined; next = merges.get(next)) {
    if (seen.has(next)) return undefined;
    seen.add(next);
    id = next;
  }
  const row = id === undefined ? undefined : accounts.identities.row(id);
  if (row === undefined || row.suspended || !accounts.isNobodysOwn(row)) return undefined;
  const isNobodys = (externalId: string): boolean => externalId === '' || !inKN.has(externalId);
  const owned = [...accounts.owners.of(row.id)].every(isNobodys);
  return owned && isNobodys(accounts.identities.idnumberOf(row)) ? row : undefined;
}

/** Unlinked accounts by what they may share with somebody whose account is gone. */
class Survivors {
  readonly #accounts: Accounts;
  readonly #byName: ReadonlyMap<string, MoodleUser>;
  readonly #byNsn: ReadonlyMap<string, MoodleUser>;
  readonly #personByName: ReadonlyMap<string, PersonRecord>;
  readonly #personByNsn: ReadonlyMap<string, PersonRecord>;

  constructor({ moodle, snapshot }: PlanInput, accounts: Accounts) {
    const local = moodle.users.filter((user) => user.local);
    this.#accounts = accounts;
    this.#byName = unique(local, (user) => nameKey(user.firstname, user.lastname));
    this.#byNsn = unique(local, (user) => nsnKey(user.nsn));
    const { person } = snapshot.records;
    this.#personByName = unique(person, (one) => nameKey(one.firstName, one.surname));
    this.#personByNsn = unique(person, (one) => nsnKey(one.nsn));
  }

  /** The one account that shares something with the person; undefined when it is none, or several. */
  of(
    person: PersonRecord,
  ): { readonly row: MoodleUser; readonly evidence: LinkProposal['evidence'] } | undefined {
    const login = normaliseLogin(person.login ?? '');
    const nsn = nsnKey(person.nsn);
    const name = nameKey(person.firstName, person.surname);
    const signs: [LinkProposal['evidence'][number], readonly (MoodleUser | undefined)[]][] = [
      ['login', login === '' ? [] : this.#accounts.withLogin(login)],
      ['email', this.#accounts.withEmail(person.email ?? '')],
      ['nsn', this.#personByNsn.get(nsn) === person ? [this.#byNsn.get(nsn)] : []],
      ['similar-name', this.#personByName.get(name) === person ? [this.#byName.get(name)] : []],
    ];
    const found = new Map<MoodleUser, LinkProposal['evidence'][number][]>();
    for (const [evidence, rows] of signs)
      for (const row of rows)
        if (row !== undefined && !row.suspended && this.#accounts.isLinkable(row))
          found.set(row, [...(found.get(row) ?? []), evidence]);
    const [only, ...others] = found;
    return only === undefined || others.length > 0 ? undefined : { row: only[0], evidence: only[1] };
  }
}

/**
 * For people whose account is gone, or whom a merge tool has put into another account: the one that goes on. External
 * ID → account.
 */
export function findSuccessors(
  input: PlanInput,
  accounts: Accounts,
  roster: Roster,
  known: readonly Known[],
): ReadonlyMap<string, Successor<MoodleUser>> {
  const successors = new Map<string, Successor<MoodleUser>>();
  const inKN = personsInKN(input, roster);
  let survivors: Survivors | undefined;
  for (const { person, managed } of known) {
    const row = accounts.identities.row(managed.moodleId);
    const merged = endOfMerges(input, accounts, inKN, managed.moodleId);
    // a merge tool suspends what it empties; an account that works again is a person's decision
    if (merged !== undefined && row?.suspended !== false)
      successors.set(person.externalId, { row: merged, evidence: ['merged'] });
    else if (row === undefined) {
      survivors ??= new Survivors(input, accounts);
      const found = survivors.of(person);
      if (found !== undefined) successors.set(person.externalId, found);
    }
  }
  return successors;
}
