/** Once a day every worker deletes what has had its time; two at once delete nothing twice. */
import type { Configuration } from '../data/configuration.js';
import { castDatabaseError } from '../data/database/errors.js';
import { deleteDue } from '../data/retention/retention.js';
import type { Schools } from '../data/schools.js';

const INTERVAL_MS = 24 * 60 * 60_000;
/** A worker that is started again and again does not delete each time before it works. */
const FIRST_AFTER_MS = 10 * 60_000;

/** Told after a school's pass: how many rows went, or the code of a failure. */
export type NotePass = (
  school: string,
  outcome: { readonly rows: number } | { readonly code: string },
) => void;

async function passOnce(configuration: Configuration, schools: Schools, note: NotePass): Promise<void> {
  for (const code of configuration.schools.keys()) {
    try {
      const { journal } = await schools.open(code);
      note(code, { rows: (await deleteDue(journal)).rows });
    } catch (error) {
      // A school's database that is away now is looked at again tomorrow.
      note(code, { code: castDatabaseError(error).code });
    }
  }
}

/** Begins the daily pass; the returned function ends it. */
export function keepRetention(
  configuration: Configuration,
  schools: Schools,
  note: NotePass,
  firstAfterMs = FIRST_AFTER_MS,
): () => void {
  const pass = (): void => void passOnce(configuration, schools, note);
  const first = setTimeout(pass, firstAfterMs);
  const daily = setInterval(pass, INTERVAL_MS);
  first.unref();
  daily.unref();
  return () => {
    clearTimeout(first);
    clearInterval(daily);
  };
}
