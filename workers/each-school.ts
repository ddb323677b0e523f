/** What a worker does by itself it does school after school: one whose database is away does not keep the others waiting. */
import type { Configuration } from '../data/configuration.js';
import { castDatabaseError } from '../data/database/errors.js';
import type { School, Schools } from '../data/schools.js';

/** Told the code of a school's failure; the work is done again the next time. */
export type NoteFailure = (code: string, school: string) => void;

export async function eachSchool(
  configuration: Configuration,
  schools: Schools,
  work: (school: School) => Promise<void>,
  note: NoteFailure,
): Promise<void> {
  for (const code of configuration.schools.keys()) {
    try {
      await work(await schools.open(code));
    } catch (error) {
      note(castDatabaseError(error).code, code);
    }
  }
}
