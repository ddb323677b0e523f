/** A category that a web service may be told of as it is. */
import type { Knex } from 'knex';
import { selectRows, tableName, type TablePlace } from './statement.js';

export interface PlainCategoryRow {
  readonly id: number;
  readonly name: string;
  readonly descriptionFormat: number;
}

/**
 * The first category that everybody may see and whose name is plain text: Moodle refuses names with markup, and hidden
 * categories are not found by accounts without a further capability.
 */
export async function selectPlainCategory(db: Knex, place: TablePlace): Promise<PlainCategoryRow | null> {
  const statement = `SELECT id, name, descriptionformat AS descriptionFormat
    FROM ${tableName(place, 'course_categories')}
    WHERE visible = 1 AND name NOT LIKE '%<%' AND name = TRIM(name) AND name <> '' ORDER BY id LIMIT 1`;
  const [row] = await selectRows<PlainCategoryRow>(db, statement);
  return row ?? null;
}
