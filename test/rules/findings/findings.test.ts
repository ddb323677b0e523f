import { describe, expect, it } from 'vitest';
import { keptRows, stringsToFold } from '../../../data/rules/findings/kept.js';
import {
  brief,
  check,
  clean,
  droppedPersons,
  group,
  person,
  toRows,
  withMore,
  withProvisioning,
  type School,
} from './school.js';

const x = (count: number): string => 'x'.repeat(count);

/** What is found in a school that is clean otherwise. */
function found(more: Partial<School>, options: Parameters<typeof check>[1] = {}): string[] {
  return brief(check(withMore(more), options));
}

describe('a clean reading', () => {
  it('has no findings and loses nothing', () => {
    const problems = check(clean);
    expect(problems.findings).toEqual([]);
    expect(keptRows(problems.rows, problems.dropped)).toEqual(problems.rows);
  });
});

describe('External IDs', () => {
  it('are needed', () => {
    const problems = check(
      withMore({ persons: [person('', { login: 'a', email: 'a@b.nz' })], groups: [group('')] }),
    );
    expect(brief(problems)).toEqual([
      'MissingExternalId drops-record students:4 Unique External Id=',
      'MissingExternalId drops-record groups:3 Unique External Id=',
    ]);
    expect(problems.findings[0]).not.toHaveProperty('subject');
    expect(keptRows(problems.rows, problems.dropped).persons).toHaveLength(3);
  });

  it('of equal rows collapse into one, with a notice', () => {
    const problems = check(withMore({ persons: [person('S1')], groups: [group('9ENG')] }));
    expect(brief(problems)).toEqual([
      'DuplicateIdenticalRow notice students:4 Unique External Id=S1',
      'DuplicateIdenticalRow notice groups:3 Unique External Id=9ENG',
    ]);
    const kept = keptRows(problems.rows, problems.dropped);
    expect(kept.persons.map((row) => row.record.externalId)).toEqual(['T1', 'S1', 'S2']);
    expect(kept.memberships).toHaveLength(3);
  });

  it('of different persons drop all of them: nothing picks the first', () => {
    const problems = check(withMore({ persons: [person('S1', { firstName: 'Wiremu' })] }));
    expect(brief(problems)).toEqual([
      'DuplicateExternalId drops-record students:2 Unique External Id=S1',
      'DuplicateExternalId drops-record students:4 Unique External Id=S1',
    ]);
    expect(droppedPersons(problems)).toEqual(['S1', 'S1']);
  });

  it('are compared across students and teachers, which share user.idnumber', () => {
    expect(found({ persons: [person('S1', { type: 'teacher' })] })).toEqual([
      'DuplicateExternalId drops-record students:2 Unique External Id=S1',
      'DuplicateExternalId drops-record teachers:3 Unique External Id=S1',
    ]);
  });

  it("are equal where Moodle's collation says so (T18)", () => {
    const more = [
      person('s1', { login: 'other', email: 'o@b.nz' }),
      person('Ś1', { login: 'x', email: 'x@b.nz' }),
    ];
    const problems = check(withMore({ persons: more, groups: [group('9eng')] }));
    expect(brief(problems)).toEqual([
      'ExternalIdCollation drops-record students:2 Unique External Id=S1',
      'ExternalIdCollation drops-record students:4 Unique External Id=s1',
      'ExternalIdCollation drops-record students:5 Unique External Id=Ś1',
      'ExternalIdCollation drops-record groups:2 Unique External Id=9ENG',
      'ExternalIdCollation drops-record groups:3 Unique External Id=9eng',
      'NoRows notice groups:',
    ]);
  });

  it('may be told apart from equal rows within one cause', () => {
    const spelled = person('s1', { login: 'other', email: 'o@b.nz' });
    expect(found({ persons: [person('S1'), spelled] })).toEqual([
      'ExternalIdCollation drops-record students:2 Unique External Id=S1',
      'ExternalIdCollation drops-record students:5 Unique External Id=s1',
      'DuplicateIdenticalRow notice students:4 Unique External Id=S1',
    ]);
  });

  it('fit their columns: 255 characters for people, 100 for classes', () => {
    const fits = { persons: [person(x(255), { login: 'a', email: 'a@b.nz' })], groups: [group(x(100))] };
    expect(found(fits).filter((line) => line.startsWith('ValueTooLong'))).toEqual([]);
    const problems = check(withMore({ persons: [person(x(256), { login: 'a' })], groups: [group(x(101))] }));
    expect(brief(problems)).toEqual([
      `ValueTooLong drops-record students:4 Unique External Id=${x(200)}`,
      `ValueTooLong drops-record groups:3 Unique External Id=${x(101)}`,
    ]);
  });
});

