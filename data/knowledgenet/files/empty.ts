/** Takes passwords out of files. Runs inside a thread only. */
import { RolloverError } from '../../model/errors.js';
import { isBlank } from '../cells.js';
import { detectSeparator, readRecords, toUtf8 } from './csv.js';
import { emptyWorkbook } from './workbook/empty.js';
import { bufferOf, csvKindOf, sourceKindOf, type SourceFile } from './source-file.js';
import type { SourceLimits } from './limits.js';
import { passwordColumns, Passwords, type FoundPassword, type PasswordColumns } from './password-columns.js';

export interface EmptiedFiles {
  readonly files: readonly SourceFile[];
  /** Of students and teachers; people with two different ones are left out. */
  readonly passwords: readonly FoundPassword[];
  /** Cells that were emptied, on every sheet. */
  readonly found: number;
}

function csvLine(values: readonly string[], separator: string): string {
  return values.map((value) => `"${value.replaceAll('"', '""')}"`).join(separator);
}

async function emptyCsv(file: SourceFile, limits: SourceLimits, passwords: Passwords): Promise<SourceFile> {
  const kind = csvKindOf(file.name);
  const name = kind ?? 'The file';
  const text = toUtf8(name, bufferOf(file.bytes));
  const separator = detectSeparator(text);
  const lines: string[] = [];
  let places: PasswordColumns | null | undefined;
  const before = passwords.found;
  for await (const { row, values } of readRecords(name, text, separator, limits)) {
    if (places === undefined && values.some((value) => !isBlank(value))) places = passwordColumns(values);
    else if (places) passwords.note(kind, places, values);
    if (places === null) return file;
    while (lines.length < row - 1) lines.push('');
    const isHeader = lines.every((line) => line === '');
    const kept = isHeader ? values : values.map((value, at) => (places?.columns.includes(at) ? '' : value));
    lines.push(csvLine(kept, separator));
  }
  if (passwords.found === before) return file;
  return { name: file.name, bytes: Buffer.from(`\ufeff${lines.join('\r\n')}\r\n`, 'utf8') };
}

/** A file that is none of KN's and cannot be read may hold anything: it is not kept. */
async function emptyCsvFiles(
  files: readonly SourceFile[],
  limits: SourceLimits,
  passwords: Passwords,
): Promise<SourceFile[]> {
  const kept: SourceFile[] = [];
  for (const file of files) {
    try {
      kept.push(await emptyCsv(file, limits, passwords));
    } catch (error) {
      if (!(error instanceof RolloverError) || csvKindOf(file.name) !== null) throw error;
    }
  }
  return kept;
}

/**
 * The same files without passwords; a file that holds none is returned as it is, byte for byte.
 *
 * @throws RolloverError Source…
 */
export async function emptyFiles(files: readonly SourceFile[], limits: SourceLimits): Promise<EmptiedFiles> {
  const passwords = new Passwords();
  const emptied =
    sourceKindOf(files, limits) === 'csv'
      ? await emptyCsvFiles(files, limits, passwords)
      : [await emptyWorkbook(files[0]!, limits, passwords)];
  return { files: emptied, passwords: passwords.list, found: passwords.found };
}
