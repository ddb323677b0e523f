/** Snapshots: unsealed while they are written, immutable once sealed. Records lie in compressed pages. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Comparison } from '../model/comparison.js';
import { RolloverError } from '../model/errors.js';
import {
  recordKey,
  recordKinds,
  type HeaderReading,
  type Provenance,
  type Reading,
  type RecordKind,
  type Snapshot,
  type SnapshotRecords,
  type Statements,
} from '../model/snapshot.js';
import { select, write, type Journal } from './journal.js';
import { refusePurged } from './purged.js';

const pack = promisify(gzip);
const unpack = promisify(gunzip);
const RECORDS_PER_PAGE = 5000;

/** A page as stored: records in key order and, beside each, where it came from. */
interface PageBody {
  readonly records: readonly unknown[];
  /** [sheet, row] or null per record. */
  readonly places: readonly ([string, number] | null)[];
}

export interface SnapshotHeader {
  readonly id: number;
  readonly uploadId: number | null;
  readonly baseSnapshotId: number | null;
  readonly reading: Reading;
  readonly complete: boolean;
  readonly statements: Statements;
  readonly headers: readonly HeaderReading[];
  readonly withheld: NonNullable<Snapshot['withheld']>;
  readonly counts: Readonly<Record<string, number>>;
  readonly comparison: Comparison | null;
  readonly hash: string;
  readonly sealedAt: string;
  /** Day on which a person was taken out of it, so that the hash covers more than is kept; null: never. */
  readonly altered: string | null;
}

interface HeaderRow {
  readonly id: number;
  readonly uploadId: number | null;
  readonly baseSnapshotId: number | null;
  readonly reading: Reading;
  readonly complete: number;
  readonly statements: string;
  readonly headers: string;
  readonly withheld: string;
  readonly counts: string;
  readonly comparison: string | null;
  readonly hash: string;
  readonly sealedAt: string;
  readonly altered: string | null;
}

export interface SnapshotInput {
  readonly uploadId: number | null;
  readonly baseSnapshotId: number | null;
  readonly snapshot: Snapshot;
  readonly headers: readonly HeaderReading[];
}

