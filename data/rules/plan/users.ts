/** Users: what is ours, what is found by idnumber, what a person accepted, and who is new. */
import type { ChangeDraft, LinkProposal, Notice, UserCreate } from '../../model/plan.js';
import type { MoodleUser } from '../../moodle/state.js';
import { Accounts, untouchable } from './accounts.js';
import { planKnownUsers } from './known-users.js';
import type { LinkLookup } from './links.js';
import { planNewUsers } from './new-users.js';
import { sortedBy } from './order.js';
import type { PlanInput } from './plan-input.js';
import { personsInKN } from './presence.js';
import type { Roster } from './roster.js';
import { planUserUpdates } from './user-updates.js';

/** Stands for the id of a row that an earlier change makes. */
export const MADE_BY_PLAN = 0;

export interface UserPlan {
  /** In order: links, updates, creations. */
  readonly changes: readonly ChangeDraft[];
  readonly proposals: readonly LinkProposal[];
  readonly notices: readonly Notice[];
  /** External ID → Moodle id, or MADE_BY_PLAN. Absent: there is no account that we may use. */
  readonly accounts: ReadonlyMap<string, number>;
}

/**
 * Plans users. Links come first because they only write idnumbers, then updates because they may set a login free,
 * then creations.
 */
export function planUsers(input: PlanInput, roster: Roster): UserPlan {
  const { moodle, managed, fold, settings, site } = input;
  const accounts = new Accounts(moodle.users, managed.users.values(), fold, settings.actor);
  const lookup: LinkLookup<MoodleUser> = {
    kind: 'user',
    identities: accounts.identities,
    owners: accounts.owners,
    answers: input.answers,
    inKN: personsInKN(input, roster),
    untouchable,
  };
  const known = planKnownUsers(input, accounts, lookup, roster);
  const updated = planUserUpdates(known.updatable, accounts, settings, site, fold);
  const fresh = planNewUsers(input, accounts, lookup, roster);

  const links = [...known.links];
  const creations: Omit<UserCreate, 'seq'>[] = [];
  const usable = new Map(known.accounts);
  for (const { person, change } of fresh) {
    if (change === undefined) continue;
    usable.set(person.externalId, change.operation === 'link' ? change.moodleId : MADE_BY_PLAN);
    // What is adopted has the idnumber already, or none: it waits for no other change but a relink.
    if (change.operation === 'link') links.push({ round: Number.MAX_SAFE_INTEGER, draft: change });
    else creations.push(change);
  }
  return {
    changes: [
      ...sortedBy(links, ({ round, draft }) => [round, draft.externalId]).map(({ draft }) => draft),
      ...sortedBy(updated.updates, ({ round, draft }) => [round, draft.externalId]).map(({ draft }) => draft),
      ...sortedBy(creations, ({ externalId }) => [externalId]),
    ],
    proposals: [...known.proposals, ...fresh.flatMap((one) => one.proposals ?? [])],
    notices: [
      ...known.notices,
      ...updated.notices,
      ...fresh.flatMap((one) => (one.notice === undefined ? [] : [one.notice])),
    ],
    accounts: usable,
  };
}
