/** What activities are given by the worker: connections, keys and limits; never read from globals. */
import type { ApplyPoint } from '../data/apply/points.js';
import type { DeletionPoint } from '../data/deletion/points.js';
import type { MailServer } from '../data/configuration/notifications.js';
import type { Backups } from '../data/configuration/production.js';
import type { SourceLimits } from '../data/knowledgenet/files/limits.js';
import type { PasswordKey } from '../data/passwords/key.js';
import type { School } from '../data/schools.js';

/** How often a school's source is looked at by itself. */
export interface ScheduleWish {
  /** Whether there is anything that can be looked at without a person. */
  readonly hasSource: boolean;
  /** False: paused. */
  readonly running: boolean;
  readonly everyMinutes: number;
}

/** The schedules of Temporal, as far as activities need them. */
export interface Schedules {
  /** Makes the school's schedule what is wished; repeating it changes nothing. */
  follow(school: string, wish: ScheduleWish): Promise<void>;
}

export interface ActivityContext {
  /** Opens a school of the configuration, or finds it open. @throws RolloverError SchoolUnknown, DatabaseUnavailable */
  open(school: string): Promise<School>;
  /** Null: passwords are ignored. */
  readonly passwordKey: PasswordKey | null;
  readonly limits: Partial<SourceLimits>;
  /** Absent: nothing runs by itself. */
  readonly schedule?: Schedules;
  /** Absent: nobody is told by mail. */
  readonly mail?: MailServer;
  /** Absent: dumps are made by other means and named. */
  readonly backups?: Backups;
  /** Told when applying reaches a named point; tests stop the process there. */
  readonly onApplyPoint: (point: ApplyPoint) => void | Promise<void>;
  /** The same of deleting. Absent: nobody is told. */
  readonly onDeletionPoint?: (point: DeletionPoint) => void | Promise<void>;
}
