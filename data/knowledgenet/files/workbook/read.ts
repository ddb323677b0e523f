/** XLSX and ODS: a checked archive becomes sheets of rows. Runs inside a thread only; nothing here yields. */
import type { CellObject, WorkBook } from '@e965/xlsx';
import { RolloverError } from '../../../model/errors.js';
import { unpack, type Archive } from './archive.js';
import { canonicalText, numberText, type Cell, type GridRow } from '../../cells.js';
import { countContent, countWorksheet, proveWhole } from './count-cells.js';
import type { SourceLimits } from '../limits.js';
import { dataOf, parseParts, SSF, type SheetData } from './sheetjs.js';

export type WorkbookType = 'xlsx' | 'ods';

/** A workbook as the library understood it, checked against the file. */
export interface OpenWorkbook {
  readonly type: WorkbookType;
  readonly workbook: WorkBook;
}

/** A sheet of a workbook or a CSV file. */
export interface Sheet {
  readonly name: string;
  readonly rows: Iterable<GridRow> | AsyncIterable<GridRow>;
}

const xlsxPart =
  /^(\[content_types\]\.xml|_rels\/\.rels|xl\/_rels\/[^/]+\.rels|xl\/(workbook|sharedstrings|styles|metadata)[^/]*\.(xml|bin)|xl\/(worksheets|persons)\/[^/]+\.(xml|bin))$/i;
const odsPart = /^(mimetype|content\.xml|styles\.xml|meta-inf\/manifest\.xml)$/i;

function typeOf(archive: Archive): WorkbookType {
  const manifest = archive.get('META-INF/manifest.xml');
  if (manifest?.includes('encryption-data'))
    throw new RolloverError('SourceEncrypted', 'The workbook is protected by a password.');
  if (manifest !== undefined && archive.has('content.xml')) return 'ods';
  if (archive.has('[Content_Types].xml') && archive.has('xl/workbook.xml')) return 'xlsx';
  throw new RolloverError('SourceUnreadable', 'This is neither an XLSX nor an ODS workbook.');
}

/** Proves every part whole and answers how many cells hold something. */
function countCells(type: WorkbookType, archive: Archive, limits: SourceLimits): number {
  let filled = 0;
  let left = limits.cells;
  for (const [part, bytes] of archive) {
    if (type === 'xlsx' && /^xl\/worksheets\//i.test(part)) {
      const count = countWorksheet(part, bytes, { ...limits, cells: left });
      filled += count.filled;
      left -= count.filled;
    } else if (part === 'content.xml') filled += countContent(part, bytes, limits).filled;
    else if (/\.(xml|rels)$/i.test(part) && !/manifest\.xml$/i.test(part)) proveWhole(part, bytes);
  }
  return filled;
}

/**
 * Spellings that the standards allow and the library passes over: shared strings without content, which would shift
 * all later ones; and ODS values without a displayed text.
 */
function spellOut(archive: Archive): Archive {
  const parts = new Map(archive);
  const rewrite = (wanted: RegExp, change: (text: string) => string): void => {
    for (const [part, bytes] of archive)
      if (wanted.test(part)) parts.set(part, Buffer.from(change(bytes.toString('latin1')), 'latin1'));
  };
  rewrite(/^xl\/sharedstrings[^/]*\.xml$/i, (text) =>
    text
      .replace(/<((?:\w+:)?)si(?:\s[^<>]*)?\/>/g, '<$1si><$1t></$1t></$1si>')
      .replace(/<((?:\w+:)?)si\s[^<>]*>/g, '<$1si>'),
  );
  rewrite(/^content\.xml$/, (text) =>
    text
      .replace(
        /<table:table-cell(\s[^<>]*office:value-type=[^<>]*?)\/>/g,
        '<table:table-cell$1></table:table-cell>',
      )
      .replace(
        /(<table:table-cell\s[^<>]*office:value-type=[^<>]*>)(<\/table:table-cell>)/g,
        '$1<text:p> </text:p>$2',
      )
      .replace(
        /<text:s\s*(text:c="\d+")?\s*\/>/g,
        (_, count?: string) => `<text:s${count === undefined ? '' : ` ${count}`}/>`,
      ),
  );
  return parts;
}

function countFound(workbook: WorkBook): number {
  let found = 0;
  for (const name of workbook.SheetNames) {
    const sheet = workbook.Sheets[name];
    if (sheet === undefined) continue;
    dataOf(sheet).forEach((row) =>
      row?.forEach((cell) => (found += cell === undefined || cell.t === 'z' ? 0 : 1)),
    );
  }
  return found;
}

