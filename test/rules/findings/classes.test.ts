import { describe, expect, it } from 'vitest';
import { keptRows } from '../../../data/rules/findings/kept.js';
import { blocking } from '../../../data/rules/findings/order.js';
import { brief, check, clean, group, person, withMore, withProvisioning, type School } from './school.js';

const x = (count: number): string => 'x'.repeat(count);

function found(more: Partial<School>, options: Parameters<typeof check>[1] = {}): string[] {
  return brief(check(withMore(more), options));
}

describe('classes', () => {
  const quiet = { settings: withProvisioning('disabled') };

  it('without a name use their External ID; names too long are left out', () => {
    const problems = check(
      withMore({ groups: [group('A', { name: '' }), group('B', { name: x(255) })] }),
      quiet,
    );
    expect(brief(problems)).toEqual([
      `ValueTooLong drops-value groups:4 Name=${x(200)}`,
      'MissingGroupName notice groups:3 Name=',
    ]);
    const kept = keptRows(problems.rows, problems.dropped).groups;
    expect(kept.map((row) => row.record.externalId)).toEqual(['9ENG', 'A', 'B']);
    expect(kept[2]!.record).toEqual({ externalId: 'B', groupType: 'Class' });
  });

  it('without a type, or with one that the workbook does not know, are dropped', () => {
    const problems = check(
      withMore({ groups: [group('A', { groupType: '' }), group('B', { groupType: 'class' })] }),
      quiet,
    );
    expect(brief(problems)).toEqual([
      'GroupWithoutType drops-record groups:3 Group Type=',
      'UnknownGroupType drops-record groups:4 Group Type=class',
    ]);
    expect(keptRows(problems.rows, problems.dropped).groups).toHaveLength(1);
  });

  it('with a type that the settings name are kept', () => {
    const base = withProvisioning('disabled');
    const named = { ...base, groupTypes: { ...base.groupTypes, named: { House: base.groupTypes.default } } };
    const problems = check(withMore({ groups: [group('A', { groupType: 'House' })] }), { settings: named });
    expect(brief(problems)).toEqual(['UnknownGroupType notice groups:3 Group Type=House']);
    expect(problems.dropped.groups.size).toBe(0);
  });

  it('are of no unknown type without a Group Types sheet, and need none without a Group Type column', () => {
    expect(brief(check({ ...clean, groupTypes: [] }))).toEqual([]);
    const problems = check({ ...clean, groupTypes: [], groups: [group('9ENG', { groupType: undefined })] });
    expect(brief(problems)).toEqual(['GroupWithoutType notice groups:2 Group Type=']);
    expect(problems.dropped.groups.size).toBe(0);
  });

  it('that become courses are missed their members and teachers; others are not', () => {
    const more = {
      groups: [group('EMPTY'), group('ALONE'), group('OFF', { provisioning: 'disabled' })],
      memberships: [{ group: 'ALONE', person: 'S1' }],
    };
    expect(found(more)).toEqual([
      'ClassWithoutMembers notice groups:3 Unique External Id=EMPTY',
      'ClassWithoutTeacher notice groups:4 Unique External Id=ALONE',
    ]);
    expect(found(more, quiet)).toEqual([]);
  });

  it('that rules fill are not missed their members, and parts of a super-class are not asked for their origin', () => {
    const groupProvisioning = [
      { name: 'r', userType: 'all', memberOf: ['9ENG'], target: 'EMPTY', applyToExisting: true } as const,
    ];
    const more = { groups: [group('EMPTY', { smsControlled: true })] };
    const asking = withProvisioning('enabled-sms');
    expect(found(more, { settings: { ...asking, groupProvisioning } })).toEqual([
      'OriginUnknown stops-run groups:2 SMS Controlled=9ENG',
    ]);
    const parts = groupProvisioning.map((rule) => ({ ...rule, provisionMembers: false }));
    expect(found(more, { settings: { ...asking, groupProvisioning: parts } })).toEqual([]);
  });

  it('are not missed people of a sheet that is not there', () => {
    const noTeachers = { ...clean, persons: clean.persons.slice(1), memberships: clean.memberships.slice(1) };
    expect(
      brief(check(noTeachers, { statements: { students: true, teachers: false, groups: true } })),
    ).toEqual([]);
  });

  it('count members that remain, not those that were dropped', () => {
    const persons = [person('T1', { type: 'teacher', login: '' }), person('S1'), person('S2')];
    expect(brief(check({ ...clean, persons }))).toEqual([
      'MissingLogin drops-record teachers:2 User ID=',
      'ClassWithoutTeacher notice groups:2 Unique External Id=9ENG',
      'NoRows notice teachers:',
    ]);
  });

  it.each(['enabled-sms', 'enabled-non-sms'] as const)(
    'stop the run where %s asks for their origin and nothing tells',
    (option) => {
      const asking = withProvisioning(option);
      const problems = check(clean, { settings: asking });
      expect(brief(problems)).toEqual(['OriginUnknown stops-run groups:2 SMS Controlled=9ENG']);
      expect(blocking(problems.findings)).toHaveLength(1);
      const told: readonly Parameters<typeof check>[] = [
        [{ ...clean, groups: [group('9ENG', { smsControlled: true })] }, { settings: asking }],
        [{ ...clean, groups: [group('9ENG', { smsControlled: false })] }, { settings: asking }],
        [{ ...clean, groups: [group('9ENG', { provisioning: 'disabled' })] }, { settings: asking }],
        [clean, { settings: withProvisioning(option, { smsControlledPattern: '^9' }) }],
        [clean, { settings: withProvisioning(option, { classOverrides: { '9ENG': 'enabled' } }) }],
      ];
      for (const [school, options] of told) expect(blocking(check(school, options).findings)).toEqual([]);
    },
  );

  it('whose origin nobody asks for do not stop the run', () => {
    for (const option of ['always-disabled', 'disabled', 'enabled'] as const)
      expect(blocking(check(clean, { settings: withProvisioning(option) }).findings)).toEqual([]);
  });
});

