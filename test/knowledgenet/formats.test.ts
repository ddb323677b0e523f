import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SourceFile } from '../../data/knowledgenet/files/source-file.js';
import {
  codeOf,
  csv,
  groupHeader,
  ods,
  peopleHeader,
  read,
  readAll,
  smallSchool,
  workbookBytes,
  xlsx,
  type School,
} from './fixtures.js';

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
const utf16be = (text: string) => Buffer.from(utf16(text).swap16());

/** What spreadsheets do to ids and texts without being asked. */
const awkwardSchool: School = {
  ...smallSchool,
  students: [
    [...peopleHeader, 'Disable User', 'Lock Account'],
    [7, '', 140000001, '', 'Zero', 'Padded', 9, 'z', '', 'z@school.example', '', '9A', ''],
    [
      { t: 'n', v: 42, z: '00000', w: '00042' },
      '',
      '',
      '',
      'Ten',
      'Padded',
      'Year 9',
      't',
      '',
      '',
      '',
      '9A',
      '',
    ],
    [
      120000000000,
      '',
      '',
      '',
      '  Non\u00a0breaking ',
      'Ma\u0304ia',
      'Y10',
      'n',
      '',
      '',
      '',
      '9MAT1',
      '9A',
      'Y',
      'N',
    ],
    ['\u200b A1 ', '', '', '', 'Mary  Ann', 'Line\nEnd', '09', 'm', '', '', 'N', '9A', '9A', 'no', true],
  ],
};

