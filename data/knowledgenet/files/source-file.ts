/** One uploaded file and what its name and first bytes tell, without opening it. */
import { RolloverError } from '../../model/errors.js';
import { normaliseHeader, sheetKindOf, type SheetKind } from '../headers.js';
import type { SourceLimits } from './limits.js';

/** One uploaded file. Its bytes are never changed. */
export interface SourceFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type SourceKind = 'workbook' | 'csv';

const csvName = /\.(csv|tsv|txt)$/i;
const ZIP = Buffer.from('PK\u0003\u0004', 'latin1');

/** The bytes as a Buffer, without copying. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The file's name without folder and ending. */
export function baseName(name: string): string {
  return name.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, '');
}

/** A downloaded file may carry a number or a date: `students (2).csv`, `students-2026-11-30.csv`. */
export function csvKindOf(name: string): SheetKind | null {
  return sheetKindOf(baseName(name)) ?? sheetKindOf(normaliseHeader(baseName(name)).replace(/\d+/g, ''));
}

/** Whether the bytes begin like a zip archive. */
export function looksZipped(bytes: Uint8Array): boolean {
  return bufferOf(bytes).subarray(0, ZIP.length).equals(ZIP);
}

/** Whether a file is read as CSV. */
export function isCsv({ name, bytes }: SourceFile): boolean {
  return csvName.test(name) && !looksZipped(bytes);
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
