import { expect, test } from 'vitest';
import { addLocalDays, localMidnight } from '../../data/moodle/midnight.js';

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

test.each([
  ['2027-02-01', 'Pacific/Auckland', '2027-01-31T11:00:00.000Z', 'summer time'],
  ['2027-07-01', 'Pacific/Auckland', '2027-06-30T12:00:00.000Z', 'standard time'],
  ['2027-04-04', 'Pacific/Auckland', '2027-04-03T11:00:00.000Z', 'the day on which summer time ends'],
  ['2027-04-05', 'Pacific/Auckland', '2027-04-04T12:00:00.000Z', 'the day after'],
  ['2027-09-26', 'Pacific/Auckland', '2027-09-25T12:00:00.000Z', 'the day on which summer time begins'],
  ['2027-09-27', 'Pacific/Auckland', '2027-09-26T11:00:00.000Z', 'the day after'],
  ['2027-02-01', 'Pacific/Chatham', '2027-01-31T10:15:00.000Z', 'a quarter of an hour'],
  ['2027-02-01', 'UTC', '2027-02-01T00:00:00.000Z', 'UTC'],
  ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z', 'a day without midnight: its first moment'],
  ['2026-10-25', 'Atlantic/Azores', '2026-10-25T00:00:00.000Z', 'a midnight that comes twice: the first'],
  ['2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00.000Z', 'the day after a skipped day'],
])('midnight of %s in %s is %s (%s)', (date, zone, expected) => {
  expect(iso(localMidnight(date, zone))).toBe(expected);
});

test('four weeks later is the same time of the day, also when clocks change in between', () => {
  const start = localMidnight('2027-03-22', 'Pacific/Auckland');
  expect(addLocalDays(start, 28, 'Pacific/Auckland')).toBe(localMidnight('2027-04-19', 'Pacific/Auckland'));
  expect(addLocalDays(start, 28, 'Pacific/Auckland') - start).toBe(28 * 86_400 + 3600);
  expect(addLocalDays(start, 28, 'UTC') - start).toBe(28 * 86_400);
});
