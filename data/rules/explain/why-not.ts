/** Why a rule does not put somebody into its class. */
import type { PersonRecord } from '../../model/snapshot.js';
import { newcomers, type EvaluatedRule, type FillInput } from '../group-provisioning/fill-classes.js';

/** The first condition that does not hold. */
export type Unmet = 'user-type' | 'year-level' | 'not-a-member' | 'not-new' | 'circle';

/**
 * What stands between a person and a rule's class. `isMember` also counts memberships by other rules. A rule all of
 * whose conditions hold and that gives nothing belongs to a circle.
 */
export function whyNot(
  rule: EvaluatedRule,
  person: PersonRecord,
  isMember: (group: string) => boolean,
  { previous, filledBefore }: Pick<FillInput, 'previous' | 'filledBefore'>,
): Unmet {
  if (rule.userType !== 'all' && rule.userType !== person.type) return 'user-type';
  if (rule.yearLevel !== undefined && rule.yearLevel !== person.yearLevel) return 'year-level';
  if (rule.memberOf !== undefined && !rule.memberOf.some(isMember)) return 'not-a-member';
  const kept = filledBefore?.get(rule.target)?.has(person.externalId) === true;
  return rule.applyToExisting || kept || newcomers(previous)(person, rule) ? 'circle' : 'not-new';
}
