/** The bench's schools: exact numbers, the same seed the same school, a real turn of the year. */
import { describe, expect, test } from 'vitest';
import { generateNextYear, generateSchool, type GeneratedSchool } from '../../bench/school/generate.js';
import { sizes } from '../../bench/school/sizes.js';

const people = (school: GeneratedSchool) => [...school.students, ...school.teachers];
const memberships = (school: GeneratedSchool): string[] =>
  people(school).flatMap(({ externalId, groups }) => groups.map((group) => `${group}/${externalId}`));
const idsOf = (school: GeneratedSchool): string[] => people(school).map(({ externalId }) => externalId);

describe.each([sizes.tiny, sizes.school, sizes.district])('a $name', (size) => {
  const school = generateSchool({ size, seed: 'test', year: 2027 });

  test('has as many people, classes and memberships as it says, none twice', () => {
    expect(new Set(idsOf(school)).size).toBe(size.users);
    expect(new Set(people(school).map(({ login }) => login)).size).toBe(size.users);
    expect(school.groups).toHaveLength(size.courses);
    expect(memberships(school)).toHaveLength(size.enrolments);
    expect(new Set(memberships(school)).size).toBe(size.enrolments);
  });

  test('has a teacher in every class, and at most 9,999 classes of one type', () => {
    const taught = new Set(school.teachers.flatMap(({ groups }) => groups));
    expect(taught.size).toBe(size.courses);
    for (const type of school.groupTypes)
      expect(school.groups.filter(({ groupType }) => groupType === type).length).toBeLessThan(10_000);
  });

  test('loses a fifth of its people in a year, gains as many, and has only new classes', () => {
    const next = generateNextYear(school);
    const before = new Set(idsOf(school));
    const stayed = idsOf(next).filter((id) => before.has(id));
    expect(stayed).toHaveLength(size.users * 0.8);
    expect(new Set(idsOf(next)).size).toBe(size.users);
    expect(new Set(memberships(next)).size).toBe(size.enrolments);
    const codes = new Set(school.groups.map(({ externalId }) => externalId));
    expect(next.groups.filter(({ externalId }) => codes.has(externalId))).toEqual([]);
    expect(memberships(school)).toHaveLength(size.enrolments);
  });
});

test('the same seed gives the same school, another one another', () => {
  const of = (seed: string) => generateSchool({ size: sizes.tiny, seed, year: 2027 });
  expect(of('a')).toEqual(of('a'));
  expect(generateNextYear(of('a'))).toEqual(generateNextYear(of('a')));
  expect(of('a').students).not.toEqual(of('b').students);
});

test('passwords are there only when asked for, for everybody', () => {
  const options = { size: sizes.tiny, seed: 'a', year: 2027 };
  expect(people(generateSchool(options)).filter(({ password }) => password !== undefined)).toEqual([]);
  const all = people(generateSchool({ ...options, passwords: true }));
  expect(all.filter(({ password }) => password === undefined)).toEqual([]);
});
