import { describe, expect, it } from 'vitest';
import type { SourceOptions } from '../../data/knowledgenet/source.js';
import { codeOf, ods, read, readAll, smallSchool, workbookBytes, xlsx } from './fixtures.js';
import { unzip, withParts, zip } from './zip.js';

const good = { xlsx: workbookBytes(smallSchool, 'xlsx'), ods: workbookBytes(smallSchool, 'ods') };
const text = (change: (xml: string) => string) => (content: Buffer) =>
  Buffer.from(change(content.toString('utf8')));
const cut = (marker: string) => text((xml) => xml.slice(0, xml.lastIndexOf(marker)));

function reading(bytes: Uint8Array, name = 'school.xlsx', options: Partial<SourceOptions> = {}) {
  return codeOf(read([{ name, bytes }], options));
}

describe('files of the wrong type', () => {
  const compound = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(1024)]);

  it.each([
    ['PDF', 'school.xlsx', Buffer.from('%PDF-1.7 and so on')],
    ['CSV called .xlsx', 'school.xlsx', Buffer.from('Unique External Id,Surname\n1,A\n')],
    ['workbook called .csv beside a CSV', 'students.csv', good.xlsx],
    ['old Excel workbook', 'school.xls', compound],
    ['zip of something else', 'school.ods', zip([{ name: 'readme.txt', content: Buffer.from('hello') }])],
    ['empty file', 'school.xlsx', Buffer.alloc(0)],
    ['binary workbook', 'school.xlsx', withParts(good.xlsx, { 'xl/workbook.bin': () => Buffer.from('x') })],
  ])('refuses a %s', async (what, name, bytes) => {
    const beside = { name: 'teachers.csv', bytes: Buffer.from('External Id,Surname\nT1,Lê\n') };
    const files = what.includes('beside') ? [{ name, bytes }, beside] : [{ name, bytes }];
    if (what === 'binary workbook') {
      const entries = unzip(bytes).filter((entry) => entry.name !== 'xl/workbook.xml');
      expect(await reading(zip(entries))).toMatchObject({ code: 'SourceUnreadable' });
    } else expect(await codeOf(read(files))).toMatchObject({ code: 'SourceUnreadable' });
  });

  it('refuses two workbooks at once', async () => {
    expect(await codeOf(read([...xlsx(smallSchool), ...ods(smallSchool)]))).toMatchObject({
      code: 'SourceUnreadable',
    });
  });

  it('reads a workbook whatever its name ends with', async () => {
    const { hash } = await readAll(xlsx(smallSchool));
    expect((await readAll([{ name: 'school.csv', bytes: good.ods }])).hash).toBe(hash);
  });

  it.each([
    ['Excel workbook with a password', Buffer.concat([compound, Buffer.from('EncryptedPackage', 'utf16le')])],
    [
      'OpenDocument workbook with a password',
      withParts(good.ods, {
        'META-INF/manifest.xml': text((xml) =>
          xml.replace('</manifest:manifest>', '<manifest:encryption-data/></manifest:manifest>'),
        ),
        'content.xml': () => Buffer.from([1, 2, 3, 4]),
      }),
    ],
    ['zip with encrypted entries', zip(unzip(good.xlsx).map((entry) => ({ ...entry, flags: 1 })))],
  ])('refuses an %s as encrypted', async (_what, bytes) => {
    expect(await reading(bytes)).toMatchObject({ code: 'SourceEncrypted' });
  });
});

