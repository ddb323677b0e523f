/** Sealed passwords do not outlive their time, even if their run never ends: every worker looks once an hour. */
import type { Configuration } from '../data/configuration.js';
import { deleteExpiredPasswords } from '../data/journal/passwords.js';
import type { Schools } from '../data/schools.js';
import { eachSchool, type NoteFailure } from './each-school.js';

const INTERVAL_MS = 60 * 60_000;

/** Begins to look; the returned function ends it. */
export function expirePasswords(
  configuration: Configuration,
  schools: Schools,
  note: NoteFailure,
): () => void {
  const look = (): void =>
    void eachSchool(
      configuration,
      schools,
      async ({ journal }) => void (await deleteExpiredPasswords(journal)),
      note,
    );
  look();
  const timer = setInterval(look, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
