/** Settings under which everything of a generated school reaches Moodle, and everything we can do is on. */
import type { SchoolSettings } from '../../data/model/settings.js';
import { defaultSettings } from '../../data/settings/defaults.js';

/** `auth`: manual accounts have passwords to hash, oauth2 ones none. */
export function benchSettings(year: number, auth: 'oauth2' | 'manual' = 'oauth2'): SchoolSettings {
  const defaults = defaultSettings(year);
  const type = { ...defaults.groupTypes.default, provisioning: 'enabled' } as const;
  return {
    ...defaults,
    mode: 'snapshot-only',
    groupTypes: { default: type, named: {} },
    users: { auth },
    logEvents: true,
  };
}