/**
 * Opens a workbook.
 *
 * @throws RolloverError SourceEncrypted, SourceTooLarge, SourceUnreadable, SourceIncomplete
 */
export async function openWorkbook(bytes: Buffer, limits: SourceLimits): Promise<OpenWorkbook> {
  const archive = await unpack(bytes, limits, (name) => xlsxPart.test(name) || odsPart.test(name));
  const type = typeOf(archive);
  const filled = countCells(type, archive, limits);
  const workbook = parseParts(spellOut(archive));
  if (new Set(workbook.SheetNames).size < workbook.SheetNames.length)
    throw new RolloverError('SourceUnreadable', 'The workbook has two sheets of one name.');
  if (countFound(workbook) < filled)
    throw new RolloverError('SourceIncomplete', 'The workbook holds cells that cannot be read.');
  return { type, workbook };
}

// Digits, spaces, brackets, dashes and quoted text only: what is shown is the number with something around it.
const mask = /^(?:[0#?]|"[^"]*"|\\.|[-() ])+$/;

/** A number whose format shows leading zeros or text around it is an id that somebody formatted: as shown. */
function maskedText(value: number, format: string): string | null {
  const [positive = ''] = format.split(';');
  if (!Number.isInteger(value) || value < 0 || !mask.test(positive)) return null;
  const pads = positive.replace(/"[^"]*"|\\./g, '').replace(/[^0]/g, '').length > 1;
  const decorates = /"[^"]*[^"\s][^"]*"|\\[^\s]|-|\(/.test(positive);
  return pads || decorates ? SSF.format(positive, value) : null;
}

function dateText(value: number, date1904: boolean): string {
  const date = SSF.parse_date_code(value, { date1904 });
  if (date === null) return numberText(value);
  const pad = (part: number, length: number): string => String(part).padStart(length, '0');
  return `${pad(date.y, 4)}-${pad(date.m, 2)}-${pad(date.d, 2)}`;
}

function numberCell(cell: CellObject, type: WorkbookType, date1904: boolean): Cell {
  const value = Number(cell.v);
  if (!Number.isFinite(value)) return { kind: 'error', text: '#NUM!' };
  const format = typeof cell.z === 'string' ? cell.z : 'General';
  if (SSF.is_date(format)) return { kind: 'date', text: dateText(value, date1904) };
  const masked = maskedText(value, format);
  if (masked !== null) return canonicalText(masked);
  // ODS may keep the format of a whole column where the library does not look; the displayed text tells.
  const shown = type === 'ods' ? (cell.w ?? '') : '';
  if (/^0\d+$/.test(shown) && Number(shown) === value) return shown;
  return { kind: 'number', text: numberText(value) };
}

/** A cell of the library as one of ours. */
export function cellOf(cell: CellObject | undefined, type: WorkbookType, date1904: boolean): Cell {
  switch (cell?.t) {
    case undefined:
    case 'z':
      return undefined;
    case 's':
      return String(cell.v ?? '');
    case 'b':
      return cell.v === true ? 'TRUE' : 'FALSE';
    case 'n':
      return numberCell(cell, type, date1904);
    case 'd':
      return { kind: 'date', text: String(cell.v) };
    case 'e':
      return { kind: 'error', text: cell.w ?? '#N/A' };
  }
}

function* gridOf(data: SheetData, type: WorkbookType, date1904: boolean): Generator<GridRow> {
  // Both levels are sparse: a used range of a million rows costs nothing.
  for (const key of Object.keys(data)) {
    const cells: Cell[] = [];
    data[Number(key)]?.forEach((cell, column) => {
      const value = cellOf(cell, type, date1904);
      if (value !== undefined) cells[column] = value;
    });
    if (cells.length > 0) yield { row: Number(key) + 1, cells };
  }
}

/** Whether the workbook counts days from 1904. */
export function countsFrom1904(workbook: WorkBook): boolean {
  return workbook.Workbook?.WBProps?.date1904 === true;
}

/**
 * All sheets of a workbook, hidden ones too.
 *
 * @throws RolloverError SourceIncomplete when the library gave a sheet up.
 */
export function sheetsOf(open: OpenWorkbook): Sheet[] {
  const date1904 = countsFrom1904(open.workbook);
  return open.workbook.SheetNames.map((name) => {
    const sheet = open.workbook.Sheets[name];
    return { name, rows: sheet === undefined ? unreadable() : gridOf(dataOf(sheet), open.type, date1904) };
  });
}

// Only asked for its rows if somebody needs the sheet: charts and macro sheets are nobody's.
function* unreadable(): Generator<GridRow> {
  yield* [];
  throw new RolloverError('SourceIncomplete', 'A sheet of the workbook cannot be read.');
}