/** Begins an unsealed snapshot. Nobody reads it until `sealSnapshot`. */
export async function insertSnapshot(journal: Journal, input: SnapshotInput): Promise<number> {
  const { snapshot } = input;
  const counts = Object.fromEntries(recordKinds.map((kind) => [kind, snapshot.records[kind].length]));
  const statement = `INSERT INTO snapshot (target_id, upload_id, base_snapshot_id, reading, complete, statements, headers, withheld, counts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  const values = [
    journal.targetId,
    input.uploadId,
    input.baseSnapshotId,
    snapshot.reading,
    snapshot.complete ? 1 : 0,
    JSON.stringify(snapshot.statements),
    JSON.stringify(input.headers),
    JSON.stringify({
      persons: [...(snapshot.withheld?.persons ?? [])],
      groups: [...(snapshot.withheld?.groups ?? [])],
    }),
    JSON.stringify(counts),
  ];
  return (await write(journal.db, statement, values)).insertId;
}

async function insertPage(
  journal: Journal,
  snapshotId: number,
  kind: RecordKind,
  page: number,
  body: PageBody,
): Promise<void> {
  const statement =
    'INSERT INTO snapshot_page (snapshot_id, kind, page, records, body) VALUES (?, ?, ?, ?, ?)';
  await write(journal.db, statement, [
    snapshotId,
    kind,
    page,
    body.records.length,
    await pack(JSON.stringify(body), { level: 1 }),
  ]);
}

/** Stores all records, page by page; `onPage` is told after each. */
export async function insertRecords(
  journal: Journal,
  snapshotId: number,
  snapshot: Snapshot,
  onPage: (kind: RecordKind, page: number) => void = () => undefined,
): Promise<void> {
  for (const kind of recordKinds) {
    const records = snapshot.records[kind];
    for (let at = 0, page = 0; at < records.length; at += RECORDS_PER_PAGE, page++) {
      const slice = records.slice(at, at + RECORDS_PER_PAGE);
      const places = slice.map((record): [string, number] | null => {
        const place = snapshot.provenance[kind].get(recordKey(kind, record));
        return place === undefined ? null : [place.sheet, place.row];
      });
      await insertPage(journal, snapshotId, kind, page, { records: slice, places });
      onPage(kind, page);
    }
  }
}

/** The last statement of a reading: from here on the snapshot exists. */
export async function sealSnapshot(
  journal: Journal,
  snapshotId: number,
  hash: string,
  comparison: Comparison,
): Promise<void> {
  const statement =
    'UPDATE snapshot SET comparison = ?, hash = ?, sealed_at = CURRENT_TIMESTAMP(3) WHERE id = ? AND sealed_at IS NULL';
  await write(journal.db, statement, [JSON.stringify(comparison), hash, snapshotId]);
}

function parseWithheld(text: string): NonNullable<Snapshot['withheld']> {
  const { persons, groups } = JSON.parse(text) as { persons: string[]; groups: string[] };
  return { persons: new Set(persons), groups: new Set(groups) };
}

/** @throws RolloverError SnapshotNotFound when it is not sealed or not this school's. */
export async function selectSnapshotHeader(journal: Journal, snapshotId: number): Promise<SnapshotHeader> {
  const statement = `SELECT id, upload_id AS uploadId, base_snapshot_id AS baseSnapshotId, reading, complete, statements, headers, withheld,
    counts, comparison, hash, sealed_at AS sealedAt, DATE_FORMAT(a.altered_at, '%Y-%m-%d') AS altered
    FROM snapshot LEFT JOIN altered_snapshot a ON a.snapshot_id = id
    WHERE id = ? AND target_id = ? AND sealed_at IS NOT NULL`;
  const [row] = await select<HeaderRow>(journal.db, statement, [snapshotId, journal.targetId]);
  if (row === undefined)
    throw new RolloverError('SnapshotNotFound', `There is no sealed snapshot ${snapshotId} for this school.`);
  return {
    ...row,
    complete: row.complete === 1,
    statements: JSON.parse(row.statements) as Statements,
    headers: JSON.parse(row.headers) as HeaderReading[],
    withheld: parseWithheld(row.withheld),
    counts: JSON.parse(row.counts) as Record<string, number>,
    comparison: row.comparison === null ? null : (JSON.parse(row.comparison) as Comparison),
  };
}

/** The newest sealed snapshot's id, or null. */
export async function selectLatestSnapshotId(journal: Journal): Promise<number | null> {
  const statement = 'SELECT MAX(id) AS id FROM snapshot WHERE target_id = ? AND sealed_at IS NOT NULL';
  const [row] = await select<{ id: number | null }>(journal.db, statement, [journal.targetId]);
  return row?.id ?? null;
}

/** A sealed snapshot with all its records. */
export async function readSnapshot(journal: Journal, snapshotId: number): Promise<Snapshot> {
  const header = await selectSnapshotHeader(journal, snapshotId);
  await refusePurged(journal, 'snapshot', snapshotId);
  const records: Record<RecordKind, unknown[]> = { groupType: [], group: [], person: [], membership: [] };
  const provenance: Record<RecordKind, Map<string, Provenance>> = {
    groupType: new Map(),
    group: new Map(),
    person: new Map(),
    membership: new Map(),
  };
  const statement =
    'SELECT kind, body FROM snapshot_page WHERE snapshot_id = ? AND kind IN (?) ORDER BY kind, page';
  const pages = await select<{ kind: RecordKind; body: Buffer }>(journal.db, statement, [
    snapshotId,
    recordKinds,
  ]);
  for (const { kind, body } of pages) {
    const page = JSON.parse((await unpack(body)).toString('utf8')) as PageBody;
    for (const [index, record] of page.records.entries()) {
      records[kind].push(record);
      const place = page.places[index];
      if (place) provenance[kind].set(recordKey(kind, record as never), { sheet: place[0], row: place[1] });
    }
  }
  return {
    reading: header.reading,
    complete: header.complete,
    statements: header.statements,
    withheld: header.withheld,
    records: records as unknown as SnapshotRecords,
    provenance,
  };
}
