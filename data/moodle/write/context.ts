/** What every writer is given. */
import type { Knex } from 'knex';
import type { MoodleSite } from '../site.js';

export interface WriteContext {
  /** The caller's transaction: a writer never commits. */
  readonly db: Knex;
  readonly site: MoodleSite;
  /** Unix seconds; the database's clock, so that cache flags are not older than what sessions saw. */
  readonly now: number;
  /** Moodle user id that the changes are made as; 0 = nobody. */
  readonly actorId: number;
  /** Whether Moodle's own log gets the primary events. */
  readonly logEvents: boolean;
  readonly origin: 'cli';
}
