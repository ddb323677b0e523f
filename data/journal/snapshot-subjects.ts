/** One person or class in a snapshot, without reading the whole of it into memory. For a person's screen only. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { GroupRecord, MembershipRecord, PersonRecord } from '../model/snapshot.js';
import { select, type Journal } from './journal.js';

const unpack = promisify(gunzip);

async function selectPageNumbers(journal: Journal, snapshotId: number, kind: string): Promise<number[]> {
  const statement = 'SELECT page FROM snapshot_page WHERE snapshot_id = ? AND kind = ? ORDER BY page';
  return (await select<{ page: number }>(journal.db, statement, [snapshotId, kind])).map(({ page }) => page);
}

/** Records of the pages in which the id stands at all; a page that does not have it is not parsed. */
async function* recordsWith<R>(
  journal: Journal,
  snapshotId: number,
  kind: 'person' | 'group' | 'membership',
  externalId: string,
): AsyncGenerator<R> {
  const wanted = JSON.stringify(externalId);
  const statement = 'SELECT body FROM snapshot_page WHERE snapshot_id = ? AND kind = ? AND page = ?';
  for (const page of await selectPageNumbers(journal, snapshotId, kind)) {
    const [row] = await select<{ body: Buffer }>(journal.db, statement, [snapshotId, kind, page]);
    if (row === undefined) continue;
    const text = (await unpack(row.body)).toString('utf8');
    if (text.includes(wanted)) yield* (JSON.parse(text) as { records: R[] }).records;
  }
}

/** A snapshot's people, page by page. */
export async function* readPersons(
  journal: Journal,
  snapshotId: number,
): AsyncGenerator<readonly PersonRecord[]> {
  const statement = `SELECT body FROM snapshot_page WHERE snapshot_id = ? AND kind = 'person' AND page = ?`;
  for (const page of await selectPageNumbers(journal, snapshotId, 'person')) {
    const [row] = await select<{ body: Buffer }>(journal.db, statement, [snapshotId, page]);
    if (row === undefined) continue;
    const text = (await unpack(row.body)).toString('utf8');
    yield (JSON.parse(text) as { records: PersonRecord[] }).records;
  }
}

/** A person's or class's record in a snapshot, or null. */
export async function readRecord(
  journal: Journal,
  snapshotId: number,
  kind: 'person' | 'group',
  externalId: string,
): Promise<PersonRecord | GroupRecord | null> {
  for await (const record of recordsWith<PersonRecord | GroupRecord>(journal, snapshotId, kind, externalId))
    if (record.externalId === externalId) return record;
  return null;
}

/** Classes of a person or members of a class in a snapshot. */
export async function readMemberships(
  journal: Journal,
  snapshotId: number,
  of: 'person' | 'group',
  externalId: string,
): Promise<string[]> {
  const others: string[] = [];
  const records = recordsWith<MembershipRecord>(journal, snapshotId, 'membership', externalId);
  for await (const record of records)
    if (record[of] === externalId) others.push(of === 'person' ? record.group : record.person);
  return others;
}
