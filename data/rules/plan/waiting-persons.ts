/** Persons without an account that we may use: one notice each, however many enrolments wait for it. */
import type { Notice } from '../../model/plan.js';
import { notice } from './notices.js';
import type { PlanInput } from './plan-input.js';
import type { Roster } from './roster.js';

/**
 * One notice per person whose enrolments wait, and one per disabled person who has no account of ours. Why there is
 * no account stands in a notice of its own.
 */
export function waitingNotices(
  { managed }: PlanInput,
  roster: Roster,
  waiting: ReadonlyMap<string, number>,
): Notice[] {
  return roster.persons.flatMap(({ externalId, disabled }) => {
    const enrolments = waiting.get(externalId);
    const detail = enrolments === undefined ? {} : { enrolments };
    const ours = managed.users.get(externalId);
    const ids = ours === undefined ? [] : [ours.moodleId];
    if (disabled === true)
      return ours === undefined || enrolments !== undefined
        ? [notice('person-disabled', 'user', externalId, ids, detail)]
        : [];
    return enrolments === undefined ? [] : [notice('person-missing', 'user', externalId, ids, detail)];
  });
}
