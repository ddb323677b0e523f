/** `logstore_standard_log`. */
import type { Knex } from 'knex';
import { insertRows, tableName, type TablePlace, type Value } from './statement.js';

const columns = [
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

export type LogRow = Readonly<Record<(typeof columns)[number], Value>>;

export async function insertLogRows(db: Knex, place: TablePlace, rows: readonly LogRow[]): Promise<void> {
  await insertRows(
    db,
    tableName(place, 'logstore_standard_log'),
    columns,
    rows.map((row) => columns.map((column) => row[column])),
  );
}
