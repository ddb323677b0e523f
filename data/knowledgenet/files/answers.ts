/** What can be asked about an upload, and how it is answered: message by message. Blocks; made for a thread. */
import { RolloverError, type ErrorCode } from '../../model/errors.js';
import type { Finding } from '../../model/finding.js';
import { emptyFiles, type EmptiedFiles } from './empty.js';
import { openFiles, type NamedSheet } from './open-files.js';
import type { SourceFile } from './source-file.js';
import { findingOf } from '../finding.js';
import { sheetTitles, type ReadSheetKind } from '../headers.js';
import type { SourceLimits } from './limits.js';
import { readRows, type RowBatch } from '../rows.js';

export interface Question {
  readonly task: 'read' | 'empty-passwords';
  readonly files: readonly SourceFile[];
  readonly limits: SourceLimits;
}

/** What went wrong, as it travels: an error loses its class on the way. */
export interface Failure {
  readonly is: 'failed';
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** `failed` and `done` are always the last message: without either, something went wrong unnoticed. */
export type Answer =
  | { readonly is: 'sheets'; readonly found: readonly ReadSheetKind[]; readonly findings: readonly Finding[] }
  | { readonly is: 'rows'; readonly batch: RowBatch }
  | { readonly is: 'emptied'; readonly emptied: EmptiedFiles }
  | { readonly is: 'done' }
  | Failure;

const readKinds: readonly ReadSheetKind[] = ['students', 'teachers', 'groups', 'groupTypes'];

function missingSheets(sheets: readonly NamedSheet[], found: readonly ReadSheetKind[]): Finding[] {
  const others = sheets.filter((sheet) => sheet.kind === null).map((sheet) => sheet.name);
  return readKinds
    .filter((kind) => !found.includes(kind))
    .map((kind) =>
      findingOf('MissingSheet', 'notice', {
        sheet: sheetTitles[kind],
        // A misspelt name is the likeliest reason.
        ...(others.length === 0 ? {} : { value: others.join(', ') }),
      }),
    );
}

async function* read(files: readonly SourceFile[], limits: SourceLimits): AsyncGenerator<Answer> {
  const sheets = await openFiles(files, limits);
  const found = readKinds.filter((kind) => sheets.some((sheet) => sheet.kind === kind));
  if (!found.includes('students') && !found.includes('teachers'))
    throw new RolloverError(
      'SourceIncomplete',
      'There is neither a sheet "students" nor a sheet "teachers".',
    );
  yield { is: 'sheets', found, findings: missingSheets(sheets, found) };
  for (const kind of found) {
    const sheet = sheets.find((one) => one.kind === kind)!;
    for await (const batch of readRows(kind, sheet.name, sheet.rows, limits)) yield { is: 'rows', batch };
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof RolloverError)
    return { is: 'failed', code: error.code, message: error.message, details: error.details };
  // Messages of other errors may quote cells; their names do not.
  const name = error instanceof Error ? error.name : 'unknown';
  return { is: 'failed', code: 'Internal', message: `Reading failed unexpectedly (${name}).`, details: {} };
}

/** Answers a question. Never throws. */
export async function* answer({ task, files, limits }: Question): AsyncGenerator<Answer, void, void> {
  try {
    if (task === 'read') yield* read(files, limits);
    else yield { is: 'emptied', emptied: await emptyFiles(files, limits) };
    yield { is: 'done' };
  } catch (error) {
    yield failureOf(error);
  }
}
