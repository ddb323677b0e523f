/**
 * A workbook without its passwords.
 *
 * Blanking cells in the file would leave their texts behind: in the shared strings, in pictures of the first page, in
 * change tracking, in caches. So the workbook is written anew from its cells' values and number formats, and read
 * again to prove that nothing else changed.
 */
import type { CellObject, WorkBook, WorkSheet } from '@e965/xlsx';
import { RolloverError } from '../../../model/errors.js';
import { isBlank, textOf, type Cell } from '../../cells.js';
import { bufferOf, type SourceFile } from '../source-file.js';
import { sheetKindOf, type SheetKind } from '../../headers.js';
import type { SourceLimits } from '../limits.js';
import { passwordColumns, type PasswordColumns, type Passwords } from '../password-columns.js';
import { dataOf, writeWorkbook } from './sheetjs.js';
import { cellOf, countsFrom1904, openWorkbook, type OpenWorkbook, type WorkbookType } from './read.js';

type Row = (CellObject | undefined)[];

/** A sheet while it is rewritten: dense rows of sparse cells. */
interface Draft {
  readonly name: string;
  readonly rows: Row[];
  readonly merges: WorkSheet['!merges'];
}

/** Value and number format; nothing that could remember another value. */
function bareCell(cell: CellObject): CellObject {
  const { t, v, w, z } = cell;
  return { t, v, ...(w === undefined ? {} : { w }), ...(z === undefined ? {} : { z }) };
}

function draftOf(name: string, sheet: WorkSheet): Draft {
  const rows: Row[] = [];
  dataOf(sheet).forEach((cells, at) => {
    const row: Row = [];
    cells?.forEach((cell, column) => {
      if (cell !== undefined && cell.t !== 'z') row[column] = bareCell(cell);
    });
    rows[at] = row;
  });
  return { name, rows: Array.from(rows, (row) => row ?? []), merges: sheet['!merges'] };
}

function emptySheet(
  draft: Draft,
  kind: SheetKind | null,
  passwords: Passwords,
  read: (cell: CellObject | undefined) => Cell,
): void {
  let places: PasswordColumns | null | undefined;
  for (const row of draft.rows) {
    const cells = row.map(read);
    if (places === undefined) {
      if (cells.some((cell) => !isBlank(cell))) places = passwordColumns(cells);
    } else if (places === null) return;
    else if (passwords.note(kind, places, cells))
      for (const column of places.columns) row[column] = undefined;
  }
}

function sheetOf(draft: Draft): WorkSheet {
  const columns = draft.rows.reduce((most, row) => Math.max(most, row.length), 1);
  const sheet: WorkSheet = {
    '!data': draft.rows as CellObject[][],
    '!ref': `A1:${columnName(columns - 1)}${Math.max(draft.rows.length, 1)}`,
  };
  if (draft.merges !== undefined) sheet['!merges'] = draft.merges;
  return sheet;
}

function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter;
}

function workbookOf(drafts: readonly Draft[], original: WorkBook): WorkBook {
  return {
    SheetNames: drafts.map((draft) => draft.name),
    Sheets: Object.fromEntries(drafts.map((draft) => [draft.name, sheetOf(draft)])),
    Workbook: { WBProps: { date1904: countsFrom1904(original) } },
  };
}

function sameCell(a: Cell, b: Cell): boolean {
  if (isBlank(a) && isBlank(b)) return true;
  const kind = (cell: Cell): string | undefined => (typeof cell === 'object' ? cell.kind : typeof cell);
  return kind(a) === kind(b) && textOf(a) === textOf(b);
}

/** Compares cell by cell with what was written; `differs` is told of each cell that reads otherwise. */
function compare(
  drafts: readonly Draft[],
  written: WorkBook,
  read: (cell: CellObject | undefined) => Cell,
  differs: (row: Row, column: number, meant: Cell, found: Cell) => void,
): void {
  for (const draft of drafts) {
    const sheet = written.Sheets[draft.name];
    const data = sheet === undefined ? [] : dataOf(sheet);
    draft.rows.forEach((row, at) => {
      const width = Math.max(row.length, data[at]?.length ?? 0);
      for (let column = 0; column < width; column++) {
        const meant = read(row[column]);
        const found = read(data[at]?.[column]);
        if (!sameCell(meant, found)) differs(row, column, meant, found);
      }
    });
  }
}

async function writeProved(
  drafts: readonly Draft[],
  open: OpenWorkbook,
  limits: SourceLimits,
  read: (cell: CellObject | undefined) => Cell,
): Promise<Uint8Array> {
  const write = async (): Promise<{ bytes: Uint8Array; written: WorkBook }> => {
    const bytes = writeWorkbook(workbookOf(drafts, open.workbook), open.type);
    return { bytes, written: (await openWorkbook(bufferOf(bytes), limits)).workbook };
  };
  const first = await write();
  let differences = 0;
  // What the library cannot write as it was (a number format, an error) is written as the text that it reads as.
  compare(drafts, first.written, read, (row, column, meant) => {
    differences++;
    row[column] = { t: 's', v: textOf(meant) };
  });
  if (differences === 0) return first.bytes;
  const second = await write();
  compare(drafts, second.written, read, () => {
    throw new RolloverError('SourceUnreadable', 'The workbook cannot be written without its passwords.');
  });
  return second.bytes;
}

/**
 * The same workbook without passwords; the very same file when it holds none.
 *
 * @throws RolloverError Source…
 */
export async function emptyWorkbook(
  file: SourceFile,
  limits: SourceLimits,
  passwords: Passwords,
): Promise<SourceFile> {
  const open = await openWorkbook(bufferOf(file.bytes), limits);
  const date1904 = countsFrom1904(open.workbook);
  const type: WorkbookType = open.type;
  const read = (cell: CellObject | undefined): Cell => cellOf(cell, type, date1904);
  const drafts: Draft[] = [];
  for (const name of open.workbook.SheetNames) {
    const sheet = open.workbook.Sheets[name];
    if (sheet === undefined) continue;
    const draft = draftOf(name, sheet);
    emptySheet(draft, sheetKindOf(name), passwords, read);
    drafts.push(draft);
  }
  if (passwords.found === 0) return file;
  return { name: file.name, bytes: await writeProved(drafts, open, limits, read) };
}
