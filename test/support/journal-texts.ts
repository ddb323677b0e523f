/** Everything that a journal keeps, as text: every column of every table, pages unpacked. */
import { gunzipSync } from 'node:zlib';
import type { Knex } from 'knex';
import { select } from '../../data/journal/journal.js';

function textOf(cell: unknown): string {
  if (Buffer.isBuffer(cell))
    return (cell[0] === 0x1f && cell[1] === 0x8b ? gunzipSync(cell) : cell).toString('utf8');
  return typeof cell === 'string' || typeof cell === 'number' ? String(cell) : '';
}

/** `table.column: text` for each cell. */
export async function journalTexts(db: Knex): Promise<string[]> {
  const tables = await select<{ name: string }>(
    db,
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1',
  );
  const texts: string[] = [];
  for (const { name } of tables)
    for (const row of await select<Record<string, unknown>>(db, `SELECT * FROM \`${name}\``))
      for (const [column, cell] of Object.entries(row)) texts.push(`${name}.${column}: ${textOf(cell)}`);
  return texts;
}

/** In which columns one of the texts stands as a word of its own. */
export function columnsWith(texts: readonly string[], words: readonly string[]): string[] {
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join('|')})(?![\\p{L}\\p{N}])`, 'iu');
  const hits = texts.filter((text) => pattern.test(text.slice(text.indexOf(': ') + 2)));
  return [...new Set(hits.map((text) => text.slice(0, text.indexOf(': '))))].sort();
}
