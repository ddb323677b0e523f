/** People by year level, all teachers as one: what each is a share of. Pure. */
import type { GuardsSettings } from '../../model/settings.js';
import type { PersonRecord, Snapshot } from '../../model/snapshot.js';

/** The level of all teachers. */
export const TEACHERS = 'teachers';

/** A person's level; '' for students without one. */
export function levelOf(person: PersonRecord): string {
  return person.type === 'teacher' ? TEACHERS : (person.yearLevel ?? '');
}

/** External ID → level, of everybody in a reading. */
export function levelsOf(snapshot: Snapshot | null): Map<string, string> {
  return new Map((snapshot?.records.person ?? []).map((person) => [person.externalId, levelOf(person)]));
}

/** How many there are of each. */
export function tallyLevels(levels: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const level of levels) counts.set(level, (counts.get(level) ?? 0) + 1);
  return counts;
}

/** Year levels that leave the school at the year's end: those that are set, else the highest that it had. */
export function leavingLevels(
  base: Snapshot | null,
  guards: GuardsSettings | undefined,
): ReadonlySet<string> {
  if (guards?.leavingYearLevels !== undefined) return new Set(guards.leavingYearLevels);
  const present = [...tallyLevels(levelsOf(base).values()).keys()];
  const numbers = present.filter((level) => /^\d+$/.test(level)).map(Number);
  return new Set(numbers.length === 0 ? [] : [String(Math.max(...numbers))]);
}
