/** `logstore_standard_log`. */
import type { Knex } from 'knex';
import { insertRows, tableName, type TablePlace, type Value } from './statement.js';

export const logColumns = [
  'eventname',
  'component',
  'action',
  'target',
  'objecttable',
  'objectid',
  'crud',
  'edulevel',
  'contextid',
  'contextlevel',
  'contextinstanceid',
  'userid',
  'courseid',
  'relateduserid',
  'other',
  'timecreated',
  'origin',
] as const;

/** Every row has its values in the order of `logColumns`. */
export async function insertLogRows(
  db: Knex,
  place: TablePlace,
  rows: Iterable<readonly Value[]>,
): Promise<void> {
  await insertRows(db, tableName(place, 'logstore_standard_log'), logColumns, rows);
}
