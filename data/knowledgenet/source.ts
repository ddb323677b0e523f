/** The source as the rest of the product sees it: files in, the resulting rows, headers and findings out. */
import type { Finding } from '../model/finding.js';
import type {
  HeaderReading,
  PlacedSnapshot,
  Provenance,
  Reading,
  Snapshot,
  Statements,
} from '../model/snapshot.js';
import type { Dropped, RecordRows } from '../rules/findings/rows.js';
import type { Answer } from './files/answers.js';
import { askThread, untilDone } from './files/ask-thread.js';
import { buildSnapshot, type SnapshotFrame } from './build-snapshot.js';
import { hashSnapshot } from './canonical.js';
import type { SourceFile } from './files/source-file.js';
import { findingOf } from './finding.js';
import type { ReadSheetKind } from './headers.js';
import { defaultLimits, type SourceLimits } from './files/limits.js';
import { resolveOperations, type StatedRow, type StatedRows } from './operations.js';
import type { RowBatch, SourceRow } from './rows.js';

export type { SourceFile } from './files/source-file.js';
export { defaultLimits, type SourceLimits } from './files/limits.js';

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
export function readSource(files: readonly SourceFile[], options: SourceOptions): Promise<ReadSource> {
  const limits = { ...defaultLimits, ...options.limits };
  return collectReading(askThread({ task: 'read', files, limits }, options.signal), options);
}

/** Puts a reading together from its answers, wherever they come from. */
export async function collectReading(
  answers: AsyncIterable<Answer>,
  options: SourceOptions,
): Promise<ReadSource> {
  const collector = new Collector();
  let sheets: readonly ReadSheetKind[] = [];
  for await (const answer of untilDone(answers)) {
    if (answer.is === 'sheets') {
      sheets = answer.found;
      collector.findings.push(...answer.findings);
    } else if (answer.is === 'rows') {
      collector.add(answer.batch);
      options.onProgress?.(collector.rows);
    }
  }
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
export function snapshotOf(read: ReadSource, dropped: Dropped): { snapshot: PlacedSnapshot; hash: string } {
  const snapshot = buildSnapshot(read.rows, read.frame, dropped);
  return { snapshot, hash: hashSnapshot(snapshot) };
}
