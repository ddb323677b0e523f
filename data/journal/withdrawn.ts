/** What we suspended or hid. Written in the transaction that does it, gone in the one that takes it back. */
import { bulkInsert, inLists } from '../database/bulk.js';
import type { Withdrawn } from '../model/removal.js';
import { select, write, type Journal } from './journal.js';

type Kind = Withdrawn['kind'];

/** A row to add. `moodleId`: of the account, course or enrolment. */
export interface NewWithdrawn extends Omit<Withdrawn, 'since'> {
  readonly seq: number;
}

const columns = ['target_id', 'kind', 'external_id', 'second_id', 'moodle_id', 'plan_id', 'seq'];

/** Adds rows; what is known of the same Moodle rows is replaced. */
export async function insertWithdrawn(journal: Journal, rows: readonly NewWithdrawn[]): Promise<void> {
  for (const kind of ['user', 'course', 'enrolment'] as const)
    await deleteWithdrawn(
      journal,
      kind,
      rows.filter((row) => row.kind === kind).map((row) => row.moodleId),
    );
  await deleteSubjects(journal, rows);
  await bulkInsert(
    journal.db,
    'withdrawn',
    columns,
    rows.map(({ kind, externalId, secondId, moodleId, planId, seq }) => [
      journal.targetId,
      kind,
      externalId,
      secondId,
      moodleId,
      planId,
      seq,
    ]),
  );
}

/** Forgets what is known under the same External IDs, e.g. of an account that is no longer this person's. */
async function deleteSubjects(journal: Journal, rows: readonly NewWithdrawn[]): Promise<void> {
  for (const list of inLists(rows, 1000)) {
    const statement = `DELETE FROM withdrawn WHERE target_id = ? AND (kind, external_id, second_id) IN (?)`;
    const keys = list.map(({ kind, externalId, secondId }) => [kind, externalId, secondId]);
    await write(journal.db, statement, [journal.targetId, keys]);
  }
}

/** Forgets that these Moodle rows are suspended or hidden by us. */
export async function deleteWithdrawn(
  journal: Journal,
  kind: Kind,
  moodleIds: readonly number[],
): Promise<void> {
  for (const list of inLists(moodleIds)) {
    const statement = 'DELETE FROM withdrawn WHERE target_id = ? AND kind = ? AND moodle_id IN (?)';
    await write(journal.db, statement, [journal.targetId, kind, list]);
  }
}

/** Which of these Moodle rows are suspended or hidden by us. */
export async function selectWithdrawnIds(
  journal: Journal,
  kind: Kind,
  moodleIds: readonly number[],
): Promise<Set<number>> {
  const found = new Set<number>();
  for (const list of inLists(moodleIds)) {
    const statement =
      'SELECT moodle_id AS moodleId FROM withdrawn WHERE target_id = ? AND kind = ? AND moodle_id IN (?)';
    const rows = await select<{ moodleId: number }>(journal.db, statement, [journal.targetId, kind, list]);
    for (const { moodleId } of rows) found.add(moodleId);
  }
  return found;
}

/** Forgets what is suspended of one person; nothing of it comes back by itself any more. */
export async function deleteWithdrawnOf(journal: Journal, externalId: string): Promise<void> {
  const statement = `DELETE FROM withdrawn WHERE target_id = ?
    AND ((kind = 'user' AND external_id = ?) OR (kind = 'enrolment' AND second_id = ?))`;
  await write(journal.db, statement, [journal.targetId, externalId, externalId]);
}

/** How many of each kind are suspended or hidden by us. */
export async function countWithdrawn(journal: Journal): Promise<Record<Kind, number>> {
  const statement = 'SELECT kind, COUNT(*) AS count FROM withdrawn WHERE target_id = ? GROUP BY kind';
  const counts: Record<Kind, number> = { user: 0, course: 0, enrolment: 0 };
  for (const row of await select<{ kind: Kind; count: number }>(journal.db, statement, [journal.targetId]))
    counts[row.kind] = row.count;
  return counts;
}

const PAGE = 20_000;

/** Everything that we suspended or hid, by kind and key. */
export async function selectWithdrawn(journal: Journal): Promise<Withdrawn[]> {
  const all: Withdrawn[] = [];
  const statement = `SELECT kind, external_id AS externalId, second_id AS secondId, moodle_id AS moodleId, plan_id AS planId, since
    FROM withdrawn WHERE target_id = ? AND (kind, external_id, second_id) > (?, ?, ?)
    ORDER BY kind, external_id, second_id LIMIT ${PAGE}`;
  for (let last: readonly [string, string, string] = ['', '', '']; ;) {
    const page = await select<Withdrawn>(journal.db, statement, [journal.targetId, ...last]);
    all.push(...page);
    const end = page.at(-1);
    if (end === undefined || page.length < PAGE) return all;
    last = [end.kind, end.externalId, end.secondId];
  }
}
