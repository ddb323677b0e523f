/** Persons whose account is ours by the journal: used as it is, relinked after a person's answer, or left with a notice. */
import type { LinkProposal, ManagedUser, Notice, UserLink } from '../../model/plan.js';
import type { PersonRecord } from '../../model/snapshot.js';
import type { MoodleUser } from '../../moodle/state.js';
import { judgeLink, settleLinks, type LinkCase, type LinkLookup } from './links.js';
import type { PlanInput } from './plan-input.js';
import type { Roster } from './roster.js';
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

/** The change that makes an account a person's. */
export function linkDraft(person: PersonRecord, user: MoodleUser): LinkDraft {
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
  };
}

interface UserCase extends LinkCase<MoodleUser> {
  readonly person: PersonRecord;
  readonly managed: ManagedUser;
}

/**
 * Judges the persons whose account is ours. The disabled ones are left alone. An account of which only the login was
 * changed in Moodle is still used, but nothing in it is updated before a person has accepted it.
 */
export function planKnownUsers(input: PlanInput, lookup: LinkLookup<MoodleUser>, roster: Roster): KnownUsers {
  const cases = roster.persons.flatMap((person): UserCase[] => {
    const managed = input.managed.users.get(person.externalId);
    if (managed === undefined || person.disabled === true) return [];
    const changed = (user: MoodleUser) =>
      user.username === managed.username ? undefined : ('value-changed-in-moodle' as const);
    return [{ ...judgeLink(lookup, managed, changed), person, managed }];
  });
  const { relinked, notices, proposals } = settleLinks(lookup, cases);
  const links: { round: number; draft: LinkDraft }[] = [];
  const accounts = new Map<string, number>();
  const updatable: KnownUser[] = [];
  for (const one of cases) {
    const { person, managed, row: user, candidate, code } = one;
    const round = relinked.get(one);
    if (round !== undefined && candidate !== undefined) {
      links.push({ round, draft: linkDraft(person, candidate) });
      accounts.set(person.externalId, candidate.id);
    } else if (one.usable) accounts.set(person.externalId, managed.moodleId);
    const certain = round === undefined ? one.usable && code === undefined : candidate === user;
    if (certain && user !== undefined) updatable.push({ person, managed, user });
  }
  return { links, proposals, notices, accounts, updatable };
}
