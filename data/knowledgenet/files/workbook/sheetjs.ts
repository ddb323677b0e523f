/** The part of the spreadsheet library that we use, with the types it leaves out. Runs inside a thread only. */
import * as XLSX from '@e965/xlsx';
import type { CellObject, WorkBook, WorkSheet } from '@e965/xlsx';
import { RolloverError } from '../../../model/errors.js';
import type { Archive } from './archive.js';

interface Container {
  readonly FullPaths: string[];
}

interface Untyped {
  parse_zip(container: Container, options: object): WorkBook;
  readonly CFB: {
    readonly utils: {
      cfb_new(): Container;
      cfb_add(container: Container, path: string, content: Buffer, options: { unsafe: boolean }): void;
    };
  };
  readonly SSF: {
    is_date(format: string): boolean;
    format(format: string, value: number): string;
    parse_date_code(
      value: number,
      options: { date1904: boolean },
    ): { y: number; m: number; d: number } | null;
  };
}

const library = XLSX as unknown as Untyped;

/** Number formats. */
export const { SSF } = library;

/** Sparse rows of sparse cells, 0-based. */
export type SheetData = readonly (readonly (CellObject | undefined)[] | undefined)[];

/** The cells of a sheet; none for a chart sheet. */
export function dataOf(sheet: WorkSheet): SheetData {
  return sheet['!data'] ?? [];
}

/**
 * Parses the unpacked parts of an XLSX or ODS workbook. Number formats are kept: they tell dates and padded ids.
 *
 * @throws RolloverError SourceUnreadable
 */
export function parseParts(archive: Archive): WorkBook {
  const container = library.CFB.utils.cfb_new();
  for (const [name, content] of archive)
    library.CFB.utils.cfb_add(container, name, content, { unsafe: true });
  try {
    return library.parse_zip(container, {
      type: 'buffer',
      dense: true,
      cellNF: true,
      cellFormula: false,
      cellHTML: false,
      cellDates: false,
    });
  } catch (error) {
    // The library's messages quote cells.
    throw new RolloverError('SourceUnreadable', 'The workbook cannot be understood.', {
      library: error instanceof Error ? error.name : 'unknown',
    });
  }
}

/** Writes a workbook from its cells' values and number formats alone; styles, comments and pictures are left out. */
export function writeWorkbook(workbook: WorkBook, type: 'xlsx' | 'ods'): Uint8Array {
  try {
    const options = { type: 'buffer', bookType: type, bookSST: true, compression: true } as const;
    return new Uint8Array(XLSX.write(workbook, options) as Buffer);
  } catch (error) {
    throw new RolloverError('SourceUnreadable', 'The workbook cannot be written without its passwords.', {
      library: error instanceof Error ? error.name : 'unknown',
    });
  }
}
