import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../../support/property-seed.js';
import { removalWindow } from '../../../data/stages/protected-time.js';
import { nextDay, removalDay } from '../../../data/rules/guards/calendar.js';
import { newZealandTerms } from '../../../data/rules/guards/nz-terms.js';

const timeZone = 'Pacific/Auckland';

describe('removals wait for the holidays', () => {
  test('in term until the day after it, in the holidays not at all', () => {
    expect(removalDay('2027-05-10')).toEqual({ allowed: false, reason: 'in-term', until: '2027-07-03' });
    expect(removalDay('2027-07-02')).toMatchObject({ allowed: false, until: '2027-07-03' });
    expect(removalDay('2027-07-03')).toEqual({ allowed: true });
    expect(removalDay('2027-07-18')).toEqual({ allowed: true });
    expect(removalDay('2027-07-19')).toMatchObject({ allowed: false });
    expect(removalDay('2027-01-15')).toEqual({ allowed: true });
    expect(removalDay('2026-12-31')).toEqual({ allowed: true });
  });

  test('not at all where the administrator allows any time', () => {
    expect(removalDay('2027-05-10', { removals: 'any-time' })).toEqual({ allowed: true });
  });

  test('by the terms of the school where it has its own', () => {
    const terms = [
      { from: '2027-08-01', to: '2027-08-31' },
      { from: '2027-09-01', to: '2027-09-30' },
    ];
    expect(removalDay('2027-05-10', { terms })).toEqual({ allowed: true });
    // terms that touch are one
    expect(removalDay('2027-08-05', { terms })).toMatchObject({ until: '2027-10-01' });
  });

  test('at the end of the list nothing is guessed: a year without terms is not all holiday', () => {
    expect(removalDay('2028-12-21')).toEqual({ allowed: true });
    expect(removalDay('2029-01-01')).toEqual({ allowed: false, reason: 'year-unknown', until: null });
    expect(removalDay('2025-06-01')).toEqual({ allowed: false, reason: 'year-unknown', until: '2026-01-01' });
    const endsWithTheYear = { terms: [{ from: '2027-02-01', to: '2027-12-31' }] };
    expect(removalDay('2027-12-31', endsWithTheYear)).toEqual({
      allowed: false,
      reason: 'in-term',
      until: null,
    });
  });
});

describe('in Auckland', () => {
  test('a term ends at midnight there, whatever the date is elsewhere', () => {
    // 2 July 2027, 23:59:59 NZST
    expect(removalWindow('2027-07-02T11:59:59Z', { timeZone })).toEqual({
      allowed: false,
      until: '2027-07-02T12:00:00.000Z',
    });
    expect(removalWindow('2027-07-02T12:00:00Z', { timeZone })).toEqual({ allowed: true, until: null });
  });

  test('a term that spans the leap of daylight saving ends at the midnight of its end', () => {
    // begins in winter time (12 hours ahead), ends in summer time (13): clocks go forward on 26 September 2027
    const terms = [{ from: '2027-09-20', to: '2027-09-26' }];
    expect(removalWindow('2027-09-20T00:00:00Z', { timeZone, calendar: { terms } })).toEqual({
      allowed: false,
      until: '2027-09-26T11:00:00.000Z',
    });
    // and back on 4 April 2027
    const autumn = [{ from: '2027-03-29', to: '2027-04-04' }];
    expect(removalWindow('2027-04-03T00:00:00Z', { timeZone, calendar: { terms: autumn } })).toEqual({
      allowed: false,
      until: '2027-04-04T12:00:00.000Z',
    });
  });

  test('the moment that is waited for is always one at which it is allowed, and the one before is not', () => {
    const moments = fc.integer({
      min: Date.parse('2026-01-01T00:00:00Z'),
      max: Date.parse('2028-12-30T00:00:00Z'),
    });
    fc.assert(
      fc.property(moments, (now) => {
        const { allowed, until } = removalWindow(new Date(now).toISOString(), { timeZone });
        expect(allowed).toBe(until === null);
        if (until === null) return;
        expect(Date.parse(until)).toBeGreaterThan(now);
        expect(removalWindow(until, { timeZone }).allowed).toBe(true);
        expect(removalWindow(new Date(Date.parse(until) - 1).toISOString(), { timeZone }).allowed).toBe(
          false,
        );
      }),
    );
  });
});

test("the default terms are in order, and each year's are four or the whole year", () => {
  for (const [at, { from, to }] of newZealandTerms.entries()) {
    expect(from <= to).toBe(true);
    const next = newZealandTerms[at + 1];
    if (next !== undefined) expect(nextDay(to) < next.from).toBe(true);
  }
});
