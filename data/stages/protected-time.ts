/** settings and a moment → may anything be removed now, and if not, from when on. */
import type { Journal } from '../journal/journal.js';
import { localDay, localMidnight } from '../moodle/midnight.js';
import type { SchoolSettings } from '../model/settings.js';
import { removalDay } from '../rules/guards/calendar.js';
import { settingsInForce } from './settings-in-force.js';

export interface RemovalWindow {
  readonly allowed: boolean;
  /** ISO time; null when it is allowed, or when the calendar does not say. */
  readonly until: string | null;
}

/** The same for given settings; `now` is an ISO time. */
export function removalWindow(
  now: string,
  { timeZone, calendar }: Pick<SchoolSettings, 'timeZone' | 'calendar'>,
): RemovalWindow {
  const day = removalDay(localDay(Date.parse(now) / 1000, timeZone), calendar);
  if (day.allowed) return { allowed: true, until: null };
  const { until } = day;
  if (until === null) return { allowed: false, until: null };
  return { allowed: false, until: new Date(localMidnight(until, timeZone) * 1000).toISOString() };
}

/** By the settings in force. */
export async function readRemovalWindow(journal: Journal, now: string): Promise<RemovalWindow> {
  return removalWindow(now, (await settingsInForce(journal)).settings);
}
