/** A school with a Moodle and a journal of its own on the run's server. */
import { settingsHash } from '../../data/settings/hash.js';
import { defaultSettings } from '../../data/settings/defaults.js';
import { storeSettings } from '../../data/journal/settings.js';
import type { ProvisioningOption, SchoolSettings } from '../../data/model/settings.js';
import type { School } from '../../data/schools.js';
import { loadMoodle, testServer, type MoodleVersion } from './database.js';
import { createJournal } from './journal.js';

export interface TestSchool {
  readonly school: School;
  close(): Promise<void>;
}

/** Settings under which every class becomes a course, or every one of a given option. */
export function openSettings(year = 2027, provisioning: ProvisioningOption = 'enabled'): SchoolSettings {
  const defaults = defaultSettings(year);
  const type = { ...defaults.groupTypes.default, provisioning };
  return { ...defaults, mode: 'snapshot-only', groupTypes: { default: type, named: {} } };
}

export async function createSchool(
  version: MoodleVersion = '4.5',
  settings = openSettings(),
): Promise<TestSchool> {
  const moodle = await loadMoodle(version);
  const own = await createJournal();
  await storeSettings(own.journal, settings, settingsHash(settings), 'test');
  return {
    school: {
      code: 'test',
      name: 'Test',
      database: testServer(),
      moodle: { database: moodle.database, prefix: moodle.prefix },
      knowledgenet: {},
      journalSchema: own.schema,
      db: own.db,
      journal: own.journal,
    },
    async close() {
      await own.close();
      await moodle.drop();
    },
  };
}
