/**
 * Terms of New Zealand's state and state-integrated schools, as the Ministry of Education publishes them
 * (education.govt.nz, "School terms and holidays"). Schools choose the first day of term 1 and the last of term 4 within
 * given days; the earliest and the latest stand here, so that no school's term is taken for a holiday.
 *
 * 2028: only what the regulations say of every year is known to us, so the whole time in which a school may be open (from
 * Auckland Anniversary Day to 20 December) counts as term.
 */
import type { SchoolTerm } from '../../model/settings.js';

export const newZealandTerms: readonly SchoolTerm[] = [
  { from: '2026-01-26', to: '2026-04-02' },
  { from: '2026-04-20', to: '2026-07-03' },
  { from: '2026-07-20', to: '2026-09-25' },
  { from: '2026-10-12', to: '2026-12-18' },
  { from: '2027-01-28', to: '2027-04-09' },
  { from: '2027-04-27', to: '2027-07-02' },
  { from: '2027-07-19', to: '2027-09-24' },
  { from: '2027-10-11', to: '2027-12-17' },
  { from: '2028-01-31', to: '2028-12-20' },
];
