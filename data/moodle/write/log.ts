/** Writes Moodle's own log, so that "who enrolled him?" is answered in Moodle too. */
import type { LogEvent } from '../events.js';
import { encodeJson, serialize } from '../php.js';
import type { MoodleSite } from '../site.js';
import { insertLogRows } from '../sql/log.js';
import type { Value } from '../sql/statement.js';
import type { WriteContext } from './context.js';

/** Whether the site keeps the log that we can write. */
export function keepsLog(site: MoodleSite): boolean {
  const stores = site.pluginConfig.get('tool_log/enabled_stores') ?? '';
  return stores
    .split(',')
    .map((store) => store.trim())
    .includes('logstore_standard');
}

type Encode = (other: LogEvent['other']) => string;

/** Values in the order of `logColumns`, made as they are asked for: a large batch has tens of thousands. */
function* toRows(
  { actorId, now, origin }: WriteContext,
  events: Iterable<LogEvent>,
  encode: Encode,
): Generator<Value[]> {
  for (const event of events)
    yield [
      event.eventname,
      event.component,
      event.action,
      event.target,
      event.objecttable,
      event.objectid,
      event.crud,
      event.edulevel,
      event.contextid,
      event.contextlevel,
      event.contextinstanceid,
      actorId,
      event.courseid,
      event.relateduserid,
      encode(event.other),
      now,
      origin,
    ];
}

/** Logs the events in order, unless the site keeps no log or we are told not to. */
export async function writeLog(ctx: WriteContext, events: () => Iterable<LogEvent>): Promise<void> {
  if (!ctx.logEvents || !keepsLog(ctx.site)) return;
  const encode = ctx.site.pluginConfig.get('logstore_standard/jsonformat') === '0' ? serialize : encodeJson;
  await insertLogRows(ctx.db, ctx.site, toRows(ctx, events(), encode));
}
