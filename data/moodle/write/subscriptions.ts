/** Forums that subscribe every new member (forcesubscribe 2) do so when a role is given (contract §5.1). */
import { forumSubscribed } from '../events.js';
import { groupBy } from '../grouping.js';
import { levels, type ContextRow } from '../sql/context.js';
import {
  insertSubscriptions,
  selectSubscribingForums,
  selectSubscriptions,
  type SubscribingForum,
} from '../sql/forum.js';
import { selectCapability, type CapabilityRow } from '../sql/role.js';
import type { WriteContext } from './context.js';
import { ensureContexts } from './contexts.js';
import { writeLog } from './log.js';

/** Who got which role where. */
interface NewMember {
  readonly courseid: number;
  readonly userid: number;
  readonly roleid: number;
}

const CAPABILITY = 'mod/forum:allowforcesubscribe';
const ALLOW = 1;
const PROHIBIT = -1000;

/** Subscribes new members to such forums of their courses, where their role allows it. */
export async function subscribeToForums(ctx: WriteContext, members: readonly NewMember[]): Promise<void> {
  if (members.length === 0) return;
  const { db, site } = ctx;
  const courseIds = [...new Set(members.map((member) => member.courseid))];
  const forums = await selectSubscribingForums(db, site, site.forumModuleId, courseIds);
  if (forums.length === 0) return;
  const roleIds = [...new Set(members.map((member) => member.roleid))];
  const capabilities = await selectCapability(db, site, CAPABILITY, roleIds);
  const modules = await ensureContexts(
    ctx,
    levels.module,
    forums.map((forum) => forum.module),
  );
  const forumIds = forums.map((forum) => forum.id);
  const before = await selectSubscriptions(db, site, forumIds);
  const key = (row: { readonly userid: number; readonly forum: number }): string =>
    `${row.forum}:${row.userid}`;
  const subscribed = new Set(before.map(key));
  const inCourse = groupBy(forums, (forum) => forum.course);
  const wanted = members.flatMap(({ courseid, userid, roleid }) =>
    (inCourse.get(courseid) ?? [])
      .filter((forum) => allows(capabilities, roleid, modules.get(forum.module)?.path ?? ''))
      .map((forum) => ({ userid, forum: forum.id }))
      .filter((row) => !subscribed.has(key(row))),
  );
  const missing = [...new Map(wanted.map((row) => [key(row), row])).values()];
  await insertSubscriptions(db, site, missing);
  await logSubscribed(ctx, forums, modules, new Set(missing.map(key)));
}

/** Whether a role has the capability at the end of a context path: the nearest word counts, a prohibition always. */
function allows(capabilities: readonly CapabilityRow[], roleid: number, path: string): boolean {
  const depth = new Map(path.split('/').map((id, index) => [Number(id), index]));
  const said = capabilities
    .filter((row) => row.roleid === roleid && depth.has(row.contextid))
    .sort((a, b) => (depth.get(b.contextid) ?? 0) - (depth.get(a.contextid) ?? 0));
  return !said.some((row) => row.permission === PROHIBIT) && said[0]?.permission === ALLOW;
}

async function logSubscribed(
  ctx: WriteContext,
  forums: readonly SubscribingForum[],
  modules: ReadonlyMap<number, ContextRow>,
  isNew: ReadonlySet<string>,
): Promise<void> {
  if (!ctx.logEvents || isNew.size === 0) return;
  const byId = new Map(forums.map((forum) => [forum.id, forum]));
  const rows = await selectSubscriptions(ctx.db, ctx.site, [...byId.keys()]);
  await writeLog(ctx, () =>
    rows.flatMap((row) => {
      const forum = byId.get(row.forum);
      const module = forum === undefined ? undefined : modules.get(forum.module);
      return forum === undefined || module === undefined || !isNew.has(`${row.forum}:${row.userid}`)
        ? []
        : [forumSubscribed(row, forum.course, module)];
    }),
  );
}
