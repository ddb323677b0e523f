import { expect, test } from 'vitest';
import {
  choosePassage,
  chooseScenario,
  describeScenario,
  faultKinds,
  type Course,
  type Scenario,
} from './scenario.js';
import { passages } from './passages.js';
import { seedsOf } from './seeds.js';

const course: Course = { activities: { beginRun: 1, applyChanges: 7, openGate: 5 }, tookMs: 4_000 };
const names = ['first-year', 'second-year'];
const choose = (seed: string): Scenario => chooseScenario(seed, choosePassage(seed, names), course);
const many = Array.from({ length: 600 }, (_, n) => choose(String(n)));

test('the same seed always chooses the same', () => {
  expect(choose('1f2e')).toEqual(choose('1f2e'));
  expect(new Set(many.map((scenario) => describeScenario({ ...scenario, seed: '' }))).size).toBeGreaterThan(
    590,
  );
});

test('seeds reach every passage, fault, surrounding and kind of moment', () => {
  for (const passage of names) {
    const own = many.filter((scenario) => scenario.passage === passage);
    const kinds = new Set(own.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
    // only a passage that calls Moodle can find it ill
    expect(kinds).toEqual(new Set(faultKinds.filter((kind) => kind !== 'moodle-ill')));
    const places = new Set(
      own.flatMap(({ faults }) => faults.map(({ when }) => ('place' in when ? when.place : 'time'))),
    );
    for (const place of ['before beginRun', 'after openGate', 'point after-moodle-rows', 'time'])
      expect(places).toContain(place);
    for (const name of ['strict', 'smallPackets', 'shortWait', 'twice'] as const)
      expect(new Set(own.map(({ surroundings }) => surroundings[name]))).toEqual(new Set([true, false]));
    expect(new Set(own.map(({ surroundings }) => surroundings.collation)).size).toBe(2);
    expect(new Set(own.map(({ surroundings }) => surroundings.isolation)).size).toBe(2);
  }
});

test('no moment is asked for more often than the undisturbed run comes there', () => {
  for (const { when } of many.flatMap(({ faults }) => faults)) {
    if (!('place' in when)) expect(when.afterMs).toBeLessThanOrEqual(course.tookMs);
    else if (when.place === 'before beginRun' || when.place === 'after applyChanges')
      expect(when.nth).toBe(1);
  }
});

test('seeds are given, random, or a few fixed ones', () => {
  expect(seedsOf({ FAULT_SEED: 'a, b' })).toEqual(['a', 'b']);
  expect(new Set(seedsOf({ FAULT_RUNS: '9' })).size).toBe(9);
  expect(seedsOf({}).length).toBeLessThan(10);
});

test('the usual seeds meet every passage, fault and surrounding', () => {
  const all = passages.map(({ name }) => name);
  const usual = seedsOf({}).map((seed) => {
    const name = choosePassage(seed, all);
    const { webService } = passages.find((one) => one.name === name) ?? {};
    const activities = webService === true ? { ...course.activities, deleteListed: 1 } : course.activities;
    return chooseScenario(seed, name, { ...course, activities });
  });
  expect(new Set(usual.map(({ passage }) => passage))).toEqual(new Set(all));
  expect(new Set(usual.flatMap(({ faults }) => faults.map(({ kind }) => kind)))).toEqual(new Set(faultKinds));
  for (const name of ['collation', 'isolation', 'strict', 'smallPackets', 'shortWait', 'twice'] as const)
    expect(new Set(usual.map(({ surroundings }) => surroundings[name])).size, name).toBe(2);
});
