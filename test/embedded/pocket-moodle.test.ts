import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selectCourseBackups } from '../../data/backup/course-backups.js';
import { openPool } from '../../data/database/connect.js';
import { probeSite, siteGuards } from '../../data/moodle/probe.js';
import { createPocketMoodle, hasPocketMoodle, pocketTables } from '../../embedded/pocket-moodle.js';
import {
  createSchema,
  describeWithMoodle,
  loadMoodle,
  sharedMoodle,
  testServer,
} from '../support/database.js';

let db: Knex;
let pocket: { database: string; prefix: string };

async function rows(sql: string, bindings: readonly string[] = []): Promise<Record<string, unknown>[]> {
  const [found] = (await db.raw(sql, bindings as string[])) as unknown as [Record<string, unknown>[]];
  return found;
}

beforeAll(async () => {
  db = openPool(testServer(), { max: 2 });
  const schema = await createSchema('pocket');
  await schema.drop();
  pocket = { database: schema.name, prefix: 'mdl_' };
  await createPocketMoodle(db, pocket, 'Kahurangi College');
});

afterAll(async () => {
  await db.raw('DROP DATABASE IF EXISTS ??', [pocket.database]);
  await db.destroy();
});

describe('the pocket Moodle', () => {
  test('is taken for a proven Moodle 4.5 that may be written to', async () => {
    const site = await probeSite(db, { database: pocket.database });
    expect(site.differences).toEqual([]);
    expect(site).toMatchObject({ support: 'proven', branch: '405', prefix: 'mdl_', forumModuleId: 9 });
    expect(site.roles).toEqual({ editingteacher: 3, student: 5 });
    expect(site.defaultEnrolPlugins).toEqual(['manual', 'guest', 'self']);
    expect(siteGuards(site)).toEqual([]);
  });

  test('can be asked which courses have a backup of their own', async () => {
    expect(await selectCourseBackups(db, pocket)).toEqual([]);
  });

  test('is known as finished only once it is', async () => {
    expect(await hasPocketMoodle(db, pocket)).toBe(true);
    expect(await hasPocketMoodle(db, { ...pocket, database: 'no_such_schema' })).toBe(false);
  });
});

describeWithMoodle('the pocket Moodle beside a real one', () => {
  const shared = (name: string): unknown =>
    JSON.parse(readFileSync(join(sharedMoodle() ?? '', name), 'utf8'));

  test('has every table that matters', () => {
    const { tables_45 } = shared('schema.json') as { tables_45: Record<string, unknown> };
    // beyond what is written: the files, where Moodle's own course backups are looked for
    expect(Object.keys(pocketTables).sort()).toEqual([...Object.keys(tables_45), 'files'].sort());
  });

  test('has the same columns, defaults and keys, and the same settings', async () => {
    const real = await loadMoodle('4.5');
    const tables = Object.keys(pocketTables).map((name) => `mdl_${name}`);
    const columns = (schema: string) =>
      rows(
        `SELECT table_name, ordinal_position, column_name, column_type, is_nullable, column_default, extra, collation_name
           FROM information_schema.columns WHERE table_schema = ? AND FIND_IN_SET(table_name, ?)
          ORDER BY table_name, ordinal_position`,
        [schema, tables.join(',')],
      );
    const keys = (schema: string) =>
      rows(
        `SELECT table_name, non_unique, GROUP_CONCAT(column_name ORDER BY seq_in_index) AS columns
           FROM information_schema.statistics WHERE table_schema = ? AND FIND_IN_SET(table_name, ?)
          GROUP BY table_name, index_name, non_unique ORDER BY table_name, columns, non_unique`,
        [schema, tables.join(',')],
      );
    expect((await columns(real.database)).length).toBeGreaterThan(500);
    expect(await columns(pocket.database)).toEqual(await columns(real.database));
    expect(await keys(pocket.database)).toEqual(await keys(real.database));

    const differing = await rows(
      `SELECT p.plugin, p.name, p.value, r.value AS real_value
         FROM ??.mdl_config_plugins p LEFT JOIN ??.mdl_config_plugins r ON r.plugin = p.plugin AND r.name = p.name
        WHERE r.id IS NULL OR r.value <> p.value
        UNION ALL
       SELECT 'config', p.name, p.value, r.value
         FROM ??.mdl_config p LEFT JOIN ??.mdl_config r ON r.name = p.name
        WHERE r.id IS NULL OR r.value <> p.value ORDER BY 1, 2`,
      [pocket.database, real.database, pocket.database, real.database],
    );
    // what a school in New Zealand with single sign-on sets otherwise
    expect(differing.map((row) => row['name'])).toEqual(['auth', 'country', 'siteidentifier', 'timezone']);
    expect(await rows('SELECT id, name, visible FROM ??.mdl_modules ORDER BY id', [pocket.database])).toEqual(
      await rows('SELECT id, name, visible FROM ??.mdl_modules ORDER BY id', [real.database]),
    );
    await real.drop();
  });

  test('keeps all invariants of a sound Moodle', async () => {
    const { invariants } = shared('invariants.json') as { invariants: { id: string; sql: string }[] };
    expect(invariants).toHaveLength(41);
    const own = openPool(testServer(), { max: 1, database: pocket.database });
    const broken: string[] = [];
    for (const { id, sql } of invariants) {
      const [found] = (await own.raw(sql.replaceAll('?', '\\?'))) as unknown as [unknown[]];
      if (found.length > 0) broken.push(id);
    }
    await own.destroy();
    expect(broken).toEqual([]);
  });
});
