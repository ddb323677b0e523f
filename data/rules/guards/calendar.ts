/**
 * Protected times: nothing is suspended, hidden or deleted while school is on, unless the administrator says otherwise.
 * Pure, in days of the school's own calendar (YYYY-MM-DD, compared as text).
 */
import type { CalendarSettings, SchoolTerm } from '../../model/settings.js';
import { newZealandTerms } from './nz-terms.js';

/**
 * Whether removals may happen on a day, and if not, from which day on. `until` null: the calendar does not say, because
 * it has no terms of that year or a later one.
 */
export type RemovalDay =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly reason: 'in-term' | 'year-unknown';
      readonly until: string | null;
    };

const allowed: RemovalDay = { allowed: true };

function yearOf(day: string): number {
  return Number(day.slice(0, 4));
}

/** The day after a day of the calendar. */
export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** The first day from `day` on that is in no term; terms may touch or overlap. */
function afterTerms(day: string, terms: readonly SchoolTerm[]): string {
  const term = terms.find(({ from, to }) => from <= day && day <= to);
  return term === undefined ? day : afterTerms(nextDay(term.to), terms);
}

/** Years of which the calendar says anything: a year without terms is not all holiday. */
function knownYears(terms: readonly SchoolTerm[]): number[] {
  return [...new Set(terms.flatMap(({ from, to }) => [yearOf(from), yearOf(to)]))].sort((a, b) => a - b);
}

/** The first day from `day` on that is in no term of a year that the calendar knows; null: there is none. */
function firstFreeDay(day: string, terms: readonly SchoolTerm[]): string | null {
  const years = knownYears(terms);
  const free = afterTerms(day, terms);
  if (years.includes(yearOf(free))) return free;
  const next = years.find((year) => year > yearOf(free));
  return next === undefined ? null : firstFreeDay(`${next}-01-01`, terms);
}

/** May anything be removed on this day? */
export function removalDay(day: string, calendar: CalendarSettings = {}): RemovalDay {
  const { removals = 'holidays', terms = newZealandTerms } = calendar;
  if (removals === 'any-time') return allowed;
  const until = firstFreeDay(day, terms);
  if (until === day) return allowed;
  const inTerm = terms.some(({ from, to }) => from <= day && day <= to);
  return { allowed: false, reason: inTerm ? 'in-term' : 'year-unknown', until };
}
