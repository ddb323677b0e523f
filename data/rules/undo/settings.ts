/** The settings that a run changed come back, each where nobody has changed it since. Pure. */
import type { SchoolSettings } from '../../model/settings.js';

type Plain = Readonly<Record<string, unknown>>;

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Goes back from what the run wrote to what it found, key by key, where `now` is still what it wrote. */
function goBack(now: unknown, before: unknown, wrote: unknown): unknown {
  if (isSame(before, wrote)) return now;
  if (!isPlain(now) || !isPlain(before) || !isPlain(wrote)) return isSame(now, wrote) ? before : now;
  const keys = [...new Set([...Object.keys(now), ...Object.keys(before)])];
  const entries = keys.map((key) => [key, goBack(now[key], before[key], wrote[key])] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** One version of a run, with the version that it followed. */
export interface SettingsStep {
  readonly before: SchoolSettings;
  readonly wrote: SchoolSettings;
}

/** `steps`: newest first. The mode stays as it is: an undo leaves the synchronisation Disabled. */
export function undoSettings(now: SchoolSettings, steps: readonly SettingsStep[]): SchoolSettings {
  let settings = now;
  for (const { before, wrote } of steps) settings = goBack(settings, before, wrote) as SchoolSettings;
  return { ...settings, mode: now.mode };
}
