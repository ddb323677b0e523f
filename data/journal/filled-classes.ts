/**
 * Memberships that group provisioning rules had added when a snapshot was applied. They lie in pages beside its
 * records, in no hash: whom a rule for new people took once, it keeps.
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { select, within, write, type Journal } from './journal.js';

const pack = promisify(gzip);
const unpack = promisify(gunzip);
const KIND = 'filled';
const MEMBERSHIPS_PER_PAGE = 5000;

interface Membership {
  readonly group: string;
  readonly person: string;
}

async function deletePages(journal: Journal, snapshotId: number): Promise<void> {
  await write(journal.db, 'DELETE FROM snapshot_page WHERE snapshot_id = ? AND kind = ?', [snapshotId, KIND]);
}

async function insertPage(
  journal: Journal,
  snapshotId: number,
  page: number,
  memberships: readonly Membership[],
): Promise<void> {
  const statement =
    'INSERT INTO snapshot_page (snapshot_id, kind, page, records, body) VALUES (?, ?, ?, ?, ?)';
  const body = await pack(JSON.stringify(memberships.map(({ group, person }) => [group, person])));
  await write(journal.db, statement, [snapshotId, KIND, page, memberships.length, body]);
}

/** Remembers them for a snapshot, in place of what was remembered for it before. */
export async function storeFilled(
  journal: Journal,
  snapshotId: number,
  memberships: readonly Membership[],
): Promise<void> {
  await journal.db.transaction(async (tx) => {
    const own = within(journal, tx);
    await deletePages(own, snapshotId);
    for (let at = 0, page = 0; at < memberships.length; at += MEMBERSHIPS_PER_PAGE, page++)
      await insertPage(own, snapshotId, page, memberships.slice(at, at + MEMBERSHIPS_PER_PAGE));
  });
}

/** Class → persons that rules had added. */
export async function readFilled(journal: Journal, snapshotId: number): Promise<Map<string, Set<string>>> {
  const statement = 'SELECT body FROM snapshot_page WHERE snapshot_id = ? AND kind = ? ORDER BY page';
  const classes = new Map<string, Set<string>>();
  for (const { body } of await select<{ body: Buffer }>(journal.db, statement, [snapshotId, KIND]))
    for (const [group, person] of JSON.parse((await unpack(body)).toString('utf8')) as [string, string][]) {
      const persons = classes.get(group);
      if (persons === undefined) classes.set(group, new Set([person]));
      else persons.add(person);
    }
  return classes;
}
