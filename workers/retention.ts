/** Once a day every worker deletes what has had its time; two at once delete nothing twice. */
import type { Configuration } from '../data/configuration.js';
import { deleteDue } from '../data/retention/retention.js';
import type { Schools } from '../data/schools.js';
import { eachSchool } from './each-school.js';

const INTERVAL_MS = 24 * 60 * 60_000;
/** A worker that is started again and again does not delete each time before it works. */
const FIRST_AFTER_MS = 10 * 60_000;

/** Told after a school's pass: how many rows went, or the code of a failure. */
export type NotePass = (
  school: string,
  outcome: { readonly rows: number } | { readonly code: string },
) => void;

function passOnce(configuration: Configuration, schools: Schools, note: NotePass): Promise<void> {
  return eachSchool(
    configuration,
    schools,
    async ({ code, journal }) => note(code, { rows: (await deleteDue(journal)).rows }),
    (code, school) => note(school, { code }),
  );
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
