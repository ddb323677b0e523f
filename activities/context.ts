/** What activities are given by the worker: connections, keys and limits; never read from globals. */
import type { ApplyPoint } from '../data/apply/points.js';
import type { MailServer } from '../data/configuration/notifications.js';
import type { SourceLimits } from '../data/knowledgenet/limits.js';
import type { PasswordKey } from '../data/passwords/key.js';
import type { School } from '../data/schools.js';

export interface ActivityContext {
  /** Opens a school of the configuration, or finds it open. @throws RolloverError SchoolUnknown, DatabaseUnavailable */
  open(school: string): Promise<School>;
  /** Null: passwords are ignored. */
  readonly passwordKey: PasswordKey | null;
  readonly limits: Partial<SourceLimits>;
  /** Absent: nobody is told by mail. */
  readonly mail?: MailServer;
  /** Told when applying reaches a named point; tests stop the process there. */
  readonly onApplyPoint: (point: ApplyPoint) => void | Promise<void>;
}
