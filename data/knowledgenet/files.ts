/** The files of an upload as sheets: one workbook, or several CSV files. Runs inside a thread only. */
import { RolloverError } from '../model/errors.js';
import { looksZipped } from './archive.js';
import { readCsv } from './csv.js';
import { normaliseHeader, sheetKindOf, sheetTitles, type SheetKind } from './headers.js';
import type { SourceLimits } from './limits.js';
import { openWorkbook, sheetsOf, type Sheet } from './workbook.js';

/** One uploaded file. Its bytes are never changed. */
export interface SourceFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type SourceKind = 'workbook' | 'csv';

/** A sheet and what it is; null: not one of KN's. */
export interface NamedSheet extends Sheet {
  readonly kind: SheetKind | null;
}

const csvName = /\.(csv|tsv|txt)$/i;

/** The bytes as a Buffer, without copying. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The file's name without folder and ending. */
function baseName(name: string): string {
  return name.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, '');
}

/** A downloaded file may carry a number or a date: `students (2).csv`, `students-2026-11-30.csv`. */
export function csvKindOf(name: string): SheetKind | null {
  return sheetKindOf(baseName(name)) ?? sheetKindOf(normaliseHeader(baseName(name)).replace(/\d+/g, ''));
}

/** Whether a file is read as CSV. */
export function isCsv({ name, bytes }: SourceFile): boolean {
  return csvName.test(name) && !looksZipped(bytes);
}

/** A file is called by its kind from here on: names of files are people's own words and reach no message. */
function csvSheet(file: SourceFile, limits: SourceLimits): NamedSheet {
  const kind = csvKindOf(file.name);
  const name = kind === null ? baseName(file.name) : sheetTitles[kind];
  return { name, kind, rows: readCsv(name, bufferOf(file.bytes), limits) };
}

/**
 * What the files are together.
 *
 * @throws RolloverError SourceUnreadable, SourceTooLarge
 */
export function sourceKindOf(files: readonly SourceFile[], limits: SourceLimits): SourceKind {
  const size = files.reduce((sum, file) => sum + file.bytes.length, 0);
  if (size > limits.fileBytes)
    throw new RolloverError(
      'SourceTooLarge',
      `The upload has ${size} bytes; the limit is ${limits.fileBytes}.`,
      { limit: limits.fileBytes },
    );
  if (size === 0) throw new RolloverError('SourceUnreadable', 'The upload is empty.');
  const csv = files.filter(isCsv);
  if (csv.length === files.length) return 'csv';
  if (files.length === 1) return 'workbook';
  throw new RolloverError(
    'SourceUnreadable',
    'An upload is one workbook (XLSX or ODS) or several CSV files.',
  );
}

/**
 * Opens the upload. At most one sheet is of each kind.
 *
 * @throws RolloverError Source…
 */
export async function openFiles(files: readonly SourceFile[], limits: SourceLimits): Promise<NamedSheet[]> {
  const sheets =
    sourceKindOf(files, limits) === 'csv'
      ? files.map((file) => csvSheet(file, limits))
      : sheetsOf(await openWorkbook(bufferOf(files[0]!.bytes), limits)).map((sheet) => ({
          ...sheet,
          kind: sheetKindOf(sheet.name),
        }));
  refuseTwins(sheets);
  return sheets;
}

function refuseTwins(sheets: readonly NamedSheet[]): void {
  const seen = new Set<SheetKind>();
  for (const { kind } of sheets) {
    if (kind === null) continue;
    if (seen.has(kind))
      throw new RolloverError('SourceUnreadable', `Two sheets can both be read as "${sheetTitles[kind]}".`);
    seen.add(kind);
  }
}
