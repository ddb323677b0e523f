/** Statements that touch no row and yet need a right. `table` is a qualified, quoted name. */
import type { Knex } from 'knex';

function quote(identifier: string): string {
  return `\`${identifier.replaceAll('`', '``')}\``;
}

export async function selectNothing(db: Knex, table: string, columns: readonly string[]): Promise<void> {
  await db.raw(`SELECT ${columns.map(quote).join(', ')} FROM ${table} WHERE 1 = 0`);
}

/** The same of several tables. */
export async function selectNothingOfAll(
  db: Knex,
  tables: readonly { readonly name: string; readonly columns: readonly string[] }[],
): Promise<void> {
  const one = ({ name, columns }: (typeof tables)[number]): string =>
    `SELECT ${columns.map((column) => `COUNT(${quote(column)})`).join(' + ')} FROM ${name} WHERE 1 = 0`;
  await db.raw(tables.map(one).join(' UNION ALL '));
}

export async function insertNothing(db: Knex, table: string): Promise<void> {
  await db.raw(`INSERT INTO ${table} SELECT * FROM ${table} WHERE 1 = 0`);
}

export async function updateNothing(db: Knex, table: string, columns: readonly string[]): Promise<void> {
  const same = columns.map((column) => `${quote(column)} = ${quote(column)}`).join(', ');
  await db.raw(`UPDATE ${table} SET ${same} WHERE 1 = 0`);
}

export async function deleteNothing(db: Knex, table: string): Promise<void> {
  await db.raw(`DELETE FROM ${table} WHERE 1 = 0`);
}

export async function createProbeTable(db: Knex, table: string): Promise<void> {
  await db.raw(`CREATE TABLE ${table} (id INT NOT NULL PRIMARY KEY)`);
}

export async function alterProbeTable(db: Knex, table: string): Promise<void> {
  await db.raw(`ALTER TABLE ${table} COMMENT = 'rights are tried here'`);
}

export async function indexProbeTable(db: Knex, table: string): Promise<void> {
  await db.raw(`CREATE INDEX probe ON ${table} (id)`);
}

export async function dropProbeTable(db: Knex, table: string): Promise<void> {
  await db.raw(`DROP TABLE ${table}`);
}
