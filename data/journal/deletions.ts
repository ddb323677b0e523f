/** Lists of deletions: stored whole, sealed by their hash, and the cursor of carrying them out. */
import { bulkInsert, inLists } from '../database/bulk.js';
import {
  deletionStates,
  type DeletionItem,
  type DeletionKept,
  type DeletionProgress,
  type DeletionResult,
  type DeletionState,
} from '../model/deletion.js';
import { RolloverError } from '../model/errors.js';
import { select, write, type Journal } from './journal.js';

export interface NewDeletion {
  readonly runId: number;
  readonly snapshotId: number;
  readonly counts: Readonly<Record<string, number>>;
  /** What has to be set up in Moodle before anything can be deleted; empty: nothing. */
  readonly setup: readonly DeletionSetup[];
}

/** What is missing, as the web service's pre-flight names it. */
export interface DeletionSetup {
  readonly what: string;
  readonly detail: string;
}

export interface DeletionHeader extends NewDeletion {
  readonly id: number;
  readonly hash: string;
  readonly verdict: 'approved' | 'rejected' | null;
  /** The dump that was fresh when it was approved. */
  readonly dumpId: number | null;
  /** Account id of who decided. */
  readonly account: string | null;
  readonly createdAt: string;
}

/** Makes a list that does not count yet. */
export async function insertDeletion(journal: Journal, list: NewDeletion): Promise<number> {
  const statement =
    'INSERT INTO deletion (target_id, run_id, snapshot_id, counts, setup) VALUES (?, ?, ?, ?, ?)';
  const { runId, snapshotId, counts, setup } = list;
  const values = [journal.targetId, runId, snapshotId, JSON.stringify(counts), JSON.stringify(setup)];
  return (await write(journal.db, statement, values)).insertId;
}

const itemColumns = [
  'deletion_id',
  'seq',
  'kind',
  'external_id',
  'second_id',
  'moodle_id',
  'natural_key',
  'timecreated',
  'enrol_id',
  'user_id',
  'course_id',
  'since',
  'hanging',
];

export async function insertDeletionItems(
  journal: Journal,
  id: number,
  items: readonly DeletionItem[],
): Promise<void> {
  const rows = items.map((item) => [
    id,
    item.seq,
    item.kind,
    item.externalId,
    item.secondId,
    item.moodleId,
    item.naturalKey,
    item.timecreated,
    item.enrolid,
    item.userId,
    item.courseId,
    item.since,
    JSON.stringify(item.hanging),
  ]);
  await bulkInsert(journal.db, 'deletion_item', itemColumns, rows);
}

const keptColumns = ['deletion_id', 'ordinal', 'kind', 'external_id', 'second_id', 'moodle_id', 'reason'];

export async function insertDeletionKept(
  journal: Journal,
  id: number,
  kept: readonly DeletionKept[],
): Promise<void> {
  const rows = kept.map((one, at) => [
    id,
    at + 1,
    one.kind,
    one.externalId,
    one.secondId,
    one.moodleId,
    one.reason,
  ]);
  await bulkInsert(journal.db, 'deletion_kept', keptColumns, rows);
}

/** From here on the list counts. */
export async function sealDeletion(journal: Journal, id: number, hash: string): Promise<void> {
  await write(journal.db, 'UPDATE deletion SET hash = ? WHERE id = ? AND hash IS NULL', [hash, id]);
}

interface HeaderRow extends Omit<DeletionHeader, 'counts' | 'setup'> {
  readonly counts: string;
  readonly setup: string | null;
}

const headerColumns = `id, run_id AS runId, snapshot_id AS snapshotId, counts, setup, hash, verdict, dump_id AS dumpId,
  account, created_at AS createdAt`;

function toHeader({ counts, setup, ...row }: HeaderRow): DeletionHeader {
  return {
    ...row,
    counts: JSON.parse(counts) as DeletionHeader['counts'],
    setup: JSON.parse(setup ?? '[]') as DeletionSetup[],
  };
}