describe('formats', () => {
  it.each([
    ['a plain school', smallSchool],
    ['ids, spaces and letters that went through a spreadsheet', awkwardSchool],
  ])('gives one hash for %s as XLSX, ODS, and CSV in every encoding and separator', async (_name, school) => {
    const { hash, snapshot } = await readAll(xlsx(school));
    expect(snapshot.records.person).toHaveLength(school.students!.length - 1 + school.teachers!.length - 1);
    const others: [string, SourceFile[]][] = [
      ['ODS', ods(school)],
      ['CSV', csv(school)],
      ['CSV with byte order mark', csv(school, ',', (text) => Buffer.from(`\ufeff${text}`))],
      ['semicolons', csv(school, ';')],
      ['tabs, UTF-16 LE', csv(school, '\t', utf16)],
      ['UTF-16 BE', csv(school, ',', utf16be)],
      ['line feeds', csv(school, ',', (text) => Buffer.from(text.replaceAll('\r\n', '\n')))],
    ];
    for (const [format, files] of others)
      expect([format, (await readAll(files)).hash]).toEqual([format, hash]);
  });

  it('keeps leading zeros, never writes .0 or an exponent, and says which ids were numbers', async () => {
    const { snapshot, source } = await readAll(xlsx(awkwardSchool));
    const ids = snapshot.records.person.map((person) => person.externalId);
    expect(ids).toEqual(['00042', '120000000000', '7', 'A1', 'T1']);
    const found = source.findings.filter((finding) => finding.column === 'Unique External Id');
    expect(found.map(({ code, severity, row, subject }) => [code, severity, row, subject])).toEqual([
      ['IdFromNumber', 'notice', 2, '7'],
      ['IdFromNumber', 'notice', 4, '120000000000'],
      ['IdCleaned', 'notice', 5, 'A1'],
    ]);
    expect(found[2]?.value).toBe('\u200b A1 ');
  });

  it('reads names, year levels and flags into canonical values [T49]', async () => {
    const { snapshot } = await readAll(ods(awkwardSchool));
    const byId = new Map(snapshot.records.person.map((person) => [person.externalId, person]));
    expect(byId.get('120000000000')).toMatchObject({
      surname: 'Non breaking',
      firstName: 'Māia',
      yearLevel: '10',
      disabled: true,
    });
    expect(byId.get('A1')).toMatchObject({
      surname: 'Mary Ann',
      firstName: 'Line End',
      yearLevel: '9',
      disabled: true,
    });
    expect(byId.get('7')).toMatchObject({ disabled: false, yearLevel: '9' });
    expect(byId.get('T1')).not.toHaveProperty('disabled');
    expect(byId.get('T1')).not.toHaveProperty('yearLevel');
  });

  it.each([
    ['XLSX', xlsx],
    ['ODS', ods],
  ])('leaves out a person whose id became a date in %s', async (_format, write) => {
    const date = { t: 'n', v: 46085, z: 'd/mm/yyyy' } as const;
    const students = [peopleHeader, [date, '', '', '', 'A', 'B', date, date, '', '', '', '9A', date]];
    const { snapshot, source } = await readAll(write({ ...smallSchool, students }));
    expect(snapshot.records.person.map((person) => person.externalId)).toEqual(['T1']);
    expect(source.findings.map(({ code, severity, value }) => [code, severity, value])).toEqual([
      ['IdFromNumber', 'drops-record', '2026-03-04'],
    ]);
  });

  it('leaves out values that became dates, and says so', async () => {
    const date = { t: 'n', v: 46085, z: 'yyyy-mm-dd' } as const;
    const students = [peopleHeader, ['1', date, '', '', 'A', 'B', date, date, '', '', date, '9A', date]];
    const { snapshot, source } = await readAll(xlsx({ ...smallSchool, students }));
    expect(snapshot.records.person[0]).toMatchObject({ externalId: '1', login: '' });
    expect(snapshot.records.person[0]).not.toHaveProperty('yearLevel');
    expect(snapshot.records.membership.filter(({ person }) => person === '1')).toEqual([
      { group: '9A', person: '1' },
    ]);
    expect(
      new Set(source.findings.map(({ code, severity, column }) => `${code} ${severity} ${column}`)),
    ).toEqual(
      new Set([
        'IdFromNumber drops-value New External Id',
        'IdFromNumber drops-value User ID',
        'IdFromNumber drops-value Member of Group',
        'YearLevelUnreadable drops-value Year Level',
        'FlagUnreadable drops-value Delete This User',
      ]),
    );
  });

  it('takes what a formula shows, never the formula, and nothing of an error cell', async () => {
    const students = [
      peopleHeader,
      [
        { t: 's', v: '1001', f: `"="&"cmd|'/c calc'!A1"` },
        '',
        '',
        '',
        { t: 's', v: "=cmd|'/c calc'!A0" },
        { t: 'e', v: 0x2a, w: '#N/A' },
        '9',
        'a',
        '',
        '',
        '',
        { t: 'e', v: 0x17, w: '#REF!' },
        '9A',
      ],
    ] as const;
    const { snapshot, source } = await readAll(xlsx({ ...smallSchool, students }));
    expect(snapshot.records.person[0]).toMatchObject({
      externalId: '1001',
      surname: "=cmd|'/c calc'!A0",
      firstName: '',
    });
    // The broken reference is a class that nobody knows, so that the rules can name it.
    expect(source.rows.memberships.map(({ record }) => record.group).slice(0, 2)).toEqual(['#REF!', '9A']);
  });

  it('tells a blank column from an absent one', async () => {
    const without = {
      ...smallSchool,
      teachers: [
        ['External Id', 'Surname'],
        ['T1', 'Lê'],
      ],
    };
    const blank = {
      ...smallSchool,
      teachers: [
        ['External Id', 'Surname', 'Title'],
        ['T1', 'Lê', ''],
      ],
    };
    const [a, b] = [await readAll(xlsx(without)), await readAll(csv(blank))];
    expect(a.snapshot.records.person.at(-1)).toEqual({ externalId: 'T1', type: 'teacher', surname: 'Lê' });
    expect(b.snapshot.records.person.at(-1)).toEqual({
      externalId: 'T1',
      type: 'teacher',
      surname: 'Lê',
      title: '',
    });
    expect(a.hash).not.toBe(b.hash);
  });

  it('reads the optional columns of classes; a blank origin is unknown', async () => {
    const header = [...groupHeader, 'SMS Controlled', 'Moodle Provisioning'];
    const groups = [
      header,
      ['9A', '', 'a', 'Form class', '', 'Y', 'Enabled'],
      ['9B', '', 'b', 'Form class', '', 'n', 'disabled'],
      ['9C', '', 'c', 'Form class', '', '', ''],
      ['9D', '', 'd', 'Form class', '', 'dunno', 'sometimes'],
    ];
    const { snapshot, source } = await readAll(ods({ ...smallSchool, groups }));
    expect(
      snapshot.records.group.map(({ smsControlled, provisioning }) => [smsControlled, provisioning]),
    ).toEqual([
      [true, 'enabled'],
      [false, 'disabled'],
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect(source.findings.map(({ code, row, value }) => [code, row, value])).toEqual([
      ['FlagUnreadable', 5, 'dunno'],
      ['ProvisioningUnreadable', 5, 'sometimes'],
    ]);
  });

  it('takes columns without header to the right of the classes for classes, and names others that hold something', async () => {
    const students = [
      ['External Id', undefined, 'Surname', 'Member of Group'],
      ['1', undefined, 'A', '9A', '9MAT1'],
      ['2', 'stray', 'B', undefined, undefined, '9A'],
      ['3', 'stray', 'C'],
    ];
    const { snapshot, source } = await readAll(xlsx({ ...smallSchool, students }));
    expect(snapshot.records.membership.filter(({ person }) => person !== 'T1')).toEqual([
      { group: '9A', person: '1' },
      { group: '9A', person: '2' },
      { group: '9MAT1', person: '1' },
    ]);
    expect(source.findings.map(({ code, row, column }) => [code, row, column])).toEqual([
      ['UnknownHeader', 3, 'column 2'],
    ]);
  });

  it('passes over blank rows and counts rows as a spreadsheet shows them', async () => {
    const students = [[], peopleHeader, [], ...smallSchool.students!.slice(1), ['', ' ', '\u00a0']];
    for (const files of [xlsx({ ...smallSchool, students }), ods({ ...smallSchool, students })]) {
      const { snapshot } = await readAll(files);
      expect(snapshot.provenance.person.get('1001')).toEqual({ sheet: 'students', row: 4 });
      expect(snapshot.records.person).toHaveLength(4);
    }
    const blankLines = csv(smallSchool).map((file) => ({
      ...file,
      bytes: Buffer.from(`\r\n${Buffer.from(file.bytes).toString().replaceAll('\r\n', '\r\n\r\n')}\r\n\r\n`),
    }));
    const { snapshot } = await readAll(blankLines);
    expect(snapshot.provenance.person.get('1001')).toEqual({ sheet: 'students', row: 4 });
  });

  it('keeps a row without External ID for the rules to name', async () => {
    const students = [peopleHeader, ['', '', '', '', 'No', 'Body', '9', '', '', '', '', '9A', '']];
    const source = await read(xlsx({ ...smallSchool, students }));
    expect(source.rows.persons[0]).toMatchObject({
      record: { externalId: '' },
      at: { sheet: 'students', row: 2 },
    });
    expect(source.rows.memberships.every(({ record }) => record.person === 'T1')).toBe(true);
  });
});

describe('sheets', () => {
  // T08
  it('says nothing about classes and memberships when only students come [T08]', async () => {
    const { snapshot, source } = await readAll(xlsx({ students: smallSchool.students! }));
    expect(snapshot.statements).toEqual({ students: true, teachers: false, groups: false });
    expect(snapshot.records.membership).toEqual([]);
    expect(snapshot.complete).toBe(true);
    expect(source.findings.map(({ code, sheet }) => [code, sheet])).toEqual([
      ['MissingSheet', 'teachers'],
      ['MissingSheet', 'groups'],
      ['MissingSheet', 'Group Types'],
    ]);
  });

  it('tells a missing sheet from one without rows', async () => {
    const { students, teachers } = smallSchool;
    const without = { students: students!, teachers: teachers!, 'Group Types': smallSchool['Group Types']! };
    const missing = await readAll(xlsx(without));
    const empty = await readAll(xlsx({ ...smallSchool, groups: [groupHeader] }));
    expect(missing.snapshot.statements.groups).toBe(false);
    expect(empty.snapshot.statements.groups).toBe(true);
    expect(missing.hash).not.toBe(empty.hash);
  });

  // T07
  it('names the sheets that it did not understand beside those that are missing [T07]', async () => {
    const { students, ...rest } = smallSchool;
    const source = await read(xlsx({ Studnets: students!, ...rest, caregivers: [['Unique External Id']] }));
    expect(source.findings).toMatchObject([{ code: 'MissingSheet', sheet: 'students', value: 'Studnets' }]);
    expect(source.frame.statements.students).toBe(false);
  });

  it.each([
    ['neither students nor teachers', { groups: smallSchool.groups! }, 'SourceIncomplete'],
    ['a sheet without any row', { ...smallSchool, students: [] }, 'MissingKeyColumn'],
    [
      'a misspelt key column [T07]',
      {
        ...smallSchool,
        students: [
          ['Unqiue Externl Id', 'Surname'],
          ['1', 'A'],
        ],
      },
      'MissingKeyColumn',
    ],
    ['two sheets of one kind', { ...smallSchool, Student: smallSchool.students! }, 'SourceUnreadable'],
  ] as [string, School, string][])('refuses %s', async (_name, school, code) => {
    for (const files of [xlsx(school), ods(school)])
      expect(await codeOf(read(files))).toMatchObject({ code });
  });

  it('reads hidden sheets and sheets in any order and spelling', async () => {
    const { hash } = await readAll(xlsx(smallSchool));
    const renamed = {
      'GROUP TYPES': smallSchool['Group Types']!,
      Notes: [['anything']],
      group: smallSchool.groups!,
      ' Teachers': smallSchool.teachers!,
      STUDENT: smallSchool.students!,
    };
    const hidden = [{ name: 'a.xlsx', bytes: workbookBytes(renamed, 'xlsx', ['STUDENT', 'group']) }];
    expect((await readAll(hidden)).hash).toBe(hash);
    expect((await readAll(ods(renamed))).hash).toBe(hash);
  });

  it('reads files of CSV whose names carry a folder, a number or a date', async () => {
    const { hash } = await readAll(xlsx(smallSchool));
    const names: Record<string, string> = {
      students: 'export/students (2).csv',
      teachers: 'Teachers-2026-11-30.CSV',
      groups: 'C:\\kn\\groups.csv',
      'Group Types': 'group_types.csv',
    };
    const files = csv(smallSchool).map((file) => ({ ...file, name: names[file.name.replace('.csv', '')]! }));
    expect((await readAll(files)).hash).toBe(hash);
  });

  // T46
  it('leaves the given bytes as they are [T46]', async () => {
    for (const files of [xlsx(smallSchool), ods(smallSchool), csv(smallSchool)]) {
      const before = files.map((file) => createHash('sha256').update(file.bytes).digest('hex'));
      await read(files);
      expect(files.map((file) => createHash('sha256').update(file.bytes).digest('hex'))).toEqual(before);
    }
  });
});
