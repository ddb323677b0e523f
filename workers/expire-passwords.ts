/** Sealed passwords do not outlive their time, even if their run never ends: every worker looks once an hour. */
import type { Configuration } from '../data/configuration.js';
import { castDatabaseError } from '../data/database/errors.js';
import { deleteExpiredPasswords } from '../data/journal/passwords.js';
import type { Schools } from '../data/schools.js';

const INTERVAL_MS = 60 * 60_000;

async function expireOnce(
  configuration: Configuration,
  schools: Schools,
  note: (code: string) => void,
): Promise<void> {
  for (const code of configuration.schools.keys()) {
    try {
      const school = await schools.open(code);
      await deleteExpiredPasswords(school.journal);
    } catch (error) {
      // A school's database that is away now is looked at again in an hour.
      note(castDatabaseError(error).code);
    }
  }
}

/** Begins to look; the returned function ends it. `note` is told the code of a failure. */
export function expirePasswords(
  configuration: Configuration,
  schools: Schools,
  note: (code: string) => void,
): () => void {
  void expireOnce(configuration, schools, note);
  const timer = setInterval(() => void expireOnce(configuration, schools, note), INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
