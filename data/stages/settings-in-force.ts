/** The settings that count now: the newest version, or the defaults before the first. */
import type { Journal } from '../journal/journal.js';
import { selectSettings } from '../journal/settings.js';
import type { SchoolSettings } from '../model/settings.js';
import { defaultSettings } from '../settings/defaults.js';
import { settingsHash } from '../settings/hash.js';

export interface SettingsInForce {
  readonly settings: SchoolSettings;
  readonly hash: string;
}

export async function settingsInForce(journal: Journal): Promise<SettingsInForce> {
  const stored = await selectSettings(journal);
  if (stored !== null) return stored;
  const settings = defaultSettings(new Date().getUTCFullYear());
  return { settings, hash: settingsHash(settings) };
}
