/** The floor is worth something only if it writes the very same rows. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertFloor } from '../../bench/floor/insert.js';
import { readMarks } from '../../bench/floor/marks.js';
import { connectPlainly, readRows } from '../../bench/floor/rows.js';
import { mergeTables } from '../../bench/phases/apart.js';
import { openPool } from '../../data/database/connect.js';
import { createSchema, testServer, type TestSchema } from '../support/database.js';

describe('the floor', () => {
  let schema: TestSchema;

  beforeAll(async () => {
    schema = await createSchema('bench');
    const connection = await connectPlainly(testServer(), schema.name);
    await connection.query(
      'CREATE TABLE person (id BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50), bytes BLOB, score DECIMAL(10,5), UNIQUE (name))',
    );
    await connection.query('CREATE TABLE untouched (id BIGINT AUTO_INCREMENT PRIMARY KEY)');
    await connection.query("INSERT INTO person (name) VALUES ('before')");
    await connection.end();
  });
  afterAll(async () => schema.drop());

  test('holds what was written between two marks, and writes equal rows into copies with the same keys', async () => {
    const db = openPool(testServer(), { max: 1 });
    const before = await readMarks(db, schema.name);
    const rows = Array.from({ length: 2_500 }, (_, n) => [`Kererū ${n}`, randomBytes(4), '1.50000']);
    const connection = await connectPlainly(testServer(), schema.name);
    await connection.query('INSERT INTO person (name, bytes, score) VALUES ?', [rows]);
    const after = await readMarks(db, schema.name);
    await connection.query("INSERT INTO person (name) VALUES ('later')");

    const found = await readRows(testServer(), schema.name, before, after);
    expect(found.map(({ table, rows: list }) => [table, list.length])).toEqual([['person', 2_500]]);
    let [same, keys]: unknown[][] = [[], []];
    const floor = await insertFloor(testServer(), schema.name, found, async (copy) => {
      [same] = (await connection.query({
        sql: `SELECT a.id FROM \`${copy}\`.person a JOIN person b USING (id)
          WHERE a.name = b.name AND a.bytes = b.bytes AND a.score = b.score`,
        rowsAsArray: true,
      })) as unknown as [unknown[][], unknown];
      [keys] = (await connection.query({
        sql: `SHOW INDEX FROM \`${copy}\`.person`,
        rowsAsArray: true,
      })) as unknown as [unknown[][], unknown];
    });
    await connection.end();
    await db.destroy();
    expect(same).toHaveLength(2_500);
    expect(keys).toHaveLength(2);
    expect(floor).toMatchObject({ rows: 2_500, statements: 9 });
    expect(floor.seconds).toBeGreaterThan(0);
  });

  test('puts rows of one table together', () => {
    const part = (id: number) => ({ table: 't', columns: ['id'], rows: [[id]] });
    expect(mergeTables([part(1), { ...part(9), table: 'u' }, part(2)])).toEqual([
      { table: 't', columns: ['id'], rows: [[1], [2]] },
      { table: 'u', columns: ['id'], rows: [[9]] },
    ]);
  });
});
