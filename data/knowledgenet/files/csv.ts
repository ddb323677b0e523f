/** CSV files with KN's columns: UTF-8, or UTF-16 by its byte order mark. Runs inside a thread only. */
import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { RolloverError } from '../../model/errors.js';
import type { GridRow } from '../cells.js';
import type { SourceLimits } from './limits.js';

export type Separator = ',' | ';' | '\t';

const separators: readonly Separator[] = [',', ';', '\t'];
const LINE_FEED = 0x0a;
const QUOTE = 0x22;
/** One record may not swallow the file because of a stray quote. */
const MAX_RECORD_CHARACTERS = 1_000_000;
const CHUNK_BYTES = 64 * 1024;

function wrongEncoding(file: string, message: string, row?: number): RolloverError {
  return new RolloverError('SourceEncoding', message, { file, ...(row === undefined ? {} : { row }) });
}

/** The row, 1-based, that the byte at `offset` is in; line ends inside quotes do not count. */
function rowOf(bytes: Buffer, offset: number): number {
  let row = 1;
  let quoted = false;
  for (let at = 0; at < offset; at++) {
    if (bytes[at] === QUOTE) quoted = !quoted;
    else if (bytes[at] === LINE_FEED && !quoted) row++;
  }
  return row;
}

/** Length of the longest beginning that is UTF-8. */
function validLength(bytes: Buffer): number {
  let at = 0;
  for (const end = bytes.length; at < end;) {
    const lead = bytes[at]!;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (!isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
  return at;
}

function fromUtf16(file: string, bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): Buffer {
  try {
    return Buffer.from(new TextDecoder(encoding, { fatal: true }).decode(bytes), 'utf8');
  } catch (error) {
    throw new RolloverError(
      'SourceEncoding',
      `${file} is cut off or is not UTF-16.`,
      { file },
      { cause: error },
    );
  }
}

/**
 * The file as UTF-8 without byte order mark.
 *
 * @throws RolloverError SourceEncoding, naming the row of the first byte that is not UTF-8. Excel's plain "CSV" has
 *   such bytes, or has lost the macrons already; a guess would change names.
 */
export function toUtf8(file: string, bytes: Buffer): Buffer {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    if (bytes[2] === 0 && bytes[3] === 0) throw wrongEncoding(file, `${file} is UTF-32.`);
    return fromUtf16(file, bytes, 'utf-16le');
  }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return fromUtf16(file, bytes, 'utf-16be');
  const text = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  if (text.includes(0))
    throw wrongEncoding(file, `${file} is not text in UTF-8, or UTF-16 without its mark.`);
  if (isUtf8(text)) return text;
  const row = rowOf(text, validLength(text));
  throw wrongEncoding(file, `${file} is not UTF-8: see row ${row}.`, row);
}

/** The separator that the header row uses most. */
export function detectSeparator(bytes: Buffer): Separator {
  const counts = new Map<number, number>(separators.map((separator) => [separator.charCodeAt(0), 0]));
  let quoted = false;
  let text = false;
  for (const byte of bytes) {
    if (byte === QUOTE) quoted = !quoted;
    else if (byte === LINE_FEED && !quoted && text) break;
    else if (!quoted && counts.has(byte)) counts.set(byte, counts.get(byte)! + 1);
    text ||= byte > 0x20;
  }
  return separators.reduce((best, one) =>
    counts.get(one.charCodeAt(0))! > counts.get(best.charCodeAt(0))! ? one : best,
  );
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

function castCsvError(file: string, error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  // The parser counts whole records; they may not have been handed out yet. Its messages quote the record.
  const row = Number((error as CsvError & { readonly records?: number }).records ?? 0) + 1;
  const details = { file, row, reason: error.code };
  return error.code === 'CSV_QUOTE_NOT_CLOSED'
    ? new RolloverError('SourceIncomplete', `${file} ends inside quotes that begin in row ${row}.`, details)
    : new RolloverError('SourceUnreadable', `${file} has misplaced quotes in row ${row}.`, details);
}

/** A row as read, with as many values as the header row; blank lines are left out but counted. */
export interface CsvRecord {
  readonly row: number;
  readonly values: readonly string[];
}

/**
 * The records of a CSV file, streamed. Rows are counted as a spreadsheet shows them.
 *
 * @param bytes UTF-8 without byte order mark.
 * @throws RolloverError SourceIncomplete when a row has more or fewer columns than the header row; SourceUnreadable
 *   for misplaced quotes; SourceTooLarge
 */
export async function* readRecords(
  file: string,
  bytes: Buffer,
  separator: Separator,
  limits: SourceLimits,
): AsyncGenerator<CsvRecord> {
  const parser = parse({
    delimiter: separator,
    // Named, because the library would settle for the first one it meets and let the others be text.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: MAX_RECORD_CHARACTERS,
  });
  Readable.from(chunksOf(bytes)).pipe(parser);
  let row = 0;
  let width = 0;
  let cells = 0;
  try {
    for await (const record of parser) {
      const values = record as string[];
      row++;
      if (values.length === 1 && values[0]?.trim() === '' && width !== 1) continue;
      width ||= values.length;
      if (values.length !== width)
        throw new RolloverError(
          'SourceIncomplete',
          `${file} has ${values.length} columns instead of ${width} in row ${row}.`,
          { file, row },
        );
      cells += width;
      if (cells > limits.cells)
        throw new RolloverError(
          'SourceTooLarge',
          `${file} has too many cells; the limit is ${limits.cells}.`,
          {
            file,
            limit: limits.cells,
          },
        );
      yield { row, values };
    }
  } catch (error) {
    throw castCsvError(file, error);
  }
}

/** The rows of a CSV file as a sheet has them. */
export async function* readCsv(file: string, bytes: Buffer, limits: SourceLimits): AsyncGenerator<GridRow> {
  const text = toUtf8(file, bytes);
  for await (const { row, values } of readRecords(file, text, detectSeparator(text), limits))
    yield { row, cells: values };
}
