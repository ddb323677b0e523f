import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding, FindingCode } from '../../../data/model/finding.js';
import type { MembershipRecord, PersonRecord } from '../../../data/model/snapshot.js';
import { findRecordProblems } from '../../../data/rules/findings/index.js';
import { keptRows } from '../../../data/rules/findings/kept.js';
import { blocking, groupFindings, orderFindings } from '../../../data/rules/findings/order.js';
import type { RecordRows } from '../../../data/rules/findings/rows.js';
import {
  brief,
  check,
  clean,
  fold,
  group,
  limits,
  person,
  settings,
  stated,
  toRows,
  withMore,
} from './school.js';

function finding(code: FindingCode, more: Partial<Finding> = {}): Finding {
  return { code, severity: 'notice', mend: '', ...more };
}

describe('the order of findings', () => {
  it('shows one cause of thousands first, as one (T42)', () => {
    const memberships = Array.from({ length: 9000 }, (_, i) => ({
      group: i < 8990 ? '9GONE' : '9ENG',
      person: `P${i}`,
    }));
    const persons = memberships.map((one) => person(one.person));
    const problems = check(withMore({ persons: [...persons, person('S3', { login: '' })], memberships }));
    const [first, ...others] = groupFindings(problems.findings);
    expect(first).toMatchObject({ code: 'UnknownGroup', severity: 'drops-value' });
    expect(first!.findings).toHaveLength(8990);
    expect(new Set(first!.findings.map((one) => one.mend)).size).toBe(1);
    expect(others.map((one) => one.code)).toEqual(['MissingLogin']);
    // Mending the class in KN is enough: nothing but the memberships was lost.
    expect(problems.dropped.persons.size).toBe(1);
  });

  it('is frequency, then severity, then place', () => {
    const findings = [
      finding('ClassWithoutTeacher', { sheet: 'groups', row: 10 }),
      finding('OriginUnknown', { severity: 'stops-run', sheet: 'groups', row: 9 }),
      finding('IdCleaned', { sheet: 'groups', row: 2 }),
      finding('IdCleaned', { sheet: 'Teachers', row: 2 }),
      finding('IdCleaned', { sheet: 'students', row: 10 }),
      finding('IdCleaned', { sheet: 'students', row: 9, column: 'B' }),
      finding('IdCleaned', { sheet: 'students', row: 9, column: 'A' }),
      finding('MissingEmail', { severity: 'drops-record', sheet: 'students', row: 5 }),
      finding('UnknownHeader', { sheet: 'house points', row: 1 }),
    ];
    const expected = [
      'IdCleaned students 9',
      'IdCleaned students 9',
      'IdCleaned students 10',
      'IdCleaned Teachers 2',
      'IdCleaned groups 2',
      'OriginUnknown groups 9',
      'MissingEmail students 5',
      'ClassWithoutTeacher groups 10',
      'UnknownHeader house points 1',
    ];
    const ordered = orderFindings(findings);
    expect(ordered.map((one) => `${one.code} ${one.sheet} ${one.row}`)).toEqual(expected);
    expect(ordered[0]!.column).toBe('A');
    expect(orderFindings([...findings].reverse())).toEqual(ordered);
  });

  it('puts what costs more first within a cause, and a cause is as bad as its worst', () => {
    const findings = [
      finding('MissingEmail', { sheet: 'students', row: 2 }),
      finding('MissingEmail', { severity: 'drops-record', sheet: 'students', row: 3 }),
    ];
    expect(groupFindings(findings)).toMatchObject([
      { code: 'MissingEmail', severity: 'drops-record', findings: [{ row: 3 }, { row: 2 }] },
    ]);
    expect(blocking(findings)).toEqual([]);
  });

  it('leaves what it was given as it was', () => {
    const findings = Object.freeze([finding('IdCleaned', { row: 2 }), finding('IdCleaned', { row: 1 })]);
    expect(orderFindings(findings).map((one) => one.row)).toEqual([1, 2]);
  });
});

