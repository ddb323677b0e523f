import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { read, utils } from '@e965/xlsx';
import { describe, expect, test } from 'vitest';
import { isValidLogin } from '../../data/rules/login.js';
import { findingCodes } from '../../data/model/finding.js';
import { messy } from '../../embedded/sample-school/dirt.js';
import { toCsvFolder, toWorkbook } from '../../embedded/sample-school/write.js';
import { nextYear, sampleSchool, type SamplePerson } from '../../embedded/sample-school.js';

const lastYear = sampleSchool({ year: 2026 });
const thisYear = nextYear(lastYear);

function byId(people: readonly SamplePerson[]): Map<string, SamplePerson> {
  return new Map(people.map((person) => [person.externalId, person]));
}

describe('the sample school', () => {
  test('is the same for the same seed and another one for another', () => {
    expect(sampleSchool({ year: 2026 })).toEqual(lastYear);
    expect(nextYear(sampleSchool({ year: 2026 }))).toEqual(thisYear);
    expect(sampleSchool({ year: 2026, seed: 'other' }).students).not.toEqual(lastYear.students);
  });

  test('has the size of a small college', () => {
    expect(lastYear.students).toHaveLength(240);
    expect(lastYear.teachers).toHaveLength(20);
    expect(lastYear.groups.length).toBeGreaterThan(50);
    expect(lastYear.groups.length).toBeLessThan(75);
    expect(new Set(lastYear.students.map((student) => student.yearLevel))).toEqual(
      new Set(['9', '10', '11', '12', '13']),
    );
  });

  test.each([lastYear, thisYear])('is clean in $year', (school) => {
    const people = [...school.students, ...school.teachers];
    const groups = new Set(school.groups.map((group) => group.externalId));
    expect(new Set(people.map((person) => person.externalId)).size).toBe(people.length);
    expect(new Set(people.map((person) => person.login)).size).toBe(people.length);
    expect(new Set(people.map((person) => person.email)).size).toBe(people.length);
    expect(groups.size).toBe(school.groups.length);
    expect(people.filter((person) => !isValidLogin(person.login, false))).toEqual([]);
    expect(people.flatMap((person) => person.groups).filter((id) => !groups.has(id))).toEqual([]);
    const taught = new Set(school.teachers.flatMap((teacher) => teacher.groups));
    const attended = new Set(school.students.flatMap((student) => student.groups));
    expect(school.groups.filter((group) => !taught.has(group.externalId))).toEqual([]);
    expect([...groups].filter((id) => !attended.has(id))).toEqual(['STAFF']);
  });

  test('has names with macrons, apostrophes, hyphens and brackets, and ids with leading zeros', () => {
    const names = lastYear.students.map((student) => `${student.firstName} ${student.surname}`).join('\n');
    for (const sign of [/[āēīōū]/i, /'/, /-/, /\(/]) expect(names).toMatch(sign);
    expect(lastYear.students.every((student) => student.externalId.startsWith('0'))).toBe(true);
  });
});

describe('the year after', () => {
  test('has leavers, joiners and everybody a year level up', () => {
    const before = byId(lastYear.students);
    const stayed = thisYear.students.filter((student) => before.has(student.externalId));
    expect(stayed.length).toBeGreaterThan(170);
    expect(stayed.length).toBeLessThan(192);
    for (const student of stayed)
      expect(Number(student.yearLevel)).toBe(Number(before.get(student.externalId)?.yearLevel) + 1);
    expect(thisYear.students.length - stayed.length).toBeGreaterThan(45);
    const teachers = byId(lastYear.teachers);
    expect(thisYear.teachers.filter((teacher) => !teachers.has(teacher.externalId)).length).toBeGreaterThan(
      0,
    );
  });

  test('keeps houses, gives form codes to other students and makes new class codes', () => {
    const before = byId(lastYear.students);
    const house = (student: SamplePerson | undefined) => student?.groups.find((id) => id.startsWith('HOUSE'));
    for (const student of thisYear.students)
      if (before.has(student.externalId)) expect(house(student)).toBe(house(before.get(student.externalId)));

    const codes = (type: string, groups: typeof lastYear.groups) =>
      groups.filter((group) => group.groupType === type).map((group) => group.externalId);
    const old = new Set(codes('Class', lastYear.groups));
    expect(codes('Class', thisYear.groups).some((code) => old.has(code))).toBe(false);
    const form = (school: typeof lastYear) =>
      school.students.filter((student) => student.groups.includes('9A')).map((student) => student.externalId);
    const last = new Set(form(lastYear));
    expect(last.size).toBeGreaterThan(10);
    expect(form(thisYear).length).toBeGreaterThan(10);
    expect(form(thisYear).some((id) => last.has(id))).toBe(false);
  });

  test('leaves the year before as it was', () => {
    const school = sampleSchool({ year: 2026 });
    nextYear(school);
    expect(school).toEqual(lastYear);
  });
});

describe('as a workbook', () => {
  test.each(['xlsx', 'ods'] as const)('%s has the sheets and columns of KnowledgeNET', (format) => {
    const workbook = read(toWorkbook(lastYear, format), { type: 'buffer' });
    expect(workbook.SheetNames).toEqual(['students', 'teachers', 'caregivers', 'groups', 'Group Types']);
    const students = utils.sheet_to_json<(string | number)[]>(workbook.Sheets['students'] ?? {}, {
      header: 1,
    });
    expect(students).toHaveLength(241);
    expect(students[0]?.filter((header) => header === 'Member of Group').length).toBeGreaterThan(5);
    expect(students[1]?.[0]).toBe(lastYear.students[0]?.externalId);
    expect(students[1]?.[6]).toBe(9);
  });

  test('or as a folder of CSV files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollover-sample-'));
    await toCsvFolder(lastYear, folder);
    expect(readdirSync(folder).sort()).toEqual(
      ['Group Types.csv', 'caregivers.csv', 'groups.csv', 'students.csv', 'teachers.csv'].sort(),
    );
    expect(readFileSync(join(folder, 'groups.csv'), 'utf8')).toContain('HOUSE-RATA,,Rātā House,House,N,,');
    rmSync(folder, { recursive: true });
  });

  test('a school of 50,000 is made in seconds', { timeout: 120_000 }, () => {
    const big = nextYear(sampleSchool({ year: 2026, students: 50_000 }));
    expect(big.students.length).toBeGreaterThan(47_000);
    expect(new Set(big.students.map((student) => student.login)).size).toBe(big.students.length);
  });
});

describe('a messy school', () => {
  test('has every kind of dirt, each on records of its own', () => {
    const { school, dirt } = messy(thisYear, 'a');
    const made = new Set(dirt.map(({ code }) => code));
    // a sheet that lacks, an empty export and a header that stands there twice are dirt of a file, not of a record
    const ofFiles = ['NoRows', 'MissingSheet', 'DuplicateHeader'];
    // our sample never asks to delete what is not there in a full export
    const unmade = Object.keys(findingCodes).filter((code) => !made.has(code as keyof typeof findingCodes));
    expect(unmade.sort()).toEqual([...ofFiles, 'DeleteUnknown'].sort());
    expect(school.students.length).toBeGreaterThan(thisYear.students.length);
    expect(messy(thisYear, 'a')).toEqual({ school, dirt });
    expect(messy(thisYear, 'b').dirt).not.toEqual(dirt);
  });

  test('leaves the clean one clean', () => {
    messy(thisYear, 'a');
    expect(nextYear(lastYear)).toEqual(thisYear);
  });
});