/** @throws RolloverError DeletionNotFound */
export async function selectDeletion(journal: Journal, id: number): Promise<DeletionHeader> {
  const statement = `SELECT ${headerColumns} FROM deletion WHERE target_id = ? AND id = ? AND hash IS NOT NULL`;
  const [row] = await select<HeaderRow>(journal.db, statement, [journal.targetId, id]);
  if (row === undefined)
    throw new RolloverError('DeletionNotFound', `This school has no list ${id} of deletions.`);
  return toHeader(row);
}

/** The newest list, or null. */
export async function selectLatestDeletionId(journal: Journal): Promise<number | null> {
  const statement = 'SELECT MAX(id) AS id FROM deletion WHERE target_id = ? AND hash IS NOT NULL';
  const [row] = await select<{ id: number | null }>(journal.db, statement, [journal.targetId]);
  return row?.id ?? null;
}

/** Lists of a run, oldest first. */
export async function selectRunDeletions(journal: Journal, runId: number): Promise<DeletionHeader[]> {
  const statement = `SELECT ${headerColumns} FROM deletion WHERE target_id = ? AND run_id = ? AND hash IS NOT NULL
    ORDER BY id`;
  return (await select<HeaderRow>(journal.db, statement, [journal.targetId, runId])).map(toHeader);
}

const resultColumns = `seq, kind, external_id AS externalId, second_id AS secondId, moodle_id AS moodleId,
  natural_key AS naturalKey, timecreated, enrol_id AS enrolid, user_id AS userId, course_id AS courseId, since,
  hanging, state, errorcode, attempts, settled_at AS settledAt`;

type ResultRow = Omit<DeletionResult, 'hanging'> & { readonly hanging: string };

function toResult({ hanging, ...row }: ResultRow): DeletionResult {
  return { ...row, hanging: JSON.parse(hanging) as DeletionResult['hanging'] };
}

const PAGE = 5_000;

/** A list's items by pages, in their order. */
export async function* deletionItemPages(journal: Journal, id: number): AsyncGenerator<DeletionResult[]> {
  const statement = `SELECT ${resultColumns} FROM deletion_item WHERE deletion_id = ? AND seq > ? ORDER BY seq LIMIT ${PAGE}`;
  for (let last = 0; ;) {
    const page = (await select<ResultRow>(journal.db, statement, [id, last])).map(toResult);
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    last = page.at(-1)?.seq ?? last;
  }
}

/** All items of a list. */
export async function selectDeletionItems(journal: Journal, id: number): Promise<DeletionResult[]> {
  const items: DeletionResult[] = [];
  for await (const page of deletionItemPages(journal, id)) items.push(...page);
  return items;
}

/** What is withdrawn and not on the list, and why. */
export async function selectDeletionKept(journal: Journal, id: number): Promise<DeletionKept[]> {
  const statement = `SELECT kind, external_id AS externalId, second_id AS secondId, moodle_id AS moodleId, reason
    FROM deletion_kept WHERE deletion_id = ? ORDER BY ordinal`;
  return select(journal.db, statement, [id]);
}

/** Items in a state, in order, at most `limit`. */
export async function selectItemsIn(
  journal: Journal,
  id: number,
  state: DeletionState,
  limit = 100_000,
): Promise<DeletionResult[]> {
  const statement = `SELECT ${resultColumns} FROM deletion_item WHERE deletion_id = ? AND state = ? ORDER BY seq LIMIT ?`;
  return (await select<ResultRow>(journal.db, statement, [id, state, limit])).map(toResult);
}

/** How far it is. */
export async function countDeletionStates(journal: Journal, id: number): Promise<DeletionProgress> {
  const statement = 'SELECT state, COUNT(*) AS count FROM deletion_item WHERE deletion_id = ? GROUP BY state';
  const rows = await select<{ state: DeletionState; count: number }>(journal.db, statement, [id]);
  const found = new Map(rows.map(({ state, count }) => [state, count]));
  return Object.fromEntries(
    deletionStates.map((state) => [state, found.get(state) ?? 0]),
  ) as DeletionProgress;
}

