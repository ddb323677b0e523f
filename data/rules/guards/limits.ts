/** What is usual in which season, and whether a number is more. Pure. */
import type { GuardedKind, GuardedSubject, GuardLimit, Season, SeasonLimits } from '../../model/guard.js';
import type { GuardsSettings } from '../../model/settings.js';

/** Fewer are never too many, whatever their share. */
export const ALWAYS_USUAL = 5;

/** A scheduled run that has more changes than this waits for a person, however large the school is. */
export const UNATTENDED_AT_MOST = 100;

export type Limits = Readonly<Record<GuardedSubject, Readonly<Record<GuardedKind, GuardLimit>>>>;

const quarter: GuardLimit = { percent: 25 };
const little: GuardLimit = { percent: 5 };
const inTerm = { create: quarter, change: quarter, suspend: little, remove: little } as const;

/**
 * In a rollover every class is new and so are its enrolments, and last year's come to their end; back-to-school brings up
 * to 60 % new people. Who leaves is judged by year level: the leaving one may leave whole, of any other
 * 15 %; and of the teachers, of whom more go at a year's end than in a year, 30 %.
 */
const defaults: Readonly<Record<Season, Limits>> = {
  term: { user: inTerm, course: inTerm, enrolment: inTerm, yearLevel: inTerm, teachers: inTerm },
  rollover: {
    user: { create: { percent: 60 }, change: quarter, suspend: 'any', remove: 'any' },
    course: { create: 'any', change: 'any', suspend: 'any', remove: 'any' },
    enrolment: { create: 'any', change: quarter, suspend: 'any', remove: 'any' },
    yearLevel: { create: 'any', change: 'any', suspend: { percent: 15 }, remove: { percent: 15 } },
    teachers: { create: 'any', change: 'any', suspend: { percent: 30 }, remove: { percent: 30 } },
  },
};

/** The limits of a season: the defaults, and what the school has set instead. */
export function limitsOf(season: Season, guards: GuardsSettings | undefined): Limits {
  const standard = defaults[season];
  const own: SeasonLimits = guards?.[season] ?? {};
  return {
    user: { ...standard.user, ...own.user },
    course: { ...standard.course, ...own.course },
    enrolment: { ...standard.enrolment, ...own.enrolment },
    yearLevel: { ...standard.yearLevel, ...own.yearLevel },
    teachers: { ...standard.teachers, ...own.teachers },
  };
}

/** Whether a number of records is more than usual. More of the same total is never less beyond. */
export function isBeyond(limit: GuardLimit, count: number, total: number): boolean {
  if (limit === 'any') return false;
  const { percent, atMost } = limit;
  if (atMost !== undefined && count > atMost) return true;
  return percent !== undefined && count >= ALWAYS_USUAL && count * 100 > total * percent;
}

/** The parts of a limit that a verdict shows. */
export function shownLimit(limit: GuardLimit): { percent?: number; atMost?: number } {
  if (limit === 'any') return {};
  const { percent, atMost } = limit;
  return { ...(percent === undefined ? {} : { percent }), ...(atMost === undefined ? {} : { atMost }) };
}
