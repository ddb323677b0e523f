/** The numbers that a person types before anything is deleted for good. Pure. */
import { countNames, deletionKinds, type DeletionCounts } from '../../model/deletion.js';

/** How many of each kind there are. */
export function countKinds(items: readonly { readonly kind: keyof typeof countNames }[]): DeletionCounts {
  const counts = { users: 0, courses: 0, enrolments: 0 };
  for (const { kind } of items) counts[countNames[kind]]++;
  return counts;
}

/** Whether every number is the list's; a number that is not typed says 0, and one of something else is wrong. */
export function countsAgree(
  typed: Readonly<Record<string, number>> | undefined,
  listed: Readonly<Record<string, number>>,
): boolean {
  if (typed === undefined) return false;
  const names: readonly string[] = deletionKinds.map((kind) => countNames[kind]);
  return (
    Object.keys(typed).every((name) => names.includes(name)) &&
    names.every((name) => (typed[name] ?? 0) === (listed[name] ?? 0))
  );
}