/** Writes down the decision and the dump that was fresh then; the first one holds. */
export async function decideDeletion(
  journal: Journal,
  id: number,
  decision: {
    readonly verdict: 'approved' | 'rejected';
    readonly dumpId: number | null;
    readonly account: string;
  },
): Promise<void> {
  const statement = `UPDATE deletion SET verdict = ?, dump_id = ?, account = ?, decided_at = CURRENT_TIMESTAMP(3)
    WHERE target_id = ? AND id = ? AND verdict IS NULL`;
  const { verdict, dumpId, account } = decision;
  await write(journal.db, statement, [verdict, dumpId, account, journal.targetId, id]);
}

/** Moodle is about to be asked; commit this before the call. */
export async function markInFlight(journal: Journal, id: number, seqs: readonly number[]): Promise<void> {
  for (const list of inLists(seqs)) {
    const statement = `UPDATE deletion_item SET state = 'in-flight', attempts = attempts + 1, asked_at = CURRENT_TIMESTAMP(3)
      WHERE deletion_id = ? AND state = 'pending' AND seq IN (?)`;
    await write(journal.db, statement, [id, list]);
  }
}

/** Settles items, or makes them pending again. */
export async function updateItemStates(
  journal: Journal,
  id: number,
  seqs: readonly number[],
  state: DeletionState,
  errorcode: string | null = null,
): Promise<void> {
  const settled = state === 'pending' ? 'NULL' : 'CURRENT_TIMESTAMP(3)';
  for (const list of inLists(seqs)) {
    const statement = `UPDATE deletion_item SET state = ?, errorcode = ?, settled_at = ${settled}
      WHERE deletion_id = ? AND seq IN (?)`;
    await write(journal.db, statement, [state, errorcode?.slice(0, 80) ?? null, id, list]);
  }
}

/** Milliseconds since Moodle was last asked about any of these; null: it never was. */
export async function selectAskedAgoMs(
  journal: Journal,
  id: number,
  seqs: readonly number[],
): Promise<number | null> {
  let least: number | null = null;
  for (const list of inLists(seqs)) {
    const statement = `SELECT MIN(TIMESTAMPDIFF(MICROSECOND, asked_at, CURRENT_TIMESTAMP(3))) AS ago
      FROM deletion_item WHERE deletion_id = ? AND seq IN (?)`;
    const [row] = await select<{ ago: number | null }>(journal.db, statement, [id, list]);
    const ago = row?.ago ?? null;
    if (ago !== null && (least === null || Number(ago) < least)) least = Number(ago);
  }
  return least === null ? null : least / 1000;
}

/** A person is forgotten: lists of runs that have ended lose what they say of her. Returns how many rows. */
export async function deleteDeletionsOf(journal: Journal, externalId: string): Promise<number> {
  let rows = 0;
  for (const table of ['deletion_item', 'deletion_kept']) {
    const statement = `DELETE i FROM ${table} i JOIN deletion d ON d.id = i.deletion_id JOIN run r ON r.id = d.run_id
      WHERE d.target_id = ? AND r.ended_at IS NOT NULL
        AND ((i.kind = 'user' AND i.external_id = ?) OR (i.kind = 'enrolment' AND i.second_id = ?))`;
    rows += (await write(journal.db, statement, [journal.targetId, externalId, externalId])).affectedRows;
  }
  return rows;
}

/** Items of one list whose run has ended so long ago; at most 2,000 of each kind. Returns how many rows. */
export async function deleteOldDeletionItems(journal: Journal, days: number): Promise<number> {
  let rows = 0;
  for (const table of ['deletion_item', 'deletion_kept']) {
    const statement = `DELETE FROM ${table} WHERE deletion_id IN (SELECT d.id FROM deletion d JOIN run r ON r.id = d.run_id
      WHERE d.target_id = ? AND r.ended_at < CURRENT_TIMESTAMP(3) - INTERVAL ? DAY) LIMIT 2000`;
    rows += (await write(journal.db, statement, [journal.targetId, days])).affectedRows;
  }
  return rows;
}
