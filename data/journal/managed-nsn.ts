/** National Student Numbers beside accounts that are ours: kept when a reading is applied, for who comes back years later. */
import { inRuns, type Cell } from '../database/bulk.js';
import { select, type Journal } from './journal.js';

/** External ID → the number that is kept; '' where there is none yet. */
async function selectNsns(journal: Journal): Promise<Map<string, string>> {
  const statement = `SELECT external_id AS externalId, JSON_UNQUOTE(JSON_EXTRACT(body, '$.nsn')) AS nsn FROM managed
    WHERE target_id = ? AND kind = 'user'`;
  type Row = { readonly externalId: string; readonly nsn: string | null };
  const rows = await select<Row>(journal.db, statement, [journal.targetId]);
  return new Map(rows.map(({ externalId, nsn }) => [externalId, nsn ?? '']));
}

async function updateNsns(journal: Journal, nsns: readonly (readonly [string, string])[]): Promise<void> {
  const columns = ['target_id', 'kind', 'external_id', 'second_id', 'moodle_id', 'origin', 'natural_key'];
  const rest = ['natural_number', 'plan_id', 'seq', 'body'];
  const rows = nsns.map(([externalId, nsn]): Cell[] => {
    return [journal.targetId, 'user', externalId, '', 0, '', '', 0, 0, 0, JSON.stringify(nsn)];
  });
  // the rows exist: the VALUES list only carries the number
  const statement = `INSERT INTO managed (??) VALUES ?
    ON DUPLICATE KEY UPDATE body = JSON_SET(COALESCE(body, '{}'), '$.nsn', JSON_UNQUOTE(VALUES(body)))`;
  for (const run of inRuns(rows)) await journal.db.raw(statement, [[...columns, ...rest], run] as never);
}

/** Keeps the numbers of people whose account is ours. A number that KnowledgeNET no longer gives is not forgotten. */
export async function rememberNsns(
  journal: Journal,
  persons: readonly { readonly externalId: string; readonly nsn?: string }[],
): Promise<void> {
  const given = persons.filter(({ nsn = '' }) => nsn !== '');
  if (given.length === 0) return;
  const kept = await selectNsns(journal);
  const news = given.flatMap(({ externalId, nsn = '' }): (readonly [string, string])[] =>
    kept.has(externalId) && kept.get(externalId) !== nsn ? [[externalId, nsn]] : [],
  );
  await updateNsns(journal, news);
}