describe('files that end too early', () => {
  // T01, T02, T04, T45: half a school is an error, never a smaller school
  it('refuses a workbook cut off anywhere [T01] [T45]', async () => {
    for (const bytes of [good.xlsx, good.ods])
      for (const share of [0.1, 0.5, 0.9, 0.999]) {
        const { code } = await reading(bytes.subarray(0, Math.floor(bytes.length * share)));
        expect(code).toBe('SourceUnreadable');
      }
  });

  it.each([
    ['XLSX sheet after a row', good.xlsx, 'xl/worksheets/sheet1.xml', cut('<row ')],
    ['XLSX sheet inside a cell', good.xlsx, 'xl/worksheets/sheet1.xml', cut('</v>')],
    ['XLSX sheet before its last end tag', good.xlsx, 'xl/worksheets/sheet1.xml', cut('</worksheet>')],
    ['XLSX sheet inside a tag', good.xlsx, 'xl/worksheets/sheet2.xml', cut('r="')],
    ['XLSX shared strings', good.xlsx, 'xl/sharedStrings.xml', cut('<si>')],
    ['XLSX workbook part', good.xlsx, 'xl/workbook.xml', cut('</sheets>')],
    ['ODS content after a row', good.ods, 'content.xml', cut('<table:table-row')],
    ['ODS content after a sheet', good.ods, 'content.xml', cut('<table:table ')],
    ['ODS content inside a paragraph', good.ods, 'content.xml', cut('</text:p>')],
    ['an empty XLSX sheet part', good.xlsx, 'xl/worksheets/sheet1.xml', () => Buffer.alloc(0)],
    [
      'elements in the wrong order',
      good.xlsx,
      'xl/worksheets/sheet1.xml',
      text((xml) => xml.replace('</c></row>', '</row></c>')),
    ],
  ])('refuses %s cut off inside a whole archive [T02] [T04]', async (_what, bytes, part, change) => {
    expect(await reading(withParts(bytes, { [part]: change }))).toMatchObject({ code: 'SourceIncomplete' });
  });

  it('refuses a workbook whose sheet, or whose texts, are not there', async () => {
    for (const lost of ['xl/worksheets/sheet1.xml', 'xl/sharedStrings.xml']) {
      const bytes = zip(unzip(good.xlsx).filter((entry) => entry.name !== lost));
      expect((await reading(bytes)).code).toMatch(/SourceIncomplete|SourceUnreadable/);
    }
  });

  it('refuses shared strings that are fewer than the cells name', async () => {
    const fewer = text((xml) => xml.replace(/(<si>.*?<\/si>){5}(?=<\/sst>)/, ''));
    expect((await reading(withParts(good.xlsx, { 'xl/sharedStrings.xml': fewer }))).code).toMatch(
      /SourceIncomplete|SourceUnreadable/,
    );
  });

  it('refuses cells that stand twice in one place', async () => {
    const twice = text((xml) => xml.replaceAll(/r="B(\d+)"/g, 'r="A$1"'));
    const school = { ...smallSchool, students: smallSchool.students!.map((row) => [row[0], row[4], row[5]]) };
    const bytes = withParts(workbookBytes(school, 'xlsx'), { 'xl/worksheets/sheet1.xml': twice });
    expect(await reading(bytes)).toMatchObject({ code: 'SourceIncomplete' });
  });
});

describe('damaged archives', () => {
  it('refuses a wrong checksum', async () => {
    const entries = unzip(good.xlsx);
    expect(await reading(zip([{ ...entries[0]!, claimedCrc: 1 }, ...entries.slice(1)]))).toMatchObject({
      code: 'SourceUnreadable',
    });
  });

  it('refuses the same part twice', async () => {
    const entries = unzip(good.xlsx);
    const sheet = entries.find((entry) => entry.name === 'xl/worksheets/sheet1.xml')!;
    expect(await reading(zip([...entries, { ...sheet, name: 'xl/WORKSHEETS/sheet1.xml' }]))).toMatchObject({
      code: 'SourceUnreadable',
    });
  });

  it('refuses entities', async () => {
    const bomb = text((xml) =>
      xml.replace('?>', '?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'),
    );
    for (const [bytes, part] of [
      [good.xlsx, 'xl/sharedStrings.xml'],
      [good.ods, 'content.xml'],
    ] as const)
      expect(await reading(withParts(bytes, { [part]: bomb }))).toMatchObject({ code: 'SourceUnreadable' });
  });
});

