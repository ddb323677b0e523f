/** Enrols people with a role, as Moodle's own API does (contract §5.1). Welcome messages are left out. */
import { RolloverError } from '../../model/errors.js';
import type { EnrolmentDraft } from '../drafts.js';
import { enrolmentCreated, roleAssigned } from '../events.js';
import { groupBy } from '../grouping.js';
import { levels, type ContextRow } from '../sql/context.js';
import {
  insertEnrolments,
  selectEnrolmentsByPair,
  selectEnrolmentsFrom,
  selectInstancesByCourse,
  type EnrolmentRow,
} from '../sql/enrol.js';
import {
  insertMissingRoles,
  selectPlainRoles,
  selectPlainRolesFrom,
  type AssignmentRow,
  type RolePlace,
} from '../sql/role.js';
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
  /** The role assignment, if it was made now. */
  readonly newRole: AssignmentRow | undefined;
}

/** `enrolid:userid`, the natural key of an enrolment. */
export function enrolmentKey(row: { readonly enrolid: number; readonly userid: number }): string {
  return `${row.enrolid}:${row.userid}`;
}

/**
 * Makes active enrolments and gives the role where it is missing. An enrolment that exists stays as it is, with its
 * dates and status; one that somebody makes at the same moment is refused by Moodle's unique key (1062).
 *
 * @param there Those of the wanted enrolments that exist, if the caller has read them in this transaction.
 * @returns `enrolid:userid` → id of the enrolment, old or new.
 */
export async function enrolUsers(
  ctx: WriteContext,
  wanted: readonly EnrolmentDraft[],
  there?: readonly EnrolmentRow[],
): Promise<ReadonlyMap<string, number>> {
  if (wanted.length === 0) return new Map();
  const drafts = distinct(wanted, (draft) => `${enrolmentKey(draft)}:${draft.roleid}`);
  const { db, site, now, actorId } = ctx;
  const contexts = await ensureContexts(
    ctx,
    levels.course,
    drafts.map((draft) => draft.courseid),
  );
  const existing = byKey(there ?? (await selectEnrolmentsByPair(db, site, drafts)));
  const missing = drafts.filter((draft) => !existing.has(enrolmentKey(draft)));
  const firstId = await insertEnrolments(db, site, distinct(missing, enrolmentKey), actorId, now);
  // read by id: looking up every pair once more costs as much as making them
  const made = firstId === null ? [] : await selectEnrolmentsFrom(db, site, firstId);
  const rows = new Map([...byKey(made), ...existing]);
  const enrolled = await giveRoles(ctx, drafts, rows, existing, contexts);
  const newMembers = enrolled.filter((one) => one.newRole !== undefined).map((one) => one.draft);
  await subscribeToForums(ctx, newMembers);
  await raiseFlags(
    ctx,
    'accesslib/dirtyusers',
    newMembers.map((draft) => String(draft.userid)),
  );
  await logEnrolled(ctx, enrolled, contexts);
  return new Map([...rows].map(([key, row]) => [key, row.id]));
}

function byKey(rows: readonly EnrolmentRow[]): Map<string, EnrolmentRow> {
  return new Map(rows.map((row) => [enrolmentKey(row), row]));
}

function distinct(
  drafts: readonly EnrolmentDraft[],
  keyOf: (draft: EnrolmentDraft) => string,
): EnrolmentDraft[] {
  return [...new Map(drafts.map((draft) => [keyOf(draft), draft])).values()];
}

async function giveRoles(
  ctx: WriteContext,
  drafts: readonly EnrolmentDraft[],
  rows: ReadonlyMap<string, EnrolmentRow>,
  existing: ReadonlyMap<string, EnrolmentRow>,
  contexts: ReadonlyMap<number, ContextRow>,
): Promise<Enrolled[]> {
  const { db, site, now, actorId } = ctx;
  const placeOf = ({ courseid, userid }: EnrolmentDraft): RolePlace => ({
    userid,
    contextid: contexts.get(courseid)?.id ?? 0,
  });
  const idOf = (draft: EnrolmentDraft): number => {
    const row = rows.get(enrolmentKey(draft));
    if (row === undefined) throw new RolloverError('Internal', 'A created enrolment was not found again.');
    return row.id;
  };
  const keyOf = (draft: EnrolmentDraft): string => roleKey({ ...placeOf(draft), roleid: draft.roleid });
  const before = byRole(await selectPlainRoles(db, site, drafts.map(placeOf)));
  const missing = drafts.filter((draft) => !before.has(keyOf(draft)));
  const firstIds: number[] = [];
  for (const [roleid, alike] of groupBy(missing, (draft) => draft.roleid)) {
    const role = { roleid, modifierid: actorId, now };
    const firstId = await insertMissingRoles(db, site, role, [...new Set(alike.map(idOf))]);
    if (firstId !== null) firstIds.push(firstId);
  }
  const given = firstIds.length === 0 ? [] : await selectPlainRolesFrom(db, site, Math.min(...firstIds));
  const added = byRole(given);
  // Of two roles in one new enrolment, the first one brings the enrolment.
  const seen = new Set(existing.keys());
  return drafts.map((draft) => {
    const isNew = !seen.has(enrolmentKey(draft));
    seen.add(enrolmentKey(draft));
    const newRole = before.has(keyOf(draft)) ? undefined : added.get(keyOf(draft));
    return { draft, id: idOf(draft), isNew, newRole };
  });
}

function roleKey(row: RolePlace & { readonly roleid: number }): string {
  return `${row.contextid}:${row.userid}:${row.roleid}`;
}

function byRole(rows: readonly AssignmentRow[]): Map<string, AssignmentRow> {
  return new Map(rows.map((row) => [roleKey(row), row]));
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
  await writeLog(ctx, function* () {
    for (const { draft, id, isNew, newRole } of enrolled) {
      const context = contexts.get(draft.courseid);
      if (context === undefined) continue;
      const enrol = plugins.get(draft.enrolid) ?? 'manual';
      if (isNew) yield enrolmentCreated({ id, userid: draft.userid, enrol }, context);
      if (newRole !== undefined) yield roleAssigned(newRole, context);
    }
  });
}
