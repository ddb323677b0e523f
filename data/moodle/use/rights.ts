/** May we look everywhere, and delete what we wrote? Only then can anything be proved to be unused and go. */
import type { Knex } from 'knex';
import type { MoodleTable } from '../schema-facts.js';
import { deleteNothing } from '../sql/privilege.js';
import { selectFromNowhere } from '../sql/references.js';
import { tableName, type TablePlace } from '../sql/statement.js';

/** Tables that taking a run back deletes from. */
export const removalTables: readonly MoodleTable[] = [
  'user',
  'user_preferences',
  'context',
  'course',
  'course_categories',
  'course_format_options',
  'course_sections',
  'course_modules',
  'forum',
  'forum_subscriptions',
  'block_instances',
  'enrol',
  'user_enrolments',
  'role_assignments',
];

function codeOf(error: unknown): string {
  return (error as { readonly code?: string }).code ?? '';
}

/** A table that is not there is only called missing to who may read every table of the schema. */
async function readsEverything(db: Knex, place: TablePlace): Promise<boolean> {
  try {
    await selectFromNowhere(db, place);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ER_NO_SUCH_TABLE') return true;
    if (codeOf(error).endsWith('ACCESS_DENIED_ERROR') || codeOf(error).endsWith('ACCESS_DENIED'))
      return false;
    throw error;
  }
}

/** The rights for removing that are missing, in words like "DELETE on moodle.mdl_user". */
export async function missingRemovalRights(db: Knex, place: TablePlace): Promise<string[]> {
  const missing = (await readsEverything(db, place)) ? [] : [`SELECT on ${place.database}.*`];
  for (const table of removalTables)
    try {
      await deleteNothing(db, tableName(place, table));
    } catch (error) {
      if (!/DENIED|PREVENTS/.test(codeOf(error))) throw error;
      missing.push(`DELETE on ${place.database}.${place.prefix}${table}`);
    }
  return missing;
}

/** The rights for removing as GRANT statements; `user` as in `grantStatements`. */
export function removalGrants(user: string, place: TablePlace): string[] {
  return [
    `GRANT SELECT ON \`${place.database}\`.* TO ${user};`,
    ...removalTables.map(
      (table) => `GRANT DELETE ON \`${place.database}\`.\`${place.prefix}${table}\` TO ${user};`,
    ),
  ];
}
