/** Writes a sample school as KnowledgeNET's workbook, or as a folder of CSV files with the same columns. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { utils, write } from '@e965/xlsx';
import { stringify } from 'csv-stringify/sync';
import type { SampleSchool } from './model.js';
import { sheetsOf, type SheetCell } from './sheets.js';

export type WorkbookFormat = 'xlsx' | 'ods';

/** The whole workbook; text stays text, so that leading zeros survive. */
export function toWorkbook(school: SampleSchool, format: WorkbookFormat): Buffer {
  const workbook = utils.book_new();
  for (const { name, rows } of sheetsOf(school))
    utils.book_append_sheet(workbook, utils.aoa_to_sheet(rows.map(withoutBlanks)), name);
  return write(workbook, { type: 'buffer', bookType: format, compression: true }) as Buffer;
}

/** One file per sheet, UTF-8, named after the sheet. */
export async function toCsvFolder(school: SampleSchool, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name, rows } of sheetsOf(school))
    await writeFile(join(folder, `${name}.csv`), stringify(padded(rows)));
}

/** A CSV file has as many cells in every row; the sheet's last columns may be blank for most people. */
function padded(rows: readonly (readonly SheetCell[])[]): SheetCell[][] {
  const width = Math.max(...rows.map((row) => row.length));
  return rows.map((row) => [...row, ...new Array<SheetCell>(width - row.length).fill('')]);
}

/** An empty cell is no cell. */
function withoutBlanks(row: readonly SheetCell[]): (SheetCell | undefined)[] {
  return row.map((cell) => (cell === '' ? undefined : cell));
}
