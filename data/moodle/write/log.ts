/** Writes Moodle's own log, so that "who enrolled him?" is answered in Moodle too. */
import type { LogEvent } from '../events.js';
import { encodeJson, serialize } from '../php.js';
import type { MoodleSite } from '../site.js';
import { insertLogRows } from '../sql/log.js';
import type { WriteContext } from './context.js';

/** Whether the site keeps the log that we can write. */
export function keepsLog(site: MoodleSite): boolean {
  const stores = site.pluginConfig.get('tool_log/enabled_stores') ?? '';
  return stores
    .split(',')
    .map((store) => store.trim())
    .includes('logstore_standard');
}

/** Logs the events in order, unless the site keeps no log or we are told not to. */
export async function writeLog(ctx: WriteContext, events: () => readonly LogEvent[]): Promise<void> {
  if (!ctx.logEvents || !keepsLog(ctx.site)) return;
  const encode = ctx.site.pluginConfig.get('logstore_standard/jsonformat') === '0' ? serialize : encodeJson;
  await insertLogRows(
    ctx.db,
    ctx.site,
    events().map(({ other, ...event }) => ({
      ...event,
      other: encode(other),
      userid: ctx.actorId,
      timecreated: ctx.now,
      origin: ctx.origin,
    })),
  );
}
