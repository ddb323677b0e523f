/** Small invented schools, written as XLSX, ODS and CSV. */
import * as XLSX from '@e965/xlsx';
import type { SourceFile } from '../../data/knowledgenet/files/source-file.js';
import {
  collectReading,
  defaultLimits,
  readSource,
  snapshotOf,
  type ReadSource,
  type SourceOptions,
} from '../../data/knowledgenet/source.js';
import { answer } from '../../data/knowledgenet/files/answers.js';
import { nothingDropped } from '../../data/knowledgenet/build-snapshot.js';
import type { PlacedSnapshot } from '../../data/model/snapshot.js';

/** A cell value; an object is written as the library's cell. */
export type Value = string | number | boolean | undefined | XLSX.CellObject;
export type SheetRows = readonly (readonly Value[])[];
export type School = Readonly<Record<string, SheetRows>>;

export const peopleHeader = [
  'Unique External Id',
  'New External Id',
  'National Student Number (NSN)',
  'Title',
  'Surname',
  'First Name',
  'Year Level',
  'User ID',
  'Password',
  'Email Address',
  'Delete This User',
  'Member of Group',
  'Member of Group',
] as const;

export const groupHeader = [
  'Unique External Id',
  'New External Id',
  'Name',
  'Group Type',
  'Delete This Group',
] as const;

/** Two classes, three students, one teacher; macrons, apostrophes and brackets among their names. */
export const smallSchool: School = {
  students: [
    peopleHeader,
    [
      '1001',
      '',
      '140000001',
      '',
      "O'Brien",
      'Aroha',
      '9',
      'aroha.obrien',
      '',
      'aroha@school.example',
      '',
      '9A',
      '9MAT1',
    ],
    [
      '1002',
      '',
      '140000002',
      '',
      'Tūhoe',
      'Māia',
      '9',
      'maia.tuhoe',
      '',
      'maia@school.example',
      '',
      '9A',
      '',
    ],
    [
      '0007',
      '',
      '',
      '',
      'Ngā-Puhi',
      'Samuel (Sam)',
      '10',
      'sam.nga-puhi',
      '',
      'sam@school.example',
      '',
      '9MAT1',
      '',
    ],
  ],
  teachers: [
    peopleHeader.filter((header) => header !== 'Year Level'),
    ['T1', '', '', 'Ms', 'Lê', 'Ann-Marie', 'a.le', '', 'a.le@school.example', '', '9A', '9MAT1'],
  ],
  groups: [
    groupHeader,
    ['9A', '', '9A Form', 'Form class', ''],
    ['9MAT1', '', 'Mathematics 9', 'Subject class', ''],
  ],
  'Group Types': [['Group Type'], ['Form class'], ['Subject class']],
};

function cellOf(value: Value): XLSX.CellObject | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'object') return value;
  return { t: typeof value === 'number' ? 'n' : typeof value === 'boolean' ? 'b' : 's', v: value };
}

export function sheetOf(rows: SheetRows): XLSX.WorkSheet {
  const sheet: XLSX.WorkSheet = {};
  let width = 1;
  rows.forEach((row, r) =>
    row.forEach((value, c) => {
      const cell = cellOf(value);
      if (cell !== undefined) sheet[XLSX.utils.encode_cell({ r, c })] = cell;
      width = Math.max(width, c + 1);
    }),
  );
  sheet['!ref'] = XLSX.utils.encode_range({
    s: { r: 0, c: 0 },
    e: { r: Math.max(rows.length - 1, 0), c: width - 1 },
  });
  return sheet;
}

/** @param hidden Names of sheets that nobody sees when opening the workbook. */
export function workbookBytes(
  school: School,
  bookType: 'xlsx' | 'ods',
  hidden: readonly string[] = [],
): Buffer {
  const names = Object.keys(school);
  const workbook: XLSX.WorkBook = {
    SheetNames: names,
    Sheets: Object.fromEntries(names.map((name) => [name, sheetOf(school[name]!)])),
    Workbook: { Sheets: names.map((name) => ({ name, Hidden: hidden.includes(name) ? 2 : 0 })) },
  };
  return XLSX.write(workbook, { type: 'buffer', bookType, bookSST: true, compression: true }) as Buffer;
}

export function xlsx(school: School): SourceFile[] {
  return [{ name: 'school.xlsx', bytes: workbookBytes(school, 'xlsx') }];
}

export function ods(school: School): SourceFile[] {
  return [{ name: 'school.ods', bytes: workbookBytes(school, 'ods') }];
}

function csvText(value: Value): string {
  if (value === undefined) return '';
  return String(typeof value === 'object' ? (value.w ?? value.v ?? '') : value);
}

export function csvOf(rows: SheetRows, separator = ','): string {
  const width = rows[0]?.length ?? 0;
  return rows
    .map((row) =>
      Array.from({ length: width }, (_, at) => `"${csvText(row[at]).replaceAll('"', '""')}"`).join(separator),
    )
    .join('\r\n');
}

export function csv(
  school: School,
  separator = ',',
  encode = (text: string) => Buffer.from(text),
): SourceFile[] {
  return Object.entries(school).map(([name, rows]) => ({
    name: `${name}.csv`,
    bytes: encode(csvOf(rows, separator)),
  }));
}

/** Reads in this thread, which is quicker; `readSource` does the same in one of its own. */
export function read(
  files: readonly SourceFile[],
  options: Partial<SourceOptions> = {},
): Promise<ReadSource> {
  const limits = { ...defaultLimits, ...options.limits };
  return collectReading(answer({ task: 'read', files, limits }), {
    reading: 'complete',
    passwordKeyConfigured: false,
    ...options,
  });
}

/** Reads as the product does. */
export function readInThread(
  files: readonly SourceFile[],
  options: Partial<SourceOptions> = {},
): Promise<ReadSource> {
  return readSource(files, { reading: 'complete', passwordKeyConfigured: false, ...options });
}

/** A reading whose records all enter the snapshot. */
export async function readAll(
  files: readonly SourceFile[],
  options: Partial<SourceOptions> = {},
): Promise<{ snapshot: PlacedSnapshot; hash: string; source: ReadSource }> {
  const source = await read(files, options);
  return { ...snapshotOf(source, nothingDropped), source };
}

/** The code of the RolloverError that a promise fails with; anything else is not caught. */
export async function codeOf(
  promise: Promise<unknown>,
): Promise<{ code: string; message: string; details: object }> {
  try {
    await promise;
  } catch (error) {
    const { code, message, details } = error as { code: string; message: string; details: object };
    return { code, message, details };
  }
  return { code: 'none', message: '', details: {} };
}
