/** Creates and updates accounts as Moodle's own API does (contract §1). */
import { RolloverError } from '../../model/errors.js';
import type { UserDraft, UserPatch } from '../drafts.js';
import { userCreated, userPasswordUpdated, userUpdated, type LogEvent } from '../events.js';
import { branchOf } from '../probe.js';
import type { MoodleSite } from '../site.js';
import { levels, type ContextRow } from '../sql/context.js';
import type { Value } from '../sql/statement.js';
import {
  insertPreference,
  insertUsers,
  selectUsersById,
  selectUsersByUsername,
  updateUserRows,
} from '../sql/user.js';
import type { WriteContext } from './context.js';
import { ensureContexts } from './contexts.js';
import { raiseFlags } from './flags.js';
import { writeLog } from './log.js';

/**
 * Creates accounts, confirmed and active. Logins must be free: a taken one is refused by Moodle's unique key (1062).
 *
 * @returns username → id.
 */
export async function createUsers(
  ctx: WriteContext,
  drafts: readonly UserDraft[],
): Promise<ReadonlyMap<string, number>> {
  if (drafts.length === 0) return new Map();
  const { db, site } = ctx;
  await insertUsers(
    db,
    site,
    drafts.map((draft) => userRow(ctx, draft)),
  );
  const ids = await selectIds(ctx, drafts);
  const contexts = await ensureContexts(ctx, levels.user, [...ids.values()]);
  const idOf = (draft: UserDraft): number => ids.get(draft.username) ?? 0;
  const withPreference = drafts.filter((draft) => draft.passwordSet && draft.auth === 'manual').map(idOf);
  await insertPreference(db, site, withPreference, 'auth_manual_passwordupdatetime', String(ctx.now));
  await raiseFlags(ctx, 'userpreferenceschanged', withPreference.map(String));
  await writeLog(ctx, () =>
    drafts.flatMap((draft) => {
      const context = contextOf(contexts, idOf(draft));
      const created = userCreated(idOf(draft), context);
      return draft.passwordSet ? [userPasswordUpdated(idOf(draft), context), created] : [created];
    }),
  );
  return ids;
}

/** Column values that a new account gets from its draft and from the site's settings. */
export function userRow(
  { site, now }: Pick<WriteContext, 'site' | 'now'>,
  draft: UserDraft,
): Record<string, Value> {
  return {
    auth: draft.auth,
    confirmed: 1,
    mnethostid: site.mnetHostId,
    username: draft.username,
    password: draft.password,
    idnumber: draft.idnumber,
    firstname: draft.firstname,
    lastname: draft.lastname,
    email: draft.email,
    city: site.config.get('defaultcity') ?? '',
    country: countryOf(site),
    lang: site.config.get('lang') ?? 'en',
    calendartype: site.config.get('calendartype') ?? 'gregorian',
    maildisplay: preference(site, 'maildisplay', 2),
    mailformat: preference(site, 'mailformat', 1),
    maildigest: preference(site, 'maildigest', 0),
    autosubscribe: preference(site, 'autosubscribe', 1),
    trackforums: preference(site, 'trackforums', 0),
    timecreated: now,
    timemodified: now,
  };
}

/** The setting's "0" means that no country is chosen. */
function countryOf(site: MoodleSite): string {
  const country = site.config.get('country') ?? '';
  return country === '0' ? '' : country;
}

function preference(site: MoodleSite, name: string, otherwise: number): number {
  return Number(site.config.get(`defaultpreference_${name}`) ?? otherwise);
}

async function selectIds(
  ctx: WriteContext,
  drafts: readonly UserDraft[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await selectUsersByUsername(
    ctx.db,
    ctx.site,
    ctx.site.mnetHostId,
    drafts.map((draft) => draft.username),
  );
  const ids = new Map(rows.map((row) => [row.username, row.id]));
  if (drafts.some((draft) => !ids.has(draft.username)))
    throw new RolloverError('Internal', 'A created account was not found again by its login.');
  return ids;
}

/** Moodle 4.1 and before stamp every update; later ones write nothing where nothing changed (contract §1.3). */
const LAST_BRANCH_THAT_ALWAYS_STAMPS = 401;

/**
 * Sets values on accounts. Every patch is logged, also one that changes nothing.
 *
 * @throws RolloverError `Internal` when an account is gone: callers select their rows under lock before.
 */
export async function updateUsers(ctx: WriteContext, patches: readonly UserPatch[]): Promise<void> {
  if (patches.length === 0) return;
  const { db, site } = ctx;
  const ids = patches.map((patch) => patch.id);
  const before = new Map((await selectUsersById(db, site, ids, true)).map((row) => [row.id, row]));
  if (ids.some((id) => !before.has(id))) throw new RolloverError('Internal', 'An account to update is gone.');
  const always = branchOf(site) <= LAST_BRANCH_THAT_ALWAYS_STAMPS;
  const changed = patches.filter(({ id, set }) => {
    const row = before.get(id);
    return (Object.keys(set) as (keyof typeof set)[]).some((name) => row?.[name] !== set[name]);
  });
  await updateUserRows(db, site, always ? patches : changed, ctx.now);
  if (!ctx.logEvents) return;
  const contexts = await ensureContexts(ctx, levels.user, ids);
  await writeLog(ctx, (): LogEvent[] => patches.map(({ id }) => userUpdated(id, contextOf(contexts, id))));
}

function contextOf(contexts: ReadonlyMap<number, ContextRow>, id: number): ContextRow {
  const context = contexts.get(id);
  if (context === undefined) throw new RolloverError('Internal', 'An account has no context.');
  return context;
}