describe('files that are too much', () => {
  it.each([
    ['honest', { claimedSize: 64 * 1024 * 1024 }],
    ['lying about its size', { claimedSize: 100 }],
  ])('refuses a zip bomb, %s, without unpacking it', async (_what, lie) => {
    const zeros = Buffer.alloc(64 * 1024 * 1024);
    const bytes = zip([...unzip(good.xlsx), { name: 'xl/media/x.png', content: zeros, ...lie }]);
    const before = process.memoryUsage.rss();
    const started = performance.now();
    const { code } = await reading(bytes);
    expect(code).toBe(lie.claimedSize > 100 ? 'SourceTooLarge' : 'SourceUnreadable');
    expect(process.memoryUsage.rss() - before).toBeLessThan(60 * 1024 * 1024);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('refuses an archive that claims little per part and much together', async () => {
    const spaces = Buffer.alloc(1024 * 1024, 0x20);
    const parts = Array.from({ length: 20 }, (_, at) => ({ name: `xl/media/${at}`, content: spaces }));
    expect(await reading(zip([...unzip(good.xlsx), ...parts]))).toMatchObject({ code: 'SourceTooLarge' });
  });

  it('refuses more files in the archive, bytes, cells or rows than the limits say', async () => {
    const limited = (limits: object) => reading(good.xlsx, 'school.xlsx', { limits });
    for (const limits of [
      { entries: 3 },
      { fileBytes: 1000 },
      { unpackedBytes: 5000 },
      { cells: 20 },
      { rows: 2 },
    ])
      expect([limits, await limited(limits)]).toMatchObject([limits, { code: 'SourceTooLarge' }]);
    expect(await reading(good.ods, 'school.ods', { limits: { cells: 20 } })).toMatchObject({
      code: 'SourceTooLarge',
    });
  });
});

describe('spellings that the library passes over', () => {
  it('reads shared strings without content, which shift no other one', async () => {
    const school = {
      ...smallSchool,
      groups: smallSchool.groups!.map((row, at) =>
        at === 1 ? ['9A', '', { t: 's', v: ' ' } as const, ...row.slice(3)] : row,
      ),
    };
    const plain = workbookBytes(school, 'xlsx');
    const short = withParts(plain, {
      'xl/sharedStrings.xml': text((xml) => xml.replace(/<si><t[^>]*> <\/t><\/si>/, '<si/>')),
    });
    expect(
      unzip(short)
        .find((entry) => entry.name === 'xl/sharedStrings.xml')!
        .content.includes('<si/>'),
    ).toBe(true);
    const { snapshot } = await readAll([{ name: 'a.xlsx', bytes: short }]);
    expect(snapshot.records.group.map(({ name }) => name)).toEqual(['', 'Mathematics 9']);
  });

  it('reads ODS cells that hold a value and show nothing', async () => {
    const rows = [
      ['Unique External Id', 'Surname'],
      [1234, 'Lê'],
    ];
    const bare = withParts(workbookBytes({ students: rows }, 'ods'), {
      'content.xml': text((xml) =>
        xml
          .replace(
            /(<table:table-cell[^>]*office:value="1234"[^>]*)><text:p>1234<\/text:p><\/table:table-cell>/,
            '$1/>',
          )
          .replace(
            /<table:table-cell([^>]*)><text:p>Lê<\/text:p>/,
            '<table:table-cell$1 office:string-value="Lê">',
          ),
      ),
    });
    const content = unzip(bare)
      .find((entry) => entry.name === 'content.xml')!
      .content.toString();
    expect(content).toMatch(/office:value="1234"[^>]*\/>/);
    const { snapshot } = await readAll([{ name: 'a.ods', bytes: bare }]);
    expect(snapshot.records.person).toEqual([{ externalId: '1234', type: 'student', surname: 'Lê' }]);
  });

  it('keeps zeros that a whole ODS column pads', async () => {
    const padded = withParts(workbookBytes({ students: [['Unique External Id'], [42]] }, 'ods'), {
      'content.xml': text((xml) => xml.replace('<text:p>42</text:p>', '<text:p>00042</text:p>')),
    });
    const { snapshot } = await readAll([{ name: 'a.ods', bytes: padded }]);
    expect(snapshot.records.person[0]?.externalId).toBe('00042');
  });

  it('does not take comments, links or drawings in cells for their text', async () => {
    const remarked = withParts(good.ods, {
      'content.xml': text((xml) =>
        xml.replace(
          '<text:p>1001</text:p>',
          '<office:annotation><dc:creator>me</dc:creator><text:p>a remark</text:p></office:annotation><text:p><text:a xlink:href="http://x.example">1001</text:a></text:p>',
        ),
      ),
    });
    const { hash } = await readAll(ods(smallSchool));
    expect((await readAll([{ name: 'a.ods', bytes: remarked }])).hash).toBe(hash);
  });

  it('reads merged cells once', async () => {
    const merged = withParts(good.xlsx, {
      'xl/worksheets/sheet1.xml': text((xml) =>
        xml.replace(
          '</sheetData>',
          '</sheetData><mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>',
        ),
      ),
    });
    const { hash } = await readAll(xlsx(smallSchool));
    expect((await readAll([{ name: 'a.xlsx', bytes: merged }])).hash).toBe(hash);
  });
});

describe('messages', () => {
  it('quote no cell', async () => {
    const secret = 'Aroha';
    const broken = [
      withParts(good.xlsx, { 'xl/worksheets/sheet1.xml': cut('</row>') }),
      withParts(good.ods, { 'content.xml': cut(secret) }),
      withParts(good.xlsx, { 'xl/sharedStrings.xml': text((xml) => xml.replace(secret, `<${secret}>`)) }),
    ];
    for (const bytes of broken) {
      const failure = await reading(bytes);
      expect(failure.code).not.toBe('none');
      expect(JSON.stringify(failure)).not.toContain(secret);
    }
  });
});
