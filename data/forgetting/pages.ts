/** Pages of snapshots, read and written again without a person. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { select, write, type Journal } from '../journal/journal.js';
import type { MembershipRecord, PersonRecord } from '../model/snapshot.js';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Kinds of pages in which a person can stand; `filled` lies beside the records. */
export type PersonPageKind = 'person' | 'membership' | 'filled';
export const personPageKinds: readonly PersonPageKind[] = ['person', 'membership', 'filled'];

export interface Page {
  readonly kind: PersonPageKind;
  readonly page: number;
  readonly text: string;
}

interface RecordPage {
  readonly records: readonly unknown[];
  readonly places: readonly ([string, number] | null)[];
}

export const personPages = { parse: (page: Page): RecordPage => JSON.parse(page.text) as RecordPage };

/** All snapshots of the school, also those that were never sealed. */
export async function selectSnapshotIds(journal: Journal): Promise<number[]> {
  const statement = 'SELECT id FROM snapshot WHERE target_id = ? ORDER BY id';
  return (await select<{ id: number }>(journal.db, statement, [journal.targetId])).map((row) => row.id);
}

async function selectPageNumbers(journal: Journal, snapshotId: number, kind: string): Promise<number[]> {
  const statement = 'SELECT page FROM snapshot_page WHERE snapshot_id = ? AND kind = ? ORDER BY page';
  return (await select<{ page: number }>(journal.db, statement, [snapshotId, kind])).map((row) => row.page);
}

/** One page after the other: a district's snapshot is not held in memory. */
export async function* readPages(
  journal: Journal,
  snapshotId: number,
  kinds: readonly PersonPageKind[] = personPageKinds,
): AsyncGenerator<Page> {
  for (const kind of kinds)
    for (const page of await selectPageNumbers(journal, snapshotId, kind)) {
      const statement = 'SELECT body FROM snapshot_page WHERE snapshot_id = ? AND kind = ? AND page = ?';
      const [row] = await select<{ body: Buffer }>(journal.db, statement, [snapshotId, kind, page]);
      if (row !== undefined) yield { kind, page, text: (await unpack(row.body)).toString('utf8') };
    }
}

/** The page without the person, and how many records that are fewer; null when she is not on it. */
export function withoutPerson(page: Page, externalId: string): { text: string; removed: number } | null {
  if (page.kind === 'filled') {
    const pairs = JSON.parse(page.text) as [string, string][];
    const left = pairs.filter(([, person]) => person !== externalId);
    return left.length === pairs.length
      ? null
      : { text: JSON.stringify(left), removed: pairs.length - left.length };
  }
  const { records, places } = personPages.parse(page);
  const isHers = (record: unknown): boolean =>
    page.kind === 'person'
      ? (record as PersonRecord).externalId === externalId
      : (record as MembershipRecord).person === externalId;
  const left = records.flatMap((record, index) => (isHers(record) ? [] : [index]));
  if (left.length === records.length) return null;
  const body: RecordPage = {
    records: left.map((index) => records[index]),
    places: left.map((index) => places[index] ?? null),
  };
  return { text: JSON.stringify(body), removed: records.length - left.length };
}

/** Writes a page in place of the one that was there. */
export async function rewritePage(
  journal: Journal,
  snapshotId: number,
  page: Page,
  text: string,
  removed: number,
): Promise<void> {
  const statement = `UPDATE snapshot_page SET body = ?, records = records - ? WHERE snapshot_id = ? AND kind = ? AND page = ?`;
  await write(journal.db, statement, [
    await pack(text, { level: 1 }),
    removed,
    snapshotId,
    page.kind,
    page.page,
  ]);
}

/** Notes that a snapshot's hash covers more than is kept of it. */
export async function markAltered(journal: Journal, snapshotId: number): Promise<void> {
  await write(journal.db, 'INSERT IGNORE INTO altered_snapshot (snapshot_id) VALUES (?)', [snapshotId]);
}

/** When a snapshot was altered by forgetting, or null. */
export async function selectAltered(journal: Journal, snapshotId: number): Promise<string | null> {
  const statement = `SELECT DATE_FORMAT(altered_at, '%Y-%m-%d') AS day FROM altered_snapshot WHERE snapshot_id = ?`;
  const [row] = await select<{ day: string }>(journal.db, statement, [snapshotId]);
  return row?.day ?? null;
}
