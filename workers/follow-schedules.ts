/** At the start of a worker every school's schedule is made what its settings say: they may have changed meanwhile. */
import type { Schedules } from '../activities/context.js';
import { followSettings } from '../activities/sync.js';
import type { Configuration } from '../data/configuration.js';
import type { Schools } from '../data/schools.js';
import { settingsInForce } from '../data/stages/settings-in-force.js';
import { eachSchool, type NoteFailure } from './each-school.js';

/** A school whose database is away now is followed at the next change of its settings. */
export function followSchedules(
  configuration: Configuration,
  schools: Schools,
  schedule: Schedules,
  note: NoteFailure,
): Promise<void> {
  return eachSchool(
    configuration,
    schools,
    async (school) => {
      const { settings } = await settingsInForce(school.journal);
      await followSettings({ schedule }, school, settings);
    },
    note,
  );
}
