/**
 * Which classes keep their last good roster [T06, T16]: an SMS that empties its classes before the rollover, or a reading
 * that lost their rows, must not empty last year's courses. Judged per class, for students and teachers apart.
 */
import { KEY_SEPARATOR, type UserType } from '../../model/snapshot.js';
import { membersOf } from '../plan/roster.js';
import type { Survey } from './survey.js';

/** An active enrolment of ours whose membership KN no longer has. */
export interface Leaving {
  readonly group: string;
  readonly type: UserType;
}

/** Fewer than this many who leave at once are no emptied class, unless nobody stays. */
const FEW = 5;

/** What a managed enrolment's role says of the person. */
export function typeOfRole(role: string): UserType {
  return role === 'student' ? 'student' : 'teacher';
}

function keyOf(group: string, type: UserType): string {
  return group + KEY_SEPARATOR + type;
}

function tally(rows: Iterable<Leaving>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { group, type } of rows)
    counts.set(keyOf(group, type), (counts.get(keyOf(group, type)) ?? 0) + 1);
  return counts;
}

/** Active enrolments of ours per class and type, in the given classes. */
function activeByClass(
  { input: { managed, moodle } }: Survey,
  groups: ReadonlySet<string>,
): Map<string, number> {
  const ours = [...groups].flatMap((group) => [...(managed.enrolments.get(group)?.values() ?? [])]);
  const ids = new Set(ours.map(({ moodleId }) => moodleId));
  const active = new Set<number>();
  for (const { id, status } of moodle.enrolments) if (status === 0 && ids.has(id)) active.add(id);
  const standing = ours.filter(({ moodleId }) => active.has(moodleId));
  return tally(standing.map(({ group, role }) => ({ group, type: typeOfRole(role) })));
}

export interface Rosters {
  /** Whether this class keeps its members of this type whatever this reading says. */
  stands(group: string, type: UserType): boolean;
}

/** Judges every class that loses members. */
export function judgeRosters(survey: Survey, leaving: Iterable<Leaving>): Rosters {
  const { roster, courses } = survey;
  const archived = new Set(
    courses.changes.flatMap((change) =>
      change.kind === 'course' && change.operation === 'archive' ? [change.externalId] : [],
    ),
  );
  const lost = tally(leaving);
  const groups = [...lost.keys()].map((key) => key.slice(0, key.lastIndexOf(KEY_SEPARATOR)));
  // of a class that is gone nothing has to be counted
  const before = activeByClass(survey, new Set(groups.filter((group) => roster.groupIds.has(group))));
  const isEmptied = (group: string, type: UserType): boolean => {
    const now = membersOf(roster, group).filter((person) => person.type === type).length;
    if (now === 0) return true;
    const key = keyOf(group, type);
    const [left, ours] = [lost.get(key) ?? 0, before.get(key) ?? 0];
    // a class that turned over has as many members as before; an emptied one has few
    return left >= FEW && left * 2 > ours && now * 2 < ours;
  };
  const isUsedAgain = (group: string): boolean => {
    const course = courses.courses.get(group);
    return course === null || course?.held === true || archived.has(group);
  };
  const verdicts = new Map<string, boolean>();
  return {
    stands(group, type) {
      const key = keyOf(group, type);
      const known = verdicts.get(key);
      if (known !== undefined) return known;
      const verdict = !roster.groupIds.has(group) || isUsedAgain(group) || isEmptied(group, type);
      verdicts.set(key, verdict);
      return verdict;
    },
  };
}
