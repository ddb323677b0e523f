/** The source as the rest of the product sees it: files in, the resulting rows, headers and findings out. */
import { RolloverError } from '../model/errors.js';
import type { Finding } from '../model/finding.js';
import type { HeaderReading, Provenance, Reading, Snapshot, Statements } from '../model/snapshot.js';
import type { Dropped, RecordRows } from '../rules/findings/rows.js';
import { startThread, threadEntry, threadMessages, ThreadStopped } from '../threads.js';
import { buildSnapshot, type SnapshotFrame } from './build-snapshot.js';
import { hashSnapshot } from './canonical.js';
import type { SourceFile } from './files.js';
import { findingOf } from './finding.js';
import type { ReadSheetKind } from './headers.js';
import { defaultLimits, type SourceLimits } from './limits.js';
import { resolveOperations, type StatedRow, type StatedRows } from './operations.js';
import type { RowBatch, SourceRow } from './rows.js';
import type { ThreadMessage, ThreadTask } from './thread.js';

export type { SourceFile } from './files.js';
export { defaultLimits, type SourceLimits } from './limits.js';

export interface SourceOptions {
  readonly reading: Reading;
  /** For a changes-only reading: the snapshot it builds on. */
  readonly base?: Snapshot;
  readonly passwordKeyConfigured: boolean;
  /** Password cells that were emptied before the upload (`emptyPasswords`). */
  readonly passwordsFound?: number;
  readonly limits?: Partial<SourceLimits>;
  /** Ends the reading early. */
  readonly signal?: AbortSignal;
  /** Told after each batch of rows, for heartbeats. */
  readonly onProgress?: (rowsRead: number) => void;
}

/** What was read. `snapshotOf` makes the snapshot once the rules have said what is left out. */
export interface ReadSource {
  /** The resulting state, operations resolved, duplicates still in it. */
  readonly rows: RecordRows;
  readonly frame: SnapshotFrame;
  readonly headers: readonly HeaderReading[];
  /** Of cells, rows and sheets; those of whole records are made by data/rules/findings. */
  readonly findings: readonly Finding[];
  /** Sheets of this upload. */
  readonly sheets: readonly ReadSheetKind[];
  /** Old id → new id, where `New External Id` was followed. */
  readonly renamed: {
    readonly persons: ReadonlyMap<string, string>;
    readonly groups: ReadonlyMap<string, string>;
  };
}

/** Asks a thread and hands over its messages; its failures and limits become our errors. */
export async function* askThread(
  task: ThreadTask,
  signal?: AbortSignal,
): AsyncGenerator<Exclude<ThreadMessage, { is: 'failed' }>> {
  // Copied, because a buffer that moves to the thread would be gone here.
  const files = task.files.map((file) => ({ name: file.name, bytes: new Uint8Array(file.bytes) }));
  const worker = startThread(threadEntry(import.meta.url, './thread'), {
    workerData: { ...task, files },
    transfer: files.map((file) => file.bytes.buffer),
    resourceLimits: { maxOldGenerationSizeMb: task.limits.heapMegabytes },
  });
  const limits = { timeoutMs: task.limits.milliseconds, ...(signal === undefined ? {} : { signal }) };
  try {
    for await (const message of threadMessages<ThreadMessage>(worker, limits)) {
      if (message.is === 'failed') throw new RolloverError(message.code, message.message, message.details);
      yield message;
    }
  } catch (error) {
    throw error instanceof ThreadStopped ? castStop(error, task.limits) : error;
  }
}

function castStop(stopped: ThreadStopped, limits: SourceLimits): RolloverError {
  switch (stopped.end) {
    case 'time':
      return new RolloverError('SourceTooLarge', 'Reading the upload takes longer than the limit allows.', {
        milliseconds: limits.milliseconds,
      });
    case 'memory':
      return new RolloverError(
        'SourceTooLarge',
        'Reading the upload needs more memory than the limit allows.',
        {
          megabytes: limits.heapMegabytes,
        },
      );
    case 'aborted':
      return new RolloverError('Interrupted', 'Reading the upload was interrupted.');
    case 'crash':
      return new RolloverError(
        'Internal',
        'Reading the upload failed unexpectedly.',
        {},
        { cause: stopped.cause },
      );
  }
}

