/** The most telling of many: from the largest groups first, taking turns. Pure. */
import { GUARD_EXAMPLES, type GuardExample } from '../../model/guard.js';

/** Something counted, and the group that it belongs to (a class, a year level, a field that changes). */
export interface Counted extends GuardExample {
  readonly group: string;
}

/** Items by group, the largest group first; equal ones by name. */
export function byGroup(items: readonly Counted[]): [string, Counted[]][] {
  const groups = new Map<string, Counted[]>();
  for (const item of items) {
    const group = groups.get(item.group);
    if (group === undefined) groups.set(item.group, [item]);
    else group.push(item);
  }
  return [...groups].sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1));
}

/** At most twenty: one of each group in turn, the largest group first. */
export function tellingExamples(items: readonly Counted[]): GuardExample[] {
  const groups = byGroup(items).map(([, members]) => members);
  const examples: GuardExample[] = [];
  for (let turn = 0; examples.length < GUARD_EXAMPLES; turn++) {
    const left = groups.filter((members) => members.length > turn);
    if (left.length === 0) break;
    for (const members of left.slice(0, GUARD_EXAMPLES - examples.length)) {
      const { subject, person, before } = members[turn] as Counted;
      examples.push({
        subject,
        ...(person === undefined ? {} : { person }),
        ...(before === undefined ? {} : { before }),
      });
    }
  }
  return examples;
}
