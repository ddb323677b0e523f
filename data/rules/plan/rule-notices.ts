/** Classes that group provisioning rules name and KN does not have. */
import type { Notice } from '../../model/plan.js';
import type { UnknownClass } from '../group-provisioning/fill-classes.js';
import { notice } from './notices.js';

/** One notice per class. A rule without its target does nothing at all; without one of its classes it does less. */
export function unknownClassNotices(unknown: readonly UnknownClass<unknown>[]): Notice[] {
  return unknown.map(({ group, target }) =>
    notice('rule-class-unknown', 'course', group, [], target ? {} : { level: 'drift' }),
  );
}
