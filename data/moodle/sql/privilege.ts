/** Statements that touch no row and yet need a right. */
import type { Knex } from 'knex';
import type { MoodleTable } from '../schema-facts.js';
import { tableName, type TablePlace } from './statement.js';

/** Of our own schema, never of Moodle's. */
const PROBE_TABLE = 'privilege_probe';

function quote(identifier: string): string {
  return `\`${identifier.replaceAll('`', '``')}\``;
}

/** A table of Moodle, or our own probe table. */
function nameOf(place: TablePlace, table: MoodleTable | null): string {
  return table === null ? probeTable(place.database) : tableName(place, table);
}

function probeTable(schema: string): string {
  return `${quote(schema)}.${quote(PROBE_TABLE)}`;
}

export async function selectNothing(
  db: Knex,
  place: TablePlace,
  table: MoodleTable | null,
  columns: readonly string[],
): Promise<void> {
  await db.raw(`SELECT ${columns.map(quote).join(', ')} FROM ${nameOf(place, table)} WHERE 1 = 0`);
}

export async function insertNothing(db: Knex, place: TablePlace, table: MoodleTable | null): Promise<void> {
  const name = nameOf(place, table);
  await db.raw(`INSERT INTO ${name} SELECT * FROM ${name} WHERE 1 = 0`);
}

export async function updateNothing(
  db: Knex,
  place: TablePlace,
  table: MoodleTable | null,
  columns: readonly string[],
): Promise<void> {
  const same = columns.map((column) => `${quote(column)} = ${quote(column)}`).join(', ');
  await db.raw(`UPDATE ${nameOf(place, table)} SET ${same} WHERE 1 = 0`);
}

export async function deleteNothing(db: Knex, schema: string): Promise<void> {
  await db.raw(`DELETE FROM ${probeTable(schema)} WHERE 1 = 0`);
}

export async function createProbeTable(db: Knex, schema: string): Promise<void> {
  await db.raw(`CREATE TABLE IF NOT EXISTS ${probeTable(schema)} (id INT NOT NULL PRIMARY KEY)`);
}

export async function alterProbeTable(db: Knex, schema: string): Promise<void> {
  await db.raw(`ALTER TABLE ${probeTable(schema)} COMMENT = 'rights are tried here'`);
}

export async function indexProbeTable(db: Knex, schema: string): Promise<void> {
  await db.raw(`CREATE INDEX probe ON ${probeTable(schema)} (id)`);
}

export async function dropProbeTable(db: Knex, schema: string): Promise<void> {
  await db.raw(`DROP TABLE IF EXISTS ${probeTable(schema)}`);
}
