/**
 * What the journal calls ours against what a restored Moodle has. Pure.
 *
 * A backup is a cut through time: of courses, categories and enrolments, rows with ids below the newest one of ours that
 * is still there were in the backup, so a missing one among them was taken out by a person and stays out. What is
 * missing above the cut went with the restore and is made again. Moodle never removes a user's row, so a user that is
 * missing always went with the restore.
 */
import type { AppliedChange, Provenance } from '../model/relink.js';

export interface UserNow {
  readonly id: number;
  readonly username: string;
  readonly idnumber: string;
  readonly timecreated: number;
  readonly deleted: number;
  readonly firstname: string;
  readonly lastname: string;
  readonly email: string;
}

export interface CourseNow {
  readonly id: number;
  readonly shortname: string;
  readonly fullname: string;
  readonly idnumber: string;
  readonly timecreated: number;
}

/** Moodle's rows of the ids that the journal knows, and users that have an idnumber of ours. */
export interface MoodleNow {
  readonly users: ReadonlyMap<number, UserNow>;
  readonly courses: ReadonlyMap<number, CourseNow>;
  readonly enrolments: ReadonlyMap<number, { readonly enrolid: number; readonly userid: number }>;
  readonly categories: ReadonlyMap<number, { readonly name: string }>;
  readonly usersByIdnumber: ReadonlyMap<string, readonly UserNow[]>;
}

/** intact: ours. gone: no row. other: the id belongs to somebody else now. removed: a person took it out before. */
type State = 'intact' | 'gone' | 'other' | 'removed';

interface Stale {
  readonly kind: 'user' | 'course';
  readonly externalId: string;
  readonly naturalKey: string;
  readonly body: object;
}

export interface RelinkFinding {
  /** Provenance to give up. */
  readonly lost: readonly (Provenance & { readonly state: 'gone' | 'other' })[];
  /** Users found again under their natural key. */
  readonly moved: readonly { readonly externalId: string; readonly from: number; readonly to: number }[];
  /** Courses that stand under the code again that they had before they were set aside. */
  readonly unarchived: readonly { readonly from: string; readonly to: string }[];
  /** Rows of ours whose values are those from before an update of ours. */
  readonly stale: readonly Stale[];
  /** Rows of ours that lost their idnumber: planning proposes them. */
  readonly idnumberLost: readonly Provenance[];
  /** The first plan of which something is missing; null: of none. */
  readonly firstPlan: number | null;
  readonly counts: Readonly<Record<string, number>>;
}

function isSameUser(row: Provenance, user: UserNow): boolean {
  if (user.timecreated !== row.naturalNumber) return false;
  return user.deleted === 1 || user.idnumber === row.externalId || user.username === row.naturalKey;
}

function rawState(row: Provenance, now: MoodleNow, formerLogins: ReadonlySet<string>): State {
  if (row.kind === 'user') {
    const user = now.users.get(row.moodleId);
    if (user === undefined) return 'gone';
    return isSameUser(row, user) ||
      (user.timecreated === row.naturalNumber && formerLogins.has(user.username))
      ? 'intact'
      : 'other';
  }
  if (row.kind === 'course') {
    const course = now.courses.get(row.moodleId);
    if (course === undefined) return 'gone';
    return course.timecreated === row.naturalNumber ? 'intact' : 'other';
  }
  if (row.kind === 'category') {
    const category = now.categories.get(row.moodleId);
    if (category === undefined) return 'gone';
    return category.name.slice(0, 255) === row.naturalKey ? 'intact' : 'other';
  }
  const enrolment = now.enrolments.get(row.moodleId);
  if (enrolment === undefined) return 'gone';
  return enrolment.enrolid === row.parentId && enrolment.userid === row.naturalNumber ? 'intact' : 'other';
}

