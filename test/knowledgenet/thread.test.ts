import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { nothingDropped } from '../../data/knowledgenet/build-snapshot.js';
import { snapshotOf, type ReadSource, type SourceOptions } from '../../data/knowledgenet/source.js';
import {
  codeOf,
  csv,
  groupHeader,
  ods,
  peopleHeader,
  readAll,
  readInThread,
  smallSchool,
  workbookBytes,
  xlsx,
  type School,
} from './fixtures.js';
import { withParts } from './zip.js';

const good = { xlsx: workbookBytes(smallSchool, 'xlsx'), ods: workbookBytes(smallSchool, 'ods') };
const text = (change: (xml: string) => string) => (content: Buffer) =>
  Buffer.from(change(content.toString('utf8')));
const hashOf = (source: ReadSource): string => snapshotOf(source, nothingDropped).hash;

function inThread(bytes: Uint8Array, options: Partial<SourceOptions> = {}) {
  return codeOf(readInThread([{ name: 'school', bytes }], options));
}

/** A school of a given size; everybody is in ten classes. */
function schoolOf(people: number): School {
  const classes = Math.max(10, Math.round(people / 20));
  const header = [...peopleHeader.slice(0, 11), ...Array.from({ length: 10 }, () => 'Member of Group')];
  const person = (at: number) => [
    `E${at}`,
    '',
    `${140000000 + at}`,
    '',
    `Surname${at % 5000}`,
    `Māia${at % 3000}`,
    `${9 + (at % 5)}`,
    `user.${at}`,
    '',
    `user.${at}@school.example`,
    '',
    ...Array.from({ length: 10 }, (_, nth) => `C${(at * 7 + nth * 13) % classes}`),
  ];
  const teachers = Math.round(people * 0.07);
  return {
    students: [header, ...Array.from({ length: people - teachers }, (_, at) => person(at))],
    teachers: [header, ...Array.from({ length: teachers }, (_, at) => person(1_000_000 + at))],
    groups: [
      groupHeader,
      ...Array.from({ length: classes }, (_, at) => [`C${at}`, '', `Class ${at}`, 'Form class', '']),
    ],
    'Group Types': [['Group Type'], ['Form class']],
  };
}

describe('reading in a thread', () => {
  it('reads what reading here reads', async () => {
    const { hash } = await readAll(xlsx(smallSchool));
    for (const files of [xlsx(smallSchool), ods(smallSchool), csv(smallSchool)])
      expect(hashOf(await readInThread(files))).toBe(hash);
  });

  it('brings errors over with code, sentence and details', async () => {
    const files = [{ name: 'students.csv', bytes: Buffer.from('External Id,Surname\n1,A,b\n') }];
    expect(await codeOf(readInThread(files))).toEqual({
      code: 'SourceIncomplete',
      message: 'students has 3 columns instead of 2 in row 2.',
      details: { file: 'students', row: 2 },
    });
  });

  it('ends at its time limit, and when it is told to', async () => {
    expect(await inThread(good.xlsx, { limits: { milliseconds: 1 } })).toMatchObject({
      code: 'SourceTooLarge',
    });
    expect(await inThread(good.xlsx, { signal: AbortSignal.abort() })).toMatchObject({ code: 'Interrupted' });
    const late = new AbortController();
    setTimeout(() => late.abort(), 20);
    expect(await inThread(good.xlsx, { signal: late.signal })).toMatchObject({ code: 'Interrupted' });
  });

  it('ends when it needs too much memory, and nothing else does', async () => {
    const { students } = schoolOf(12_000);
    const bytes = workbookBytes({ students: students! }, 'xlsx');
    expect(await inThread(bytes, { limits: { heapMegabytes: 24 } })).toMatchObject({
      code: 'SourceTooLarge',
    });
  });

  it('refuses cells that repeat themselves a million times', async () => {
    const bomb = text((xml) =>
      xml.replace(
        '<table:table-row>',
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="string" table:number-columns-repeated="1000"><text:p>x</text:p></table:table-cell></table:table-row><table:table-row>',
      ),
    );
    const started = performance.now();
    expect(await inThread(withParts(good.ods, { 'content.xml': bomb }))).toMatchObject({
      code: 'SourceTooLarge',
    });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('reads a used range of a million rows with few cells cheaply', async () => {
    const { hash } = await readAll(xlsx(smallSchool));
    const wide = withParts(good.xlsx, {
      'xl/worksheets/sheet1.xml': text((xml) =>
        xml
          .replace(/<dimension ref="[^"]*"\/>/, '<dimension ref="A1:XFD1048576"/>')
          .replace('</sheetData>', '<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>'),
      ),
    });
    const long = withParts(good.ods, {
      'content.xml': text((xml) =>
        xml.replace(
          '</table:table>',
          '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>',
        ),
      ),
    });
    const before = process.memoryUsage.rss();
    const started = performance.now();
    expect(hashOf(await readInThread([{ name: 'a.xlsx', bytes: wide }]))).toBe(hash);
    expect(hashOf(await readInThread([{ name: 'a.ods', bytes: long }]))).toBe(hash);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(250 * 1024 * 1024);
  });
});

describe('a large reading', () => {
  // 2,150 users and 21,500 memberships. Alone on two cores: 1.0 s (XLSX), 1.5 s (ODS), 0.7 s (CSV).
  it.each([
    ['XLSX', xlsx],
    ['ODS', ods],
    ['CSV', csv],
  ])('of a big school as %s keeps the main thread free and does not take long', async (_format, write) => {
    const files = write(schoolOf(2_150));
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const progress: number[] = [];
    const started = performance.now();
    delay.enable();
    const source = await readInThread(files, { onProgress: (rows) => progress.push(rows) });
    delay.disable();
    expect(performance.now() - started).toBeLessThan(15_000);
    // Parsing alone blocks for half a second where it happens.
    expect(delay.percentile(99) / 1e6).toBeLessThan(100);
    expect(source.rows.persons).toHaveLength(2_150);
    expect(source.rows.memberships).toHaveLength(21_500);
    expect(progress.length).toBeGreaterThan(4);
  });
});
