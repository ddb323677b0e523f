/** `user_info_field` and `user_info_data`: profile fields of the school's own. Read only where the settings name one. */
import type { Knex } from 'knex';
import { optionalTableName, selectRows, type TablePlace } from './statement.js';

/** Id of the field of this short name; several are told apart by nothing, so all are given. */
export async function selectProfileFields(db: Knex, place: TablePlace, shortname: string): Promise<number[]> {
  const statement = `SELECT id FROM ${optionalTableName(place, 'user_info_field')} WHERE shortname = ? ORDER BY id`;
  return (await selectRows<{ id: number }>(db, statement, [shortname])).map(({ id }) => id);
}

export interface ProfileValueRow {
  readonly id: number;
  readonly userid: number;
  readonly data: string;
}

/** What is filled in, one page by primary key. */
export async function selectProfileValuePage(
  db: Knex,
  place: TablePlace,
  fieldId: number,
  after: number,
  limit: number,
): Promise<ProfileValueRow[]> {
  const statement = `SELECT id, userid, LEFT(data, 255) AS data FROM ${optionalTableName(place, 'user_info_data')}
    WHERE id > ? AND fieldid = ? AND data <> '' ORDER BY id LIMIT ${limit}`;
  return selectRows(db, statement, [after, fieldId]);
}
