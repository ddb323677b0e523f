/** Medians, ratios and verdicts. */
import { expect, test } from 'vitest';
import { readOptions } from '../../bench/options.js';
import { median, quantile, spreadOf } from '../../bench/measure/statistics.js';
import { summarize } from '../../bench/phases/beside.js';
import { phaseNames } from '../../bench/phases/apart.js';
import { ratioTable } from '../../bench/report/document.js';
import { computeRatios, growthOf, isMissed, type Round } from '../../bench/report/ratios.js';

const counters = { statements: 10, bytesIn: 0, bytesOut: 0 };
const stretch = (seconds: number) => ({ seconds, cpuSeconds: 0, ...counters });
const floor = (seconds: number) => ({ seconds, statements: 1, rows: 1 });
const cost = (seconds: number) => ({ seconds, workerCpuSeconds: 0, serverCpuSeconds: 0, ...counters });

function round(seconds: number): Round {
  return {
    whole: {
      create: { ...cost(3 * seconds), events: 200, firstTaskAt: 0, activities: {} },
      workerStartMs: 900,
      reexported: { ...cost(5), written: 0 },
      sameFile: { ...cost(0.5), written: 0 },
      delta: {
        ...cost(9),
        floor: floor(2),
        events: 200,
        firstTaskAt: 0,
        activities: { makePlan: 2, lookAtGrades: 1, applyChanges: 4.5, compareGrades: 0.5 },
      },
      readFloorSeconds: 1,
      readingSeconds: 2,
      peakMemoryMiB: 301,
    },
    apart: {
      phases: Object.fromEntries(phaseNames.map((name) => [name, stretch(1)])) as Round['apart']['phases'],
      apply: stretch(seconds),
      floors: { all: floor(2), users: floor(0.5), courses: floor(4), enrolments: floor(1) },
      rows: {},
    },
    waits: { count: 1, p50: 1, p99: 20, longest: 30, longestOf: {} },
    passwords: { hashed: 1, seconds: 1, oneHashSeconds: 1, overIdeal: 1.05 },
  };
}

test('medians and spreads', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
  expect(quantile([1, 2, 3, 4], 0.99)).toBe(4);
  expect(spreadOf([2, 1, 5])).toEqual({ median: 2, least: 1, most: 5, rounds: 3 });
});

test('ratios are of medians of rounds, each over the floor of its own round', () => {
  const ratios = computeRatios([round(4), round(2), round(10)], false);
  const of = (name: string) => ratios.find((ratio) => ratio.name === name)?.spread.median;
  expect(of('applyOverFloor')).toBe(2);
  expect(of('wholeOverFloor')).toBe(6);
  expect(of('usersOverFloor')).toBe(2);
  expect(of('coursesOverFloor')).toBe(0.5);
  expect(of('enrolmentsOverFloor')).toBe(1);
  // 5 s less uploading and reading, over 1 s
  expect(of('reexportOverFloor')).toBe(3);
  expect(of('deltaOverFloor')).toBe(4);
  expect(of('deltaWholeOverFloor')).toBe(4.5);
});

test('what misses its target is said to', () => {
  const ratios = computeRatios([round(4)], false);
  const missed = ratios.filter(isMissed).map(({ name }) => name);
  expect(missed).toEqual(['wholeOverFloor', 'deltaOverFloor', 'peakMemoryMiB']);
  expect(ratioTable(ratios)).toMatch(/`deltaOverFloor` .* \*\*missed\*\*/);
  expect(ratioTable(ratios)).toMatch(/`applyOverFloor` .* ok/);
  // a ratio that could not be measured has not reached its target
  expect(isMissed({ name: '', what: '', unit: '', target: 1, spread: spreadOf([Number.NaN]) })).toBe(true);
  expect(
    computeRatios([round(4)], true)
      .filter(isMissed)
      .map(({ name }) => name),
  ).not.toContain('peakMemoryMiB');
});

test('growth needs both sizes', () => {
  expect(growthOf(2, 3)).toBe(1.5);
  expect(growthOf(2, null)).toBeNull();
});

test('waits are summed up by kind', () => {
  const waits = summarize([
    { what: 'read', ms: 1 },
    { what: 'read', ms: 7 },
    { what: 'write', ms: 3 },
  ]);
  const many = summarize(Array.from({ length: 300_000 }, (_, ms) => ({ what: 'read', ms })));
  expect(many.longest).toBe(299_999);
  expect(waits).toEqual({ count: 3, p50: 3, p99: 7, longest: 7, longestOf: { read: 7, write: 3 } });
});

test('options that make no sense are refused', () => {
  expect(readOptions(['--help', '--size', 'huge'])).toBeNull();
  expect(readOptions(['--size', 'district', '--rounds', '1'])).toMatchObject({ rounds: 1, json: false });
  for (const args of [
    ['--size', 'huge'],
    ['--rounds', '0'],
    ['--only', 'nothing'],
  ])
    expect(() => readOptions(args)).toThrow();
});