interface Changed {
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

type Earlier = AppliedChange & Changed;

function readChanges(changes: readonly AppliedChange[]): Map<string, Earlier[]> {
  const byRow = new Map<string, Earlier[]>();
  for (const change of changes) {
    const { before = {}, after = {} } = JSON.parse(change.body) as Partial<Changed>;
    const externalId = change.operation === 'archive' ? (after['idnumber'] ?? '') : change.externalId;
    const key = `${change.kind}/${externalId}`;
    byRow.set(key, [...(byRow.get(key) ?? []), { ...change, before, after }]);
  }
  return byRow;
}

type Fields = Record<string, { readonly kn: string; readonly moodle: string | null }>;

/** Fields that went back to what they were before an update of ours; KN's value is written again by the next plan. */
function staleOf(
  row: Provenance,
  current: Readonly<Record<string, string>>,
  earlier: readonly Earlier[],
): { readonly stale: Stale; readonly planId: number } | null {
  const body = (row.body === null ? {} : JSON.parse(row.body)) as { fields?: Fields };
  const fields: Fields = { ...body.fields };
  let first: number | null = null;
  for (const [field, remembered] of Object.entries(fields)) {
    const value = current[field];
    if (value === undefined || value === remembered.moodle) continue;
    const undone = earlier.find((change) => change.operation === 'update' && change.before[field] === value);
    if (undone === undefined) continue;
    fields[field] = { kn: '', moodle: value };
    first = Math.min(first ?? undone.planId, undone.planId);
  }
  if (first === null || (row.kind !== 'user' && row.kind !== 'course')) return null;
  const naturalKey = row.kind === 'user' ? (current['username'] ?? row.naturalKey) : row.naturalKey;
  const stale = { kind: row.kind, externalId: row.externalId, naturalKey, body: { ...body, fields } };
  return { stale, planId: first };
}

function countAll(
  finding: Omit<RelinkFinding, 'counts'>,
  intact: number,
  removed: number,
): Record<string, number> {
  const counts: Record<string, number> = { intact, removed };
  for (const { kind, state } of finding.lost)
    counts[`${state}.${kind}`] = (counts[`${state}.${kind}`] ?? 0) + 1;
  counts['moved'] = finding.moved.length;
  counts['unarchived'] = finding.unarchived.length;
  counts['stale'] = finding.stale.length;
  counts['idnumberLost'] = finding.idnumberLost.length;
  return counts;
}

/** Where the backup ends, by kind: the newest id of ours that is still there. */
function cutsOf(states: ReadonlyMap<Provenance, State>): Map<string, number> {
  const cuts = new Map<string, number>();
  for (const [row, state] of states)
    if (state === 'intact') cuts.set(row.kind, Math.max(row.moodleId, cuts.get(row.kind) ?? 0));
  return cuts;
}

function formerLoginsOf(earlier: readonly Earlier[]): Set<string> {
  return new Set(earlier.flatMap(({ before }) => before['username'] ?? []));
}

/** The only account that is the same person's by login, idnumber and time of creation. */
function foundAgain(row: Provenance, now: MoodleNow): UserNow | undefined {
  const found = (now.usersByIdnumber.get(row.externalId) ?? []).filter(
    (user) =>
      user.deleted === 0 &&
      user.idnumber === row.externalId &&
      user.username === row.naturalKey &&
      user.timecreated === row.naturalNumber,
  );
  return found.length === 1 ? found[0] : undefined;
}

/** Compares everything that is ours with Moodle as it is now. */
export function judgeRelink(
  provenance: readonly Provenance[],
  now: MoodleNow,
  changes: readonly AppliedChange[],
): RelinkFinding {
  const earlier = readChanges(changes);
  const earlierOf = (row: Provenance): readonly Earlier[] =>
    earlier.get(`${row.kind}/${row.externalId}`) ?? [];
  const states = new Map(
    provenance.map((row) => [row, rawState(row, now, formerLoginsOf(earlierOf(row)))] as const),
  );
  const cuts = cutsOf(states);
  const moved: { externalId: string; from: number; to: number }[] = [];
  const lostParents = new Set<string>();
  const lost: (Provenance & { state: 'gone' | 'other' })[] = [];
  let removed = 0;
  // Users and courses first: what hangs on them goes with them.
  const order = { user: 0, course: 1, category: 2, enrolment: 3 } as const;
  const rows = [...provenance].sort((a, b) => order[a.kind] - order[b.kind]);
  for (const row of rows) {
    const state = states.get(row) ?? 'gone';
    if (state === 'intact' || state === 'removed') continue;
    const again = row.kind === 'user' ? foundAgain(row, now) : undefined;
    if (row.kind === 'user') lostParents.add(`user/${row.externalId}`);
    if (again !== undefined) {
      moved.push({ externalId: row.externalId, from: row.moodleId, to: again.id });
      continue;
    }
    const withParent =
      row.kind === 'enrolment' &&
      (lostParents.has(`course/${row.externalId}`) || lostParents.has(`user/${row.secondId}`));
    const beforeCut = row.kind !== 'user' && row.moodleId <= (cuts.get(row.kind) ?? 0);
    if (beforeCut && !withParent) {
      removed += 1;
      continue;
    }
    if (row.kind === 'course') lostParents.add(`course/${row.externalId}`);
    lost.push({ ...row, state });
  }
  const lostCourses = new Set(lost.flatMap((row) => (row.kind === 'course' ? [row.externalId] : [])));
  const courses = new Set(provenance.flatMap((row) => (row.kind === 'course' ? [row.externalId] : [])));
  const unarchived: { from: string; to: string }[] = [];
  const stale: Stale[] = [];
  const idnumberLost: Provenance[] = [];
  const plans = lost.map((row) => row.planId);
  for (const row of rows) {
    if (states.get(row) !== 'intact' || (row.kind !== 'user' && row.kind !== 'course')) continue;
    const current = row.kind === 'user' ? now.users.get(row.moodleId) : now.courses.get(row.moodleId);
    if (current === undefined || (row.kind === 'user' && (current as UserNow).deleted === 1)) continue;
    const archive = earlierOf(row).find(
      (change) => change.operation === 'archive' && change.before['idnumber'] === current.idnumber,
    );
    const free = !courses.has(current.idnumber) || lostCourses.has(current.idnumber);
    if (archive !== undefined && current.idnumber !== row.externalId && free) {
      unarchived.push({ from: row.externalId, to: current.idnumber });
      plans.push(archive.planId);
    } else if (current.idnumber !== row.externalId) idnumberLost.push(row);
    const undone = staleOf(row, current as unknown as Record<string, string>, earlierOf(row));
    if (undone !== null) {
      stale.push(undone.stale);
      plans.push(undone.planId);
    }
  }
  const intact = [...states.values()].filter((state) => state === 'intact').length;
  const firstPlan = plans.length === 0 ? null : Math.min(...new Set(plans));
  const finding = { lost, moved, unarchived, stale, idnumberLost, firstPlan };
  return { ...finding, counts: countAll(finding, intact, removed) };
}
