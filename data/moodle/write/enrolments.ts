/** Enrols people with a role, as Moodle's own API does (contract §5.1). Welcome messages are left out. */
import { RolloverError } from '../../model/errors.js';
import type { EnrolmentDraft } from '../drafts.js';
import { enrolmentCreated, roleAssigned } from '../events.js';
import { groupBy } from '../grouping.js';
import { levels, type ContextRow } from '../sql/context.js';
import {
  insertEnrolments,
  selectEnrolmentsByPair,
  selectInstancesByCourse,
  type EnrolmentRow,
} from '../sql/enrol.js';
import { insertMissingRoles, selectRolesOfEnrolments, type EnrolmentRoleRow } from '../sql/role.js';
import type { WriteContext } from './context.js';
import { ensureContexts } from './contexts.js';
import { raiseFlags } from './flags.js';
import { writeLog } from './log.js';
import { subscribeToForums } from './subscriptions.js';

/** A draft and what became of it. */
interface Enrolled {
  readonly draft: EnrolmentDraft;
  readonly id: number;
  readonly isNew: boolean;
  readonly role: EnrolmentRoleRow | undefined;
  readonly roleIsNew: boolean;
}

/** `enrolid:userid`, the natural key of an enrolment. */
export function enrolmentKey(row: { readonly enrolid: number; readonly userid: number }): string {
  return `${row.enrolid}:${row.userid}`;
}

/**
 * Makes active enrolments and gives the role where it is missing. An enrolment that exists stays as it is, with its
 * dates and status; one that somebody makes at the same moment is refused by Moodle's unique key (1062).
 *
 * @returns `enrolid:userid` → id of the enrolment, old or new.
 */
export async function enrolUsers(
  ctx: WriteContext,
  drafts: readonly EnrolmentDraft[],
): Promise<ReadonlyMap<string, number>> {
  if (drafts.length === 0) return new Map();
  const { db, site, now, actorId } = ctx;
  const contexts = await ensureContexts(
    ctx,
    levels.course,
    drafts.map((draft) => draft.courseid),
  );
  const existing = byKey(await selectEnrolmentsByPair(db, site, drafts));
  const missing = drafts.filter((draft) => !existing.has(enrolmentKey(draft)));
  await insertEnrolments(db, site, distinct(missing), actorId, now);
  const rows = new Map([...existing, ...byKey(await selectEnrolmentsByPair(db, site, missing))]);
  const enrolled = await giveRoles(ctx, drafts, rows, existing);
  await subscribeToForums(
    ctx,
    enrolled.filter((one) => one.roleIsNew).map((one) => one.draft),
  );
  await raiseFlags(
    ctx,
    'accesslib/dirtyusers',
    enrolled.filter((one) => one.roleIsNew).map((one) => String(one.draft.userid)),
  );
  await logEnrolled(ctx, enrolled, contexts);
  return new Map([...rows].map(([key, row]) => [key, row.id]));
}

function byKey(rows: readonly EnrolmentRow[]): Map<string, EnrolmentRow> {
  return new Map(rows.map((row) => [enrolmentKey(row), row]));
}

function distinct(drafts: readonly EnrolmentDraft[]): EnrolmentDraft[] {
  return [...new Map(drafts.map((draft) => [enrolmentKey(draft), draft])).values()];
}

async function giveRoles(
  ctx: WriteContext,
  drafts: readonly EnrolmentDraft[],
  rows: ReadonlyMap<string, EnrolmentRow>,
  existing: ReadonlyMap<string, EnrolmentRow>,
): Promise<Enrolled[]> {
  const { db, site, now, actorId } = ctx;
  const idOf = (draft: EnrolmentDraft): number => {
    const row = rows.get(enrolmentKey(draft));
    if (row === undefined) throw new RolloverError('Internal', 'A created enrolment was not found again.');
    return row.id;
  };
  const ids = [...new Set(drafts.map(idOf))];
  const before = new Set((await selectRolesOfEnrolments(db, site, ids)).map((row) => row.id));
  for (const [roleid, alike] of groupBy(drafts, (draft) => draft.roleid))
    await insertMissingRoles(db, site, { roleid, modifierid: actorId, now }, alike.map(idOf));
  const after = new Map(
    (await selectRolesOfEnrolments(db, site, ids)).map((row) => [`${row.enrolmentid}:${row.roleid}`, row]),
  );
  return drafts.map((draft) => {
    const role = after.get(`${idOf(draft)}:${draft.roleid}`);
    return {
      draft,
      id: idOf(draft),
      isNew: !existing.has(enrolmentKey(draft)),
      role,
      roleIsNew: role !== undefined && !before.has(role.id),
    };
  });
}

async function logEnrolled(
  ctx: WriteContext,
  enrolled: readonly Enrolled[],
  contexts: ReadonlyMap<number, ContextRow>,
): Promise<void> {
  if (!ctx.logEvents) return;
  const courseIds = [...new Set(enrolled.map((one) => one.draft.courseid))];
  const plugins = new Map(
    (await selectInstancesByCourse(ctx.db, ctx.site, courseIds)).map((row) => [row.id, row.enrol]),
  );
  await writeLog(ctx, () =>
    enrolled.flatMap(({ draft, id, isNew, role, roleIsNew }) => {
      const context = contexts.get(draft.courseid);
      if (context === undefined) return [];
      const enrol = plugins.get(draft.enrolid) ?? 'manual';
      return [
        ...(isNew ? [enrolmentCreated({ id, userid: draft.userid, enrol }, context)] : []),
        ...(roleIsNew && role !== undefined ? [roleAssigned(role, context)] : []),
      ];
    }),
  );
}
