import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SourceFile } from '../../data/knowledgenet/files/source-file.js';
import { emptyPasswords, hashFiles } from '../../data/knowledgenet/files/passwords.js';
import {
  codeOf,
  csv,
  ods,
  peopleHeader,
  readAll,
  smallSchool,
  workbookBytes,
  xlsx,
  type School,
  type Value,
} from './fixtures.js';
import { unzip, withParts } from './zip.js';

const secrets = ['Kererū-Zq81', 'p&ss"w<rd\'', '  spaced out  ', '=HYPERLINK("x")'];

/** Passwords of several kinds of people, among cells of every kind. */
const school: School = {
  ...smallSchool,
  students: [
    [...peopleHeader, 'Password Hint'],
    [
      '1001',
      '',
      140000001,
      '',
      "O'Brien",
      'Aroha',
      9,
      'aroha',
      secrets[0],
      'aroha@school.example',
      '',
      '9A',
      '9MAT1',
      'secret-hint',
    ],
    [
      { t: 'n', v: 42, z: '00000', w: '00042' },
      '',
      '',
      '',
      'Tūhoe',
      'Māia',
      'Year 9',
      'maia',
      secrets[1],
      '',
      'N',
      '9A',
      '',
    ],
    [
      7,
      '',
      '',
      '',
      'Line\nEnd  x',
      'B',
      { t: 'n', v: 46085, z: 'd/mm/yyyy', w: '4/03/2026' },
      'b',
      271828,
      '',
      '',
      '',
      '',
    ],
    ['1004', '', '', '', { t: 'e', v: 0x2a, w: '#N/A' }, 'C', '10', 'c', '', '', '', '9A', ''],
    ['1005', '', '', '', 'Twice', 'D', '10', 'd', 'one-of-two', '', '', '', ''],
    ['1005', '', '', '', 'Twice', 'D', '10', 'd', 'two-of-two', '', '', '', ''],
    ['', '', '', '', 'Nobody', 'E', '10', 'e', 'nobodys-own', '', '', '', ''],
  ],
  teachers: [
    ['Login', 'External ID', 'Surname', 'PASSWORD'],
    ['a.le', ' T1 ', 'Lê', secrets[2]],
    ['b.le', 'T2', 'Lê', { t: 's', v: secrets[3]! }],
  ],
  caregivers: [
    ['Unique External Id', 'Surname', 'Password'],
    ['C1', 'Parent', 'caregiver-word'],
  ],
};
const all = [
  ...secrets,
  '271828',
  'one-of-two',
  'two-of-two',
  'nobodys-own',
  'caregiver-word',
  'secret-hint',
];
const expected = [
  { externalId: '1001', password: secrets[0] },
  { externalId: '00042', password: secrets[1] },
  { externalId: '7', password: '271828' },
  { externalId: 'T1', password: secrets[2] },
  { externalId: 'T2', password: secrets[3] },
];

/** Every byte of a file that could hold text, unpacked. */
function contentOf(file: SourceFile): string {
  const bytes = Buffer.from(file.bytes);
  const parts =
    bytes.subarray(0, 2).toString() === 'PK' ? unzip(bytes) : [{ name: file.name, content: bytes }];
  return parts.map((part) => part.name + part.content.toString('utf8')).join('\n');
}

const spellings = (secret: string): string[] => [
  secret,
  secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&apos;'),
  secret.trim(),
];

