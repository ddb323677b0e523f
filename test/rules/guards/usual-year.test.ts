/** A year's change as schools have it is held by nothing; the same outside a rollover is. */
import { describe, expect, test } from 'vitest';
import { nextYear, sampleSchool, type SampleSchool } from '../../../embedded/sample-school.js';
import type { PersonRecord, UserType } from '../../../data/model/snapshot.js';
import { judge, reading } from './school.js';

function toReading(school: SampleSchool): ReturnType<typeof reading> {
  const toPerson =
    (type: UserType) =>
    (one: SampleSchool['students'][number]): PersonRecord => ({
      externalId: one.externalId,
      type,
      firstName: one.firstName,
      surname: one.surname,
      login: one.login,
      email: one.email,
      ...(one.nsn === undefined ? {} : { nsn: one.nsn }),
      ...(one.yearLevel === undefined ? {} : { yearLevel: one.yearLevel }),
    });
  const persons = [...school.students.map(toPerson('student')), ...school.teachers.map(toPerson('teacher'))];
  const classes: Record<string, string[]> = {};
  for (const { externalId } of school.groups) classes[externalId] = [];
  for (const one of [...school.students, ...school.teachers])
    for (const group of one.groups) (classes[group] ??= []).push(one.externalId);
  return reading({ persons, classes });
}

describe.each([240, 1000, 3000])('a school of %i students', (students) => {
  test('changes its year in a rollover without being held', () => {
    for (const seed of ['a', 'b', 'c', 'd']) {
      const school = sampleSchool({ seed, year: 2027, students });
      const base = toReading(school);
      expect(judge({ base, snapshot: toReading(nextYear(school)), season: 'rollover' })).toEqual([]);
    }
  });

  test('is held when it does so in term, and told why', () => {
    const school = sampleSchool({ seed: 'a', year: 2027, students });
    const verdicts = judge({ base: toReading(school), snapshot: toReading(nextYear(school)) });
    expect(verdicts.length).toBeGreaterThan(0);
    expect(verdicts.every(({ cause }) => cause === 'new-school-year' || cause === 'year-level-missing')).toBe(
      true,
    );
  });
});
