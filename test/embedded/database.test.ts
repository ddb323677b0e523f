/** The tests' own footing: schemas apart from each other, whole Moodle databases. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Knex } from 'knex';
import { openPool } from '../../data/database/connect.js';
import {
  createSchema,
  describeWithMoodle,
  loadMoodle,
  moodleVersions,
  testServer,
} from '../support/database.js';

let db: Knex;
beforeAll(() => {
  db = openPool(testServer(), { max: 1 });
});
afterAll(() => db.destroy());

test('two schemas of one prefix are two schemas', async () => {
  const [a, b] = [await createSchema('same'), await createSchema('same')];
  expect(a.name).not.toBe(b.name);
  await a.drop();
  await b.drop();
});

describeWithMoodle('a shared Moodle database', () => {
  test.each(moodleVersions)('%s is loaded whole', async (version) => {
    const moodle = await loadMoodle(version);
    const users = await db
      .withSchema(moodle.database)
      .from('mdl_user')
      .orderBy('id')
      .select<{ id: number; username: string }[]>('id', 'username');
    expect(users).toEqual([
      { id: 1, username: 'guest' },
      { id: 2, username: 'admin' },
    ]);
    await moodle.drop();
  });
});