describe('any reading', () => {
  const text = fc.constantFrom('', 'a', 'A', 'á', 'b', 'a b', 'a@b.nz', 'A@b.nz', 'b@b.nz');
  const anyPerson: fc.Arbitrary<PersonRecord> = fc.record(
    {
      externalId: fc.constantFrom('', 'P1', 'p1', 'P2', 'P3', 'P4', 'P5'),
      type: fc.constantFrom('student', 'teacher'),
      firstName: fc.constantFrom('', 'Mere'),
      surname: fc.constantFrom('', 'Ngata', 'Tūhoe'),
      login: text,
      email: text,
    },
    { requiredKeys: ['externalId', 'type'] },
  );
  const anyMembership: fc.Arbitrary<MembershipRecord> = fc.record({
    group: fc.constantFrom('G1', 'g1', 'G2', 'G3', 'G9'),
    person: fc.constantFrom('', 'P1', 'p1', 'P2', 'P3', 'P9'),
  });
  const anyRows: fc.Arbitrary<RecordRows> = fc
    .record({
      persons: fc.array(anyPerson, { maxLength: 12 }),
      groups: fc.array(
        fc.record({
          externalId: fc.constantFrom('', 'G1', 'g1', 'G2', 'G3'),
          name: fc.constantFrom('', 'English'),
          groupType: fc.constantFrom('', 'Class', 'House'),
        }),
        { maxLength: 6 },
      ),
      groupTypes: fc.array(fc.constant({ name: 'Class' }), { maxLength: 2 }),
      memberships: fc.array(anyMembership, { maxLength: 20 }),
    })
    .map(toRows);

  function solve(rows: RecordRows) {
    const problems = findRecordProblems(rows, stated, settings, fold, limits);
    return { problems, kept: keptRows(rows, problems.dropped) };
  }

  function records(rows: RecordRows): Record<string, string[]> {
    const sorted = (kind: readonly { readonly record: object }[]): string[] =>
      kind.map(({ record }) => JSON.stringify(Object.entries(record).sort())).sort();
    return {
      persons: sorted(rows.persons),
      groups: sorted(rows.groups),
      groupTypes: sorted(rows.groupTypes),
      memberships: sorted(rows.memberships),
    };
  }

  it('keeps nothing that shares an External ID, login or e-mail address, and no membership of nobody', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const { kept } = solve(rows);
        const persons = kept.persons.map((row) => row.record);
        for (const of of [
          persons.map((one) => fold(one.externalId)),
          persons.map((one) => fold(one.login ?? '')),
          persons.map((one) => fold(one.email ?? '')),
          kept.groups.map((row) => fold(row.record.externalId)),
          kept.memberships.map(({ record }) => `${record.group} ${record.person}`),
        ])
          expect(new Set(of).size).toBe(of.length);
        const ids = new Set(persons.map((one) => one.externalId));
        const groups = new Set(kept.groups.map((row) => row.record.externalId));
        for (const { record } of kept.memberships) {
          expect(ids.has(record.person)).toBe(true);
          expect(groups.has(record.group)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('drops no person or class without a finding that says so', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const { problems } = solve(rows);
        const explained = new Set(
          problems.findings
            .filter((one) => one.severity === 'drops-record' || one.code === 'DuplicateIdenticalRow')
            .map((one) => `${one.sheet} ${one.row}`),
        );
        const dropped = [
          ...rows.persons.filter((_, index) => problems.dropped.persons.has(index)),
          ...rows.groups.filter((_, index) => problems.dropped.groups.has(index)),
        ].map((row) => `${row.at?.sheet} ${row.at?.row}`);
        expect(new Set(dropped)).toEqual(explained);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the same records in whatever order the rows stand', () => {
    const shuffled = anyRows.chain((rows) =>
      fc
        .record({
          persons: fc.shuffledSubarray([...rows.persons], { minLength: rows.persons.length }),
          groups: fc.shuffledSubarray([...rows.groups], { minLength: rows.groups.length }),
          groupTypes: fc.constant([...rows.groupTypes].reverse()),
          memberships: fc.shuffledSubarray([...rows.memberships], { minLength: rows.memberships.length }),
        })
        .map((other) => [rows, other] as const),
    );
    fc.assert(
      fc.property(shuffled, ([rows, other]) => {
        const [one, two] = [solve(rows), solve(other)];
        expect(records(two.kept)).toEqual(records(one.kept));
        expect(two.problems.findings.map((f) => `${f.code} ${f.severity}`).sort()).toEqual(
          one.problems.findings.map((f) => `${f.code} ${f.severity}`).sort(),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is clean once its findings are heeded', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const { kept } = solve(rows);
        const again = findRecordProblems(kept, stated, settings, fold, limits);
        expect(again.findings.filter((one) => one.severity.startsWith('drops'))).toEqual([]);
        expect(again.dropped.memberships.size).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('findings of a large school', () => {
  it('of 50,000 persons and 500,000 memberships take less than 3 s, also when all of them are wrong', () => {
    const persons = Array.from({ length: 50_000 }, (_, i) =>
      person(`P${i}`, i < 3000 ? { type: 'teacher' } : {}),
    );
    const groups = Array.from({ length: 5_000 }, (_, i) => group(`G${i}`));
    const memberships = Array.from({ length: 500_000 }, (_, i) => ({
      group: `G${(i * 7 + Math.floor(i / 50_000)) % 5000}`,
      person: `P${i % 50_000}`,
    }));
    const school = { persons, groups, groupTypes: clean.groupTypes, memberships };
    const bad = {
      ...school,
      groups: groups.slice(0, 1),
      persons: persons.map((one) => ({ ...one, email: 'x' })),
    };
    for (const rows of [toRows(school), toRows(bad)]) {
      const folds = new Map<string, string>();
      for (const { record } of rows.persons)
        for (const text of [record.externalId, record.login ?? '', record.email ?? ''])
          folds.set(text, fold(text));
      const start = process.cpuUsage();
      const problems = findRecordProblems(rows, stated, settings, (text) => folds.get(text) ?? text, limits);
      keptRows(rows, problems.dropped);
      // Processor time: a busy machine does not make the rules slower.
      expect(process.cpuUsage(start).user / 1000).toBeLessThan(3000);
    }
  });

  it('are told apart by where they stand', () => {
    expect(brief(check(withMore({ persons: [person('S3', { login: '', email: '' })] })))).toEqual([
      'MissingEmail drops-record students:4 Email Address=',
      'MissingLogin drops-record students:4 User ID=',
    ]);
  });
});
