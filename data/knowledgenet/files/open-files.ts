/** The files of an upload as sheets: one workbook, or several CSV files. Runs inside a thread only. */
import { RolloverError } from '../../model/errors.js';
import { readCsv } from './csv.js';
import { sheetKindOf, sheetTitles, type SheetKind } from '../headers.js';
import type { SourceLimits } from './limits.js';
import { baseName, bufferOf, csvKindOf, sourceKindOf, type SourceFile } from './source-file.js';
import { openWorkbook, sheetsOf, type Sheet } from './workbook/read.js';

/** A sheet and what it is; null: not one of KN's. */
export interface NamedSheet extends Sheet {
  readonly kind: SheetKind | null;
}

/** A file is called by its kind from here on: names of files are people's own words and reach no message. */
function csvSheet(file: SourceFile, limits: SourceLimits): NamedSheet {
  const kind = csvKindOf(file.name);
  const name = kind === null ? baseName(file.name) : sheetTitles[kind];
  return { name, kind, rows: readCsv(name, bufferOf(file.bytes), limits) };
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
