/** The changes behind a number, each with the group that it belongs to. Pure. */
import type { GuardedKind, GuardedType } from '../../model/guard.js';
import type { Change } from '../../model/plan.js';
import type { Counted } from './examples.js';
import { kindOf } from './thresholds.js';

/** The fields that an update changes, as the group it belongs to; else what the change does. */
function whatChanges(change: Change): string {
  return 'after' in change ? Object.keys(change.after).sort().join(' ') : change.operation;
}

function toCounted(change: Change, levels: ReadonlyMap<string, string>): Counted | undefined {
  switch (change.kind) {
    case 'enrolment':
      return { subject: change.group, person: change.person, group: change.group };
    case 'user': {
      const group =
        change.operation === 'update' ? whatChanges(change) : (levels.get(change.externalId) ?? '');
      return { subject: change.externalId, group };
    }
    case 'course':
      return {
        subject: change.externalId,
        group: change.operation === 'create' ? change.groupType : whatChanges(change),
      };
    case 'category':
      return undefined;
  }
}

/** The changes of one type and kind. */
export function countedOf(
  changes: readonly Change[],
  type: GuardedType,
  kind: GuardedKind,
  levels: ReadonlyMap<string, string>,
): Counted[] {
  return changes.flatMap((change) =>
    change.kind === type && kindOf(change.operation) === kind ? (toCounted(change, levels) ?? []) : [],
  );
}
