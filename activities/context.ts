/** What activities are given by the worker: connections, keys and limits; never read from globals. */
import type { Knex } from 'knex';
import type { DatabaseAddress } from '../data/database/connect.js';
import type { Journal } from '../data/journal/journal.js';
import type { ApplyPoint } from '../data/apply/points.js';
import type { PasswordKey } from '../data/passwords/key.js';

/** One school's server: its journal and its Moodle beside it. */
export interface School {
  readonly code: string;
  readonly address: DatabaseAddress;
  /** Pool whose default schema is the journal. */
  readonly db: Knex;
  readonly journal: Journal;
  readonly journalSchema: string;
  readonly moodle: { readonly database: string; readonly prefix?: string };
}

export interface ActivityContext {
  /** Opens a school of the configuration, or finds it open. @throws RolloverError SchoolUnknown */
  open(school: string): Promise<School>;
  /** Absent: passwords are ignored. */
  readonly passwordKey: PasswordKey | null;
  /** Told when applying reaches a named point; tests stop the process there. */
  readonly onApplyPoint: (point: ApplyPoint) => void | Promise<void>;
}