describe('logins', () => {
  it.each([
    ['jane.smith', []],
    ['JANE.SMITH', []],
    ['j_s-1@school.nz', []],
    [x(100), []],
    ['', ['MissingLogin drops-record students:4 User ID=']],
    [undefined, ['MissingLogin drops-record students:4 User ID=']],
    ['jane smith', ['InvalidLogin drops-record students:4 User ID=jane smith']],
    ["o'brien", ["InvalidLogin drops-record students:4 User ID=o'brien"]],
    ['jane+1', ['InvalidLogin drops-record students:4 User ID=jane+1']],
    ['tūī', ['InvalidLogin drops-record students:4 User ID=tūī']],
    [x(101), [`ValueTooLong drops-record students:4 User ID=${x(101)}`]],
  ])('%j', (login, expected) => {
    const problems = check(withMore({ persons: [person('S3', { login })] }));
    expect(brief(problems)).toEqual(expected);
    expect(droppedPersons(problems)).toEqual(expected.length === 0 ? [] : ['S3']);
  });

  it('may have other letters where Moodle allows them, but no spaces', () => {
    const extended = { limits: { extendedUsernameChars: true } };
    expect(found({ persons: [person('S3', { login: 'Tūī+1' })] }, extended)).toEqual([]);
    expect(found({ persons: [person('S3', { login: 'a b' })] }, extended)).toHaveLength(1);
  });

  it('of several persons drop all of them, as Moodle sees them (T18, T23)', () => {
    const persons = [person('S3', { login: 'Jane.Smith' }), person('S4', { login: 'jane.smith' })];
    const problems = check(withMore({ persons }));
    expect(brief(problems)).toEqual([
      'DuplicateLogin drops-record students:4 User ID=Jane.Smith',
      'DuplicateLogin drops-record students:5 User ID=jane.smith',
    ]);
    expect(droppedPersons(problems)).toEqual(['S3', 'S4']);
  });
});

