/** A journal in a schema of its own. */
import type { Knex } from 'knex';
import { openPool } from '../../data/database/connect.js';
import type { Journal } from '../../data/journal/journal.js';
import { migrateJournal } from '../../data/journal/migrate.js';
import { openJournal } from '../../data/journal/targets.js';
import { createSchema, testServer } from './database.js';

export interface TestJournal {
  readonly schema: string;
  readonly db: Knex;
  readonly journal: Journal;
  close(): Promise<void>;
}

export async function createJournal(school = 'test'): Promise<TestJournal> {
  const schema = await createSchema('journal');
  const db = openPool(testServer(), { database: schema.name });
  await migrateJournal(db);
  return {
    schema: schema.name,
    db,
    journal: await openJournal(db, school),
    async close() {
      await db.destroy();
      await schema.drop();
    },
  };
}
