/** The thread in which uploads are parsed: what blocks, blocks here; what runs away, ends with the thread. */
import { workerData } from 'node:worker_threads';
import { RolloverError, type ErrorCode } from '../model/errors.js';
import type { Finding } from '../model/finding.js';
import { postInTurn } from '../threads.js';
import { openFiles, type NamedSheet, type SourceFile } from './files.js';
import { findingOf } from './finding.js';
import { sheetTitles, type ReadSheetKind } from './headers.js';
import type { SourceLimits } from './limits.js';
import { emptyFiles, type EmptiedFiles } from './empty.js';
import { readRows, type RowBatch } from './rows.js';

/** What the thread is asked. */
export interface ThreadTask {
  readonly task: 'read' | 'empty-passwords';
  readonly files: readonly SourceFile[];
  readonly limits: SourceLimits;
}

/** What the thread answers. `failed` is always the last message. */
export type ThreadMessage =
  | { readonly is: 'rows'; readonly batch: RowBatch }
  | { readonly is: 'sheets'; readonly found: readonly ReadSheetKind[]; readonly findings: readonly Finding[] }
  /** Everything was read: without it a reading is not one. */
  | { readonly is: 'done'; readonly batches: number }
  | { readonly is: 'emptied'; readonly emptied: EmptiedFiles }
  | {
      readonly is: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: Readonly<Record<string, string | number | boolean>>;
    };

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

async function read(files: readonly SourceFile[], limits: SourceLimits): Promise<void> {
  const sheets = await openFiles(files, limits);
  const found = readKinds.filter((kind) => sheets.some((sheet) => sheet.kind === kind));
  if (!found.includes('students') && !found.includes('teachers'))
    throw new RolloverError(
      'SourceIncomplete',
      'There is neither a sheet "students" nor a sheet "teachers".',
    );
  await post({ is: 'sheets', found, findings: missingSheets(sheets, found) });
  let batches = 0;
  for (const kind of found) {
    const sheet = sheets.find((one) => one.kind === kind)!;
    for await (const batch of readRows(kind, sheet.name, sheet.rows, limits)) {
      batches++;
      await post({ is: 'rows', batch });
    }
  }
  await post({ is: 'done', batches });
}

function post(message: ThreadMessage): Promise<void> {
  return postInTurn(message);
}

async function run(task: ThreadTask): Promise<void> {
  try {
    if (task.task === 'read') await read(task.files, task.limits);
    else await post({ is: 'emptied', emptied: await emptyFiles(task.files, task.limits) });
  } catch (error) {
    const known = error instanceof RolloverError ? error : null;
    // Messages of other errors may quote cells; their names do not.
    const name = error instanceof Error ? error.name : 'unknown';
    await post({
      is: 'failed',
      code: known?.code ?? 'Internal',
      message: known?.message ?? `Reading failed unexpectedly (${name}).`,
      details: known?.details ?? {},
    });
  }
}

// The library remarks on number formats; nobody reads that.
console.error = () => undefined;
await run(workerData as ThreadTask);