describe('e-mail addresses', () => {
  const bad = [
    'jane',
    'jane@school',
    '@school.nz',
    'jane@@school.nz',
    'jane smith@school.nz',
    'jane@school..nz',
  ];

  it.each([
    ...bad,
    'jane@-school.nz',
    '.jane@school.nz',
    'jane@school.nz;',
    'tūī@school.nz',
    'a@b.nz,c@d.nz',
  ])('%s is none', (email) => {
    expect(found({ persons: [person('S3', { email })] })).toEqual([
      `InvalidEmail drops-record students:4 Email Address=${email}`,
    ]);
  });

  it.each([
    "o'brien@school.nz",
    'jane+moodle@mail.school.co.nz',
    'A_B-c@1st.example',
    `a@${'b'.repeat(63)}.nz`,
  ])('%s is one', (email) => {
    expect(found({ persons: [person('S3', { email })] })).toEqual([]);
  });

  it('are needed, at most 100 characters long', () => {
    expect(found({ persons: [person('S3', { email: '' }), person('S4', { email: undefined })] })).toEqual([
      'MissingEmail drops-record students:4 Email Address=',
      'MissingEmail drops-record students:5 Email Address=',
    ]);
    const long = `a@${'b'.repeat(50)}.${'c'.repeat(50)}.nz`;
    expect(found({ persons: [person('S3', { email: long })] })).toEqual([
      `ValueTooLong drops-record students:4 Email Address=${long}`,
    ]);
  });

  it('of several persons drop all of them, as Moodle sees them (T18, T19)', () => {
    const persons = [person('S3', { email: 'Whanau@home.nz' }), person('S4', { email: 'whanau@home.nz' })];
    const problems = check(withMore({ persons }));
    expect(brief(problems)).toEqual([
      'DuplicateEmail drops-record students:4 Email Address=Whanau@home.nz',
      'DuplicateEmail drops-record students:5 Email Address=whanau@home.nz',
    ]);
    expect(droppedPersons(problems)).toEqual(['S3', 'S4']);
  });

  it('that cannot be used are left out where the school makes accounts without', () => {
    const persons = [
      person('S3', { email: '' }),
      person('S4', { email: 'jane@school' }),
      person('S5', { email: 'same@home.nz' }),
      person('S6', { email: 'SAME@home.nz' }),
    ];
    const school = withMore({ persons });
    const allowing = withProvisioning('enabled', { users: { auth: 'manual', withoutEmail: true } });
    const problems = check(school, { settings: allowing });
    expect(brief(problems)).toEqual([
      'DuplicateEmail drops-value students:6 Email Address=same@home.nz',
      'DuplicateEmail drops-value students:7 Email Address=SAME@home.nz',
      'InvalidEmail drops-value students:5 Email Address=jane@school',
      'MissingEmail notice students:4 Email Address=',
    ]);
    const kept = keptRows(problems.rows, problems.dropped).persons.slice(3);
    expect(kept.map((row) => row.record.externalId)).toEqual(['S3', 'S4', 'S5', 'S6']);
    expect(kept.map((row) => row.record.email)).toEqual(['', undefined, undefined, undefined]);
  });

  it('may be shared where Moodle allows it', () => {
    const persons = [person('S3', { email: 'same@home.nz' }), person('S4', { email: 'same@home.nz' })];
    const problems = check(withMore({ persons }), { limits: { sameEmailAllowed: true } });
    expect(brief(problems)).toEqual([
      'DuplicateEmail notice students:4 Email Address=same@home.nz',
      'DuplicateEmail notice students:5 Email Address=same@home.nz',
    ]);
    expect(droppedPersons(problems)).toEqual([]);
  });
});

describe('names', () => {
  it('pass with apostrophes, macrons, hyphens, brackets and any script, in any row (T49)', () => {
    const names = [
      "O'Brien",
      'Tūhoe',
      'Ngā-Puhi (Sam)',
      'D’Arcy, Jr.',
      '李',
      'van der Berg',
      'Ōtāhuhu/Smith',
      'Åse & Bo',
    ];
    const persons = names.flatMap((name, i) => [
      person(`A${i}`, { surname: name }),
      person(`B${i}`, { firstName: name }),
    ]);
    expect(found({ persons })).toEqual([]);
    expect(found({ persons: [...persons].reverse() })).toEqual([]);
  });

  it('are both needed', () => {
    const problems = check(
      withMore({
        persons: [person('S3', { firstName: '' }), person('S4', { surname: undefined, firstName: '' })],
      }),
    );
    expect(brief(problems)).toEqual([
      'MissingName drops-record students:4 First Name=',
      'MissingName drops-record students:5 First Name=',
      'MissingName drops-record students:5 Surname=',
    ]);
    expect(droppedPersons(problems)).toEqual(['S3', 'S4']);
  });

  it('have room for 100 characters, not UTF-16 units', () => {
    expect(found({ persons: [person('S3', { firstName: x(100), surname: '𝒳'.repeat(100) })] })).toEqual([]);
    expect(found({ persons: [person('S3', { firstName: x(101), surname: '𝒳'.repeat(101) })] })).toEqual([
      `ValueTooLong drops-record students:4 First Name=${x(101)}`,
      `ValueTooLong drops-record students:4 Surname=${'𝒳'.repeat(101)}`,
    ]);
  });
});

describe('what the database compares', () => {
  it('is every string whose equality decides', () => {
    const rows = toRows({
      persons: [
        person('S1', { login: ' Jane ', email: 'J@b.nz' }),
        person('S2', { login: undefined, email: '' }),
      ],
      groups: [group('9ENG')],
      groupTypes: [],
      memberships: [],
    });
    expect(stringsToFold(rows)).toEqual(new Set(['S1', 'jane', 'J@b.nz', 'S2', '', '9ENG']));
  });
});