/** Everything the thread said, put together. Ids repeat ten times over; each is kept once. */
class Collector {
  readonly persons: StatedRows['persons'][number][] = [];
  readonly groups: StatedRows['groups'][number][] = [];
  readonly groupTypes: StatedRows['groupTypes'][number][] = [];
  readonly headers: HeaderReading[] = [];
  readonly findings: Finding[] = [];
  passwords = 0;
  rows = 0;
  readonly #ids = new Map<string, string>();

  add(batch: RowBatch): void {
    const { sheet } = batch;
    for (const row of batch.persons) this.persons.push(this.#stated(sheet, row));
    for (const row of batch.groups) this.groups.push(this.#stated(sheet, row));
    for (const row of batch.groupTypes) this.groupTypes.push(this.#stated(sheet, row));
    this.headers.push(...batch.headers);
    for (const finding of batch.findings) this.findings.push(finding);
    this.passwords += batch.passwords;
    this.rows += batch.persons.length + batch.groups.length + batch.groupTypes.length;
  }

  #stated<R>(sheet: string, source: SourceRow<R>): StatedRow<R> {
    const { row, groups, ...rest } = source;
    const at: Provenance = { sheet, row };
    return groups === undefined
      ? { ...rest, at }
      : { ...rest, at, groups: groups.map((id) => this.#once(id)) };
  }

  #once(id: string): string {
    const known = this.#ids.get(id);
    if (known !== undefined) return known;
    this.#ids.set(id, id);
    return id;
  }
}

function passwordFindings(found: number, keyConfigured: boolean): Finding[] {
  if (found === 0 || keyConfigured) return [];
  return [findingOf('PasswordsIgnored', 'notice', { column: 'Password' })];
}

/**
 * Reads an upload: one XLSX or ODS workbook, or CSV files. Parsing happens in a thread; a reading that fails half-way
 * gives an error, never fewer people.
 *
 * @throws RolloverError SourceUnreadable, SourceEncrypted, SourceTooLarge, SourceEncoding, SourceIncomplete,
 *   MissingKeyColumn, Interrupted
 */
export async function readSource(files: readonly SourceFile[], options: SourceOptions): Promise<ReadSource> {
  const limits = { ...defaultLimits, ...options.limits };
  const collector = new Collector();
  let sheets: readonly ReadSheetKind[] = [];
  let batches = 0;
  let complete = false;
  for await (const message of askThread({ task: 'read', files, limits }, options.signal)) {
    if (message.is === 'sheets') {
      sheets = message.found;
      collector.findings.push(...message.findings);
    } else if (message.is === 'rows') {
      collector.add(message.batch);
      batches++;
      options.onProgress?.(collector.rows);
    } else if (message.is === 'done') complete = message.batches === batches;
  }
  if (!complete) throw new RolloverError('SourceIncomplete', 'Reading the upload ended before its end.');
  const statements: Statements = {
    students: sheets.includes('students'),
    teachers: sheets.includes('teachers'),
    groups: sheets.includes('groups'),
  };
  const resolved = resolveOperations(collector, statements, options.reading, options.base);
  const found = Math.max(collector.passwords, options.passwordsFound ?? 0);
  return {
    rows: resolved.rows,
    frame: resolved.frame,
    headers: collector.headers,
    findings: [
      ...collector.findings,
      ...resolved.findings,
      ...passwordFindings(found, options.passwordKeyConfigured),
    ],
    sheets,
    renamed: resolved.renamed,
  };
}

/** The snapshot of a reading and its hash, after the rules have said what is left out. Pure. */
export function snapshotOf(read: ReadSource, dropped: Dropped): { snapshot: Snapshot; hash: string } {
  const snapshot = buildSnapshot(read.rows, read.frame, dropped);
  return { snapshot, hash: hashSnapshot(snapshot) };
}
