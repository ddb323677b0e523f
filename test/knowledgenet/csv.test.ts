import { describe, expect, it } from 'vitest';
import { detectSeparator, toUtf8 } from '../../data/knowledgenet/files/csv.js';
import { codeOf, csv, csvOf, read, readAll, smallSchool } from './fixtures.js';

const studentsOf = (bytes: Buffer) => [
  { name: 'students.csv', bytes },
  ...csv(smallSchool).filter((file) => file.name !== 'students.csv'),
];
const text = csvOf(smallSchool.students!);

describe('encodings of CSV', () => {
  // T07
  it("refuses Excel's ANSI export and names the row [T07]", async () => {
    const ansi = Buffer.from(
      text.replace('Tūhoe', 'Brontë').replace('Māia', 'Zoë').replace('Ngā', 'Nga'),
      'latin1',
    );
    const failure = await codeOf(read(studentsOf(ansi)));
    expect(failure).toMatchObject({ code: 'SourceEncoding', details: { file: 'students', row: 3 } });
    expect(failure.message).toBe('students is not UTF-8: see row 3.');
  });

  it.each([
    ['a byte that never stands in UTF-8', [0xff], 'SourceEncoding'],
    ['half a letter at the end', [0xc5], 'SourceEncoding'],
    ['an overlong form', [0xc0, 0xaf], 'SourceEncoding'],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80], 'SourceEncoding'],
  ])('refuses %s', async (_what, bytes, code) => {
    const broken = Buffer.concat([Buffer.from(text), Buffer.from(bytes)]);
    expect(await codeOf(read(studentsOf(broken)))).toMatchObject({ code, details: { row: 4 } });
  });

  it('counts rows, not lines, where a value holds line ends', () => {
    const bytes = Buffer.concat([Buffer.from('a,b\n"x\ny","z"\n'), Buffer.from([0x80]), Buffer.from('\n')]);
    expect(() => toUtf8('students', bytes)).toThrow('see row 3');
  });

  it.each([
    ['UTF-16 without its mark', Buffer.from(text, 'utf16le')],
    ['UTF-16 cut off', Buffer.from(`\ufeff${text}`, 'utf16le').subarray(0, -1)],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0])],
  ])('refuses %s', async (_what, bytes) => {
    expect(await codeOf(read(studentsOf(bytes)))).toMatchObject({ code: 'SourceEncoding' });
  });
});

describe('shape of CSV', () => {
  it.each([
    ['a,b,c\n1;2,3', ','],
    ['a;b;c\n1,2,3,4', ';'],
    ['a\tb,c\td\n', '\t'],
    ['"a;b;c;d",b\n', ','],
    ['a', ','],
    ['\n\n a;b\n', ';'],
  ])('finds the separator of %j', (sample, separator) => {
    expect(detectSeparator(Buffer.from(sample))).toBe(separator);
  });

  it('refuses a row with too few or too many columns, and names file and row [T04]', async () => {
    const rows = text.split('\r\n');
    const short = [...rows.slice(0, 3), rows[3]!.slice(0, 20)].join('\r\n');
    expect(await codeOf(read(studentsOf(Buffer.from(short))))).toMatchObject({
      code: 'SourceIncomplete',
      details: { file: 'students', row: 4 },
    });
    const long = [rows[0], `${rows[1]},"x"`].join('\r\n');
    expect(await codeOf(read(studentsOf(Buffer.from(long))))).toMatchObject({
      code: 'SourceIncomplete',
      details: { file: 'students', row: 2 },
    });
  });

  // T45
  it('refuses a file that ends inside quotes, or has quotes out of place [T45]', async () => {
    expect(await codeOf(read(studentsOf(Buffer.from(text.slice(0, text.indexOf('tuhoe'))))))).toMatchObject({
      code: 'SourceIncomplete',
      details: { file: 'students', row: 3 },
    });
    const quotes = Buffer.from(text.replace('"Aroha"', '"Aro"ha"'));
    const failure = await codeOf(read(studentsOf(quotes)));
    expect(failure).toMatchObject({ code: 'SourceUnreadable', details: { file: 'students', row: 2 } });
    expect(JSON.stringify(failure)).not.toContain('Aro');
  });

  it('does not let one stray quote swallow a large file', async () => {
    const rows = Array.from({ length: 100_000 }, (_, at) => `${at},Surname`);
    const bytes = Buffer.from(`External Id,Surname\n"1,Smith\n${rows.join('\n')}\n`);
    expect((await codeOf(read([{ name: 'students.csv', bytes }]))).code).toMatch(
      /SourceUnreadable|SourceIncomplete/,
    );
  });

  it('reads quotes, separators and line ends inside values, and mixed line ends between rows', async () => {
    const bytes = Buffer.from(
      'External Id,Surname,First Name\r\n1,"O""Brien, Jr","Ann\nMarie"\n2,b,c\r3,d,e',
    );
    const { snapshot } = await readAll([{ name: 'students.csv', bytes }]);
    expect(snapshot.records.person.map(({ surname, firstName }) => [surname, firstName])).toEqual([
      ['O"Brien, Jr', 'Ann Marie'],
      ['b', 'c'],
      ['d', 'e'],
    ]);
  });

  it('names ids that lost their digits on the way to CSV', async () => {
    const bytes = Buffer.from('External Id\n1.23457E+11\n');
    const source = await read([{ name: 'students.csv', bytes }]);
    expect(source.findings.filter(({ code }) => code === 'IdFromNumber')).toHaveLength(1);
  });

  it('does not read files that are none of its sheets', async () => {
    const junk = [
      { name: 'caregivers.csv', bytes: Buffer.from([0xff, 0x00, 0xff]) },
      { name: 'readme.txt', bytes: Buffer.from('one\ntwo,three\n') },
    ];
    const { hash } = await readAll(csv(smallSchool));
    expect((await readAll([...csv(smallSchool), ...junk])).hash).toBe(hash);
  });
});
