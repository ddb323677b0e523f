/** Classes that group provisioning rules name and KN does not have. */
import type { Notice } from '../../model/plan.js';
import type { EvaluatedRule, UnknownClass } from '../group-provisioning/fill-classes.js';
import { notice } from './notices.js';

/**
 * One notice per class. A rule without its target does nothing at all, and a person must mend it if it is the
 * school's own; without one of its classes it only does less, and KN's rules are KN's.
 */
export function unknownClassNotices(unknown: readonly UnknownClass<EvaluatedRule>[]): Notice[] {
  return unknown.map(({ group, target, rules }) => {
    const ours = rules.some((rule) => rule.origin !== 'knowledgenet' && rule.target === group);
    return notice('rule-class-unknown', 'course', group, [], target && ours ? {} : { level: 'drift' });
  });
}
