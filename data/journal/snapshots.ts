/** Snapshots: unsealed while they are written, immutable once sealed. Records lie in compressed pages. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Comparison } from '../model/comparison.js';
import { RolloverError } from '../model/errors.js';
import {
  recordKey,
  recordKinds,
  type HeaderReading,
  type PlacedSnapshot,
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
  snapshot: PlacedSnapshot,
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

interface StoredPage {
  readonly kind: RecordKind;
  readonly body: Buffer;
}

/** The records of a sealed snapshot, page by page; `onPage` sees each before the next is unpacked. */
async function unpackPages(
  journal: Journal,
  snapshotId: number,
  onPage: (kind: RecordKind, page: PageBody) => void,
): Promise<void> {
  const statement =
    'SELECT kind, body FROM snapshot_page WHERE snapshot_id = ? AND kind IN (?) ORDER BY kind, page';
  for (const { kind, body } of await select<StoredPage>(journal.db, statement, [snapshotId, recordKinds]))
    onPage(kind, JSON.parse((await unpack(body)).toString('utf8')) as PageBody);
}

async function readRecords(
  journal: Journal,
  snapshotId: number,
  onPage: (kind: RecordKind, page: PageBody) => void = () => undefined,
): Promise<Snapshot> {
  const header = await selectSnapshotHeader(journal, snapshotId);
  await refusePurged(journal, 'snapshot', snapshotId);
  const records: Record<RecordKind, unknown[]> = { groupType: [], group: [], person: [], membership: [] };
  await unpackPages(journal, snapshotId, (kind, page) => {
    for (const record of page.records) records[kind].push(record);
    onPage(kind, page);
  });
  return {
    reading: header.reading,
    complete: header.complete,
    statements: header.statements,
    withheld: header.withheld,
    records: records as unknown as SnapshotRecords,
  };
}

/** A sealed snapshot with all its records. @throws RolloverError SnapshotNotFound, Purged */
export function readSnapshot(journal: Journal, snapshotId: number): Promise<Snapshot> {
  return readRecords(journal, snapshotId);
}

/** A sealed snapshot that says where each record came from. @throws RolloverError as `readSnapshot` */
export async function readPlacedSnapshot(journal: Journal, snapshotId: number): Promise<PlacedSnapshot> {
  const provenance: Record<RecordKind, Map<string, Provenance>> = {
    groupType: new Map(),
    group: new Map(),
    person: new Map(),
    membership: new Map(),
  };
  const snapshot = await readRecords(journal, snapshotId, (kind, { records, places }) => {
    for (const [index, record] of records.entries()) {
      const place = places[index];
      if (place) provenance[kind].set(recordKey(kind, record as never), { sheet: place[0], row: place[1] });
    }
  });
  return { ...snapshot, provenance };
}
