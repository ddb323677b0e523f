/** The schools of an installation, opened when first needed: a pool on the school's server and its journal. */
import type { Knex } from 'knex';
import { schoolOf, type Configuration, type SchoolConfiguration } from './configuration.js';
import { openPool } from './database/connect.js';
import { castDatabaseError } from './database/errors.js';
import { openJournal } from './journal/targets.js';
import type { Journal } from './journal/journal.js';
import { createJournalSchema, migrateJournal } from './journal/migrate.js';

/** One school, opened. */
export interface School extends SchoolConfiguration {
  /** Pool whose default schema is the journal. */
  readonly db: Knex;
  readonly journal: Journal;
}

export interface Schools {
  /** @throws RolloverError SchoolUnknown, DatabaseUnavailable */
  open(code: string): Promise<School>;
  close(): Promise<void>;
}

async function prepareJournal(school: SchoolConfiguration): Promise<void> {
  const db = openPool(school.database, { max: 1 });
  try {
    const [rows] = (await db.raw('SELECT 1 FROM information_schema.schemata WHERE schema_name = ?', [
      school.journalSchema,
    ])) as unknown as [unknown[]];
    if (rows.length === 0) await createJournalSchema(db, school.journalSchema);
  } finally {
    await db.destroy();
  }
}

async function openSchool(school: SchoolConfiguration): Promise<School> {
  await prepareJournal(school);
  const db = openPool(school.database, { database: school.journalSchema, max: 6 });
  try {
    await migrateJournal(db);
    return { ...school, db, journal: await openJournal(db, school.code) };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** Opens schools on demand; a failed opening is tried again the next time. */
export function openSchools(configuration: Configuration): Schools {
  const opened = new Map<string, Promise<School>>();
  return {
    async open(code) {
      const school = schoolOf(configuration, code);
      let opening = opened.get(code);
      if (opening === undefined) {
        opening = openSchool(school);
        opened.set(code, opening);
      }
      try {
        return await opening;
      } catch (error) {
        opened.delete(code);
        throw castDatabaseError(error);
      }
    },
    async close() {
      const openings = await Promise.allSettled(opened.values());
      opened.clear();
      for (const opening of openings) if (opening.status === 'fulfilled') await opening.value.db.destroy();
    },
  };
}
