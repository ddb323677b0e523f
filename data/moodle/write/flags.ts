/** Tells running Moodle sessions to read again. Raised after the rows they are about, in the same transaction. */
import { insertFlags, selectFlagNames, updateFlags } from '../sql/flag.js';
import type { WriteContext } from './context.js';

/** `userpreferenceschanged` and `accesslib/dirtyusers` are named by user id. */
export type FlagType = 'userpreferenceschanged' | 'accesslib/dirtyusers';

/** A flag that exists is renewed; there is no unique key to lean on. */
export async function raiseFlags(
  { db, site, now }: WriteContext,
  flagtype: FlagType,
  names: readonly string[],
): Promise<void> {
  const wanted = [...new Set(names)];
  if (wanted.length === 0) return;
  const existing = new Set(await selectFlagNames(db, site, flagtype, wanted));
  const expiry = now + site.sessionTimeout;
  await updateFlags(db, site, flagtype, [...existing], now, expiry);
  await insertFlags(
    db,
    site,
    flagtype,
    wanted.filter((name) => !existing.has(name)),
    now,
    expiry,
  );
}
