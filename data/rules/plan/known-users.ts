/** Persons whose account is ours by the journal: used as it is, relinked after a person's answer, or left with a notice. */
import type { LinkProposal, ManagedUser, Notice, UserLink } from '../../model/plan.js';
import type { PersonRecord } from '../../model/snapshot.js';
import type { MoodleUser } from '../../moodle/state.js';
import { settleLinks, type LinkLookup } from './links.js';
import type { Accounts } from './accounts.js';
import { findSuccessors } from './merged-accounts.js';
import type { PlanInput } from './plan-input.js';
import type { Roster } from './roster.js';
import { findTakenOver } from './taken-over-ids.js';
import type { KnownUser } from './user-updates.js';
import { userValues } from './user-values.js';

type LinkDraft = Omit<UserLink, 'seq'>;

export interface KnownUsers {
  /** With the round in which each may be applied. */
  readonly links: readonly { readonly round: number; readonly draft: LinkDraft }[];
  readonly proposals: readonly LinkProposal[];
  readonly notices: readonly Notice[];
  /** External ID → id of the account that is used. */
  readonly accounts: ReadonlyMap<string, number>;
  /** Whose values may be updated. */
  readonly updatable: readonly KnownUser[];
}

/** What of a person is remembered with the account, besides its values. */
export function nsnOf({ nsn = '' }: PersonRecord): { readonly nsn?: string } {
  return nsn === '' ? {} : { nsn };
}

/** The change that makes an account a person's. */
export function linkDraft(person: PersonRecord, user: MoodleUser, insteadOf?: number): LinkDraft {
  const { username, firstname, lastname, email, idnumber } = userValues(person, user.auth);
  return {
    kind: 'user',
    operation: 'link',
    externalId: person.externalId,
    userType: person.type,
    moodleId: user.id,
    username: user.username,
    idnumberBefore: user.idnumber,
    values: { username, firstname, lastname, email, idnumber },
    ...nsnOf(person),
    ...(insteadOf === undefined ? {} : { insteadOf }),
  };
}

/**
 * Judges the persons whose account is ours. The disabled ones are left alone. An account of which only the login was
 * changed in Moodle is still used, but nothing in it is updated before a person has accepted it.
 */
export function planKnownUsers(
  input: PlanInput,
  accountsInMoodle: Accounts,
  plain: LinkLookup<MoodleUser>,
  roster: Roster,
): KnownUsers {
  const known = roster.persons.flatMap((person): { person: PersonRecord; managed: ManagedUser }[] => {
    const managed = input.managed.users.get(person.externalId);
    return managed === undefined || person.disabled === true ? [] : [{ person, managed }];
  });
  const successors = new Map([
    ...findSuccessors(input, accountsInMoodle, roster, known),
    ...findTakenOver(input, accountsInMoodle, known),
  ]);
  const lookup = { ...plain, successorOf: (externalId: string) => successors.get(externalId) };
  const { cases, relinked, notices, proposals } = settleLinks(
    lookup,
    known.map(({ managed }) => managed),
    (user, { externalId }) =>
      user.username === input.managed.users.get(externalId)?.username ? undefined : 'value-changed-in-moodle',
  );
  const links: { round: number; draft: LinkDraft }[] = [];
  const accounts = new Map<string, number>();
  const updatable: KnownUser[] = [];
  for (const { person, managed } of known) {
    const { externalId } = person;
    const one = cases.get(externalId);
    const link = relinked.get(externalId);
    if (link !== undefined) {
      links.push({ round: link.round, draft: linkDraft(person, link.row, link.insteadOf) });
      accounts.set(externalId, link.row.id);
    } else if (one?.usable === true) accounts.set(externalId, managed.moodleId);
    const certain =
      link === undefined ? one?.usable === true && one.code === undefined : link.row === one?.row;
    if (certain && one?.row !== undefined) updatable.push({ person, managed, user: one.row });
  }
  return { links, proposals, notices, accounts, updatable };
}
