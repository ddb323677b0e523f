/** A school with a Moodle and a journal of its own on the bench's server. */
import type { DatabaseAddress } from '../../data/database/connect.js';
import { openPool } from '../../data/database/connect.js';
import { createJournalSchema, migrateJournal } from '../../data/journal/migrate.js';
import { storeSettings } from '../../data/journal/settings.js';
import { openJournal } from '../../data/journal/targets.js';
import type { SchoolSettings } from '../../data/model/settings.js';
import type { School } from '../../data/schools.js';
import { settingsHash } from '../../data/settings/hash.js';
import { makeMoodle, type BenchMoodle } from './moodle.js';

export interface BenchSchool {
  readonly school: School;
  readonly moodle: BenchMoodle;
  setSettings(settings: SchoolSettings): Promise<void>;
  /** Drops both schemas. */
  close(): Promise<void>;
}

/** `name` becomes part of the schemas' names and is the school's code. */
export async function makeSchool(
  address: DatabaseAddress,
  name: string,
  settings: SchoolSettings,
): Promise<BenchSchool> {
  const moodle = await makeMoodle(address, `moodle_${name}`);
  const journalSchema = `journal_${name}`;
  const setup = openPool(address, { max: 1 });
  await createJournalSchema(setup, journalSchema);
  const db = openPool(address, { database: journalSchema, max: 6 });
  await migrateJournal(db);
  const journal = await openJournal(db, name);
  const setSettings = async (next: SchoolSettings): Promise<void> => {
    await storeSettings(journal, next, settingsHash(next), 'bench');
  };
  await setSettings(settings);
  return {
    moodle,
    setSettings,
    school: {
      ...{
        code: name,
        name: 'Bench College',
        database: address,
        knowledgenet: {},
        journalSchema,
        db,
        journal,
      },
      moodle: { database: moodle.database, prefix: moodle.prefix },
    },
    async close() {
      await db.destroy();
      for (const schema of [journalSchema, moodle.database])
        await setup.raw('DROP DATABASE IF EXISTS ??', [schema]);
      await setup.destroy();
    },
  };
}