describe('memberships', () => {
  it('of an unknown class are left out, one finding each', () => {
    const memberships = [
      { group: '9MAT', person: 'S1' },
      { group: '9eng', person: 'S2' },
    ];
    const problems = check(withMore({ memberships }));
    expect(brief(problems)).toEqual([
      'UnknownGroup drops-value students:2 Member of Group=9MAT',
      'UnknownGroup drops-value students:3 Member of Group=9eng',
    ]);
    expect(problems.findings.map((finding) => finding.subject)).toEqual(['S1', 'S2']);
    expect([...problems.dropped.memberships]).toEqual([3, 4]);
    expect(problems.dropped.persons.size).toBe(0);
  });

  it('of a class or person that was dropped go with it, without a finding of their own', () => {
    const problems = check(
      withMore({
        persons: [person('S3', { login: '' })],
        groups: [group('A', { groupType: '' })],
        memberships: [
          { group: '9ENG', person: 'S3' },
          { group: 'A', person: 'S1' },
        ],
      }),
    );
    expect(brief(problems).filter((line) => line.includes('Member of Group'))).toEqual([]);
    expect([...problems.dropped.memberships]).toEqual([3, 4]);
  });

  it('named twice count once', () => {
    const problems = check(withMore({ memberships: [{ group: '9ENG', person: 'S1' }] }));
    expect(problems.findings).toEqual([]);
    expect([...problems.dropped.memberships]).toEqual([3]);
  });

  it('make no statement without the groups sheet (T08)', () => {
    const statements = { students: true, teachers: true, groups: false };
    const problems = check({ ...clean, groups: [], groupTypes: [] }, { statements });
    expect(problems.findings).toEqual([]);
    expect(problems.dropped.memberships.size).toBe(3);
  });
});

describe('an empty reading', () => {
  const nobody: School = { persons: [], groups: [], groupTypes: [], memberships: [] };

  it('stops the run', () => {
    expect(brief(check(nobody))).toEqual(['NoRows stops-run', 'NoRows notice groups:']);
  });

  it('is also one whose people were all dropped (T07)', () => {
    const persons = clean.persons.map((one) => ({ ...one, email: '' }));
    expect(blocking(check({ ...clean, persons }).findings)).toMatchObject([{ code: 'NoRows' }]);
  });

  it('is also one without students; one without teachers is said', () => {
    const teachers = clean.persons.filter((one) => one.type === 'teacher');
    expect(blocking(check({ ...clean, persons: teachers }).findings)).toMatchObject([
      { code: 'NoRows', sheet: 'students' },
    ]);
    const students = clean.persons.filter((one) => one.type === 'student');
    expect(brief(check({ ...clean, persons: students }))).toContain('NoRows notice teachers:');
    const silent = { students: false, teachers: true, groups: true };
    expect(blocking(check({ ...clean, persons: teachers }, { statements: silent }).findings)).toEqual([]);
  });
});
