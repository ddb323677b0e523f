/** Classes that go on under another code: all ids changed at New Year though the classes are the same [T32]. Offered only. */
import type { LinkProposal } from '../../model/plan.js';
import type { GroupRecord } from '../../model/snapshot.js';
import type { MoodleCourse } from '../../moodle/state.js';
import type { LinkLookup } from './links.js';
import type { PlanInput } from './plan-input.js';
import { membersOf, studentsByClass, type Roster } from './roster.js';
import { unique } from './unique.js';

/** The course that a class without one may go on in. */
export interface Lineage {
  readonly course: MoodleCourse;
  readonly evidence: LinkProposal['evidence'];
}

function keyOf({ name = '', groupType = '' }: GroupRecord): string {
  const plain = name.normalize('NFC').trim().toLowerCase();
  return plain === '' ? '' : `${groupType}\u001f${plain}`;
}

/** Classes of the last applied reading that are gone, with their course, which is still as we know it. */
function findGone(
  { previous, snapshot, managed }: PlanInput,
  lookup: LinkLookup<MoodleCourse>,
  roster: Roster,
): { readonly group: GroupRecord; readonly course: MoodleCourse }[] {
  if (previous === null || !snapshot.complete || !snapshot.statements.groups) return [];
  return previous.records.group.flatMap((group) => {
    const { externalId } = group;
    const known = managed.courses.get(externalId);
    const isGone = !roster.groupIds.has(externalId) && snapshot.withheld?.groups.has(externalId) !== true;
    const course = known === undefined || !isGone ? undefined : lookup.identities.row(known.moodleId);
    if (course === undefined || lookup.identities.idnumberOf(course) !== externalId) return [];
    const free = [...lookup.owners.of(course.id)].every(
      (owner) => owner === externalId || !lookup.inKN.has(owner),
    );
    return free ? [{ group, course }] : [];
  });
}

/**
 * A class of the same name and type, of which more than half of the students were in the one that is gone. Classes
 * that only move up a year have other names: an ordinary rollover asks nothing.
 */
export function findLineages(
  input: PlanInput,
  lookup: LinkLookup<MoodleCourse>,
  roster: Roster,
  fresh: readonly GroupRecord[],
): ReadonlyMap<string, Lineage> {
  const gone = unique(findGone(input, lookup, roster), ({ group }) => keyOf(group));
  const before =
    gone.size === 0 ? new Map<string, string[]>() : studentsByClass(input.previous, input.filledBefore);
  const lineages = new Map<string, Lineage>();
  for (const [key, group] of unique(fresh, keyOf)) {
    const old = gone.get(key);
    if (old === undefined) continue;
    const then = new Set(before.get(old.group.externalId) ?? []);
    const now = membersOf(roster, group.externalId).filter((person) => person.type === 'student');
    const stayed = now.filter((person) => then.has(person.externalId)).length;
    if (stayed * 2 > now.length)
      lineages.set(group.externalId, { course: old.course, evidence: ['members', 'name'] });
  }
  return lineages;
}
