/** At the start of a worker every school's schedule is made what its settings say: they may have changed meanwhile. */
import type { Schedules } from '../activities/context.js';
import { followSettings } from '../activities/sync.js';
import type { Configuration } from '../data/configuration.js';
import { castDatabaseError } from '../data/database/errors.js';
import type { Schools } from '../data/schools.js';
import { settingsInForce } from '../data/stages/settings-in-force.js';

/** A school whose database is away now is followed at the next change of its settings; `note` is told the code. */
export async function followSchedules(
  configuration: Configuration,
  schools: Schools,
  schedule: Schedules,
  note: (code: string) => void,
): Promise<void> {
  for (const code of configuration.schools.keys()) {
    try {
      const school = await schools.open(code);
      const { settings } = await settingsInForce(school.journal);
      await followSettings({ schedule }, school, settings);
    } catch (error) {
      note(castDatabaseError(error).code);
    }
  }
}
