/** What Moodle's columns hold and what this Moodle allows, as far as it decides whether a record can enter a snapshot. */
import type { SchoolSettings } from '../../model/settings.js';
import { LOGIN_MAX_LENGTH } from '../login.js';

/** Characters per column, the smallest of the proven versions (docs/moodle-writes.md). */
export const columnLimits = {
  username: LOGIN_MAX_LENGTH,
  firstname: 100,
  lastname: 100,
  email: 100,
  userIdnumber: 255,
  courseFullname: 254,
  courseIdnumber: 100,
  categoryName: 255,
} as const;

/** Moodle's own settings, and ours, that decide whether a value is a problem. */
export interface RecordLimits {
  /** Moodle's `extendedusernamechars`. */
  readonly extendedUsernameChars: boolean;
  /** Moodle's `allowaccountssameemail`. */
  readonly sameEmailAllowed: boolean;
  /** Without a usable e-mail address no account is made; settings `users.withoutEmail` turns it off. */
  readonly emailRequired: boolean;
  /** Group types that have settings of their own: known, whatever the Group Types sheet says. */
  readonly namedGroupTypes: ReadonlySet<string>;
}

/** Limits for a school, from its settings and the `config` rows of its Moodle. */
export function recordLimits(
  settings: SchoolSettings,
  moodleConfig: ReadonlyMap<string, string>,
): RecordLimits {
  return {
    extendedUsernameChars: moodleConfig.get('extendedusernamechars') === '1',
    sameEmailAllowed: moodleConfig.get('allowaccountssameemail') === '1',
    emailRequired: settings.users.withoutEmail !== true,
    namedGroupTypes: new Set(Object.keys(settings.groupTypes.named)),
  };
}
