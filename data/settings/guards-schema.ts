/** What the settings of guards and of the school's calendar may be. */
import { z } from 'zod';
import { guardedKinds, guardedSubjects } from '../model/guard.js';
import { removalTimes } from '../model/settings.js';
import { localDate } from './local-date.js';

const limit = z.union(
  [
    z.literal('any'),
    z
      .strictObject({
        percent: z.int().min(0).max(100).optional(),
        atMost: z.int().min(0).max(10_000_000).optional(),
      })
      .refine(
        ({ percent, atMost }) => percent !== undefined || atMost !== undefined,
        'expected percent, atMost or both',
      ),
  ],
  { error: 'expected any, or a mapping of percent (0 to 100), atMost (a number of records) or both' },
);

const limits = z.partialRecord(z.enum(guardedSubjects), z.partialRecord(z.enum(guardedKinds), limit));

const yearLevel = z.string().regex(/^(?:\d|1[0-5])$/, 'expected a year level from 0 to 15');

/** Limits that differ from the defaults. */
export const guardsSchema = z.strictObject({
  leavingYearLevels: z.array(yearLevel).max(16).optional(),
  unattendedAtMost: z.int().min(0).max(10_000_000).optional(),
  term: limits.optional(),
  rollover: limits.optional(),
});

const term = z
  .strictObject({ from: localDate, to: localDate })
  .refine(({ from, to }) => from <= to, 'a term ends before it begins');

/** When the school is on, and whether removals wait for the holidays. */
export const calendarSchema = z.strictObject({
  removals: z.enum(removalTimes).optional(),
  terms: z.array(term).min(1).max(100).optional(),
});