describe('passwords', () => {
  it.each([
    ['XLSX', xlsx(school)],
    ['ODS', ods(school)],
    ['CSV', csv(school)],
    ['CSV in UTF-16 with semicolons', csv(school, ';', (text) => Buffer.from(`\ufeff${text}`, 'utf16le'))],
  ])('leave %s without trace, and nothing else changes', async (_format, files) => {
    expect(contentOf(files[0]!).length).toBeGreaterThan(100);
    const emptied = await emptyPasswords(files);
    expect(emptied.found).toBe(all.length);
    expect([...emptied.passwords].sort(byId)).toEqual([...expected].sort(byId));
    for (const file of emptied.files)
      for (const secret of all.flatMap(spellings))
        expect([file.name, contentOf(file).includes(secret)]).toEqual([file.name, false]);
    const [before, after] = [await readAll(files), await readAll(emptied.files)];
    expect(after.hash).toBe(before.hash);
    expect(after.source.headers).toEqual(before.source.headers);
    const places = (read: typeof before) => [...read.snapshot.provenance.person];
    expect(places(after)).toEqual(places(before));
    const causes = (read: typeof before) =>
      read.source.findings.map(({ code, row, column }) => `${code} ${row} ${column}`);
    expect(causes(after)).toEqual(causes(before).filter((cause) => !cause.startsWith('PasswordsIgnored')));
  });

  it('leave every trace that a spreadsheet program keeps', async () => {
    const [file] = xlsx(school);
    const add = (text: string) => () => Buffer.from(text);
    const traces = withParts(Buffer.from(file!.bytes), {
      'docProps/thumbnail.jpeg': add(secrets[0]!),
      'xl/revisions/revisionLog1.xml': add(`<x>${secrets[0]}</x>`),
      'xl/pivotCache/pivotCacheRecords1.xml': add(`<x>${secrets[0]}</x>`),
      'xl/comments1.xml': add(`<x>${secrets[0]}</x>`),
    });
    const odsTraces = withParts(workbookBytes(school, 'ods'), {
      'Thumbnails/thumbnail.png': add(secrets[0]!),
      'content.xml': (content) =>
        Buffer.from(
          content
            .toString()
            .replace(
              '<office:spreadsheet>',
              `<office:spreadsheet><table:tracked-changes><table:cell-content-change><table:previous><table:change-track-table-cell office:value-type="string"><text:p>${secrets[0]}</text:p></table:change-track-table-cell></table:previous></table:cell-content-change></table:tracked-changes>`,
            ),
        ),
    });
    for (const bytes of [traces, odsTraces]) {
      const given = [{ name: 'school', bytes }];
      expect(contentOf(given[0]!)).toContain(secrets[0]);
      const emptied = await emptyPasswords(given);
      expect(contentOf(emptied.files[0]!)).not.toContain(secrets[0]);
      expect((await readAll(emptied.files)).hash).toBe((await readAll(given)).hash);
    }
  });

  it.each([
    ['XLSX', xlsx(smallSchool)],
    ['ODS', ods(smallSchool)],
    ['CSV', csv(smallSchool)],
  ])('that are not there leave %s as it is, byte for byte', async (_format, files) => {
    const emptied = await emptyPasswords(files);
    expect(emptied).toMatchObject({
      found: 0,
      passwords: [],
      originalSha256: hashFiles(files),
      sha256: hashFiles(files),
    });
    emptied.files.forEach((file, at) => expect(file).toBe(files[at]));
  });

  // T46
  it('are taken out of a copy: the given file stays, and its hash is kept beside the copy [T46]', async () => {
    const files = xlsx(school);
    const before = createHash('sha256').update(files[0]!.bytes).digest('hex');
    const emptied = await emptyPasswords(files);
    expect(createHash('sha256').update(files[0]!.bytes).digest('hex')).toBe(before);
    expect(emptied.originalSha256).toBe(before);
    expect(emptied.sha256).not.toBe(before);
  });

  it('of a file that cannot be read are not kept', async () => {
    expect(
      await codeOf(emptyPasswords([{ name: 'students.csv', bytes: Buffer.from([0x41, 0xff]) }])),
    ).toMatchObject({
      code: 'SourceEncoding',
    });
    const stranger = {
      name: 'old students list.csv',
      bytes: Buffer.from('Name,Password\nA,secret-hint,x\n'),
    };
    const emptied = await emptyPasswords([...csv(smallSchool), stranger]);
    expect(emptied.files.map(({ name }) => name)).not.toContain(stranger.name);
  });

  it('are a finding where no key is configured, whether emptied before or still there', async () => {
    const found = async (options: object, files = xlsx(smallSchool)): Promise<Value[]> =>
      (await readAll(files, options)).source.findings.map(({ code }) => code);
    expect(await found({ passwordsFound: 3 })).toEqual(['PasswordsIgnored']);
    expect(await found({ passwordsFound: 3, passwordKeyConfigured: true })).toEqual([]);
    expect(await found({})).toEqual([]);
    expect(await found({}, xlsx(school))).toContain('PasswordsIgnored');
    const text = JSON.stringify((await readAll(xlsx(school))).source, (_key, value) =>
      value instanceof Map ? [...value] : value,
    );
    for (const secret of all) expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
  });

  it('of several files are hashed as sha256sum lists them', () => {
    const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
    const files = [
      { name: 'b.csv', bytes: Buffer.from('two') },
      { name: 'a.csv', bytes: Buffer.from('one') },
    ];
    expect(hashFiles(files)).toBe(sha(`${sha('one')}  a.csv\n${sha('two')}  b.csv\n`));
    // the same bytes under another name would be other people
    expect(hashFiles(files.slice(0, 1))).toBe(sha(`${sha('two')}  b.csv\n`));
    expect(hashFiles([{ name: 'kn.xlsx', bytes: Buffer.from('two') }])).toBe(sha('two'));
  });
});

function byId(a: { externalId: string }, b: { externalId: string }): number {
  return a.externalId < b.externalId ? -1 : 1;
}
