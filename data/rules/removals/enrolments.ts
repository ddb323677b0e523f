/** Enrolments of ours whose membership KN no longer has, and those of an account that was merged into another one. */
import type { NoticeCode } from '../../model/notice-codes.js';
import { eachEnrolment, findEnrolment, type ManagedEnrolment } from '../../model/managed-enrolments.js';
import type { Managed, Notice } from '../../model/plan.js';
import type { EnrolmentSuspend, RemovalCause } from '../../model/removal.js';
import type { MoodleEnrolment } from '../../moodle/state.js';
import { withdrawnIds } from '../plan/comebacks.js';
import { notice } from '../plan/notices.js';
import { MADE_BY_PLAN } from '../plan/users.js';
import { judgeRosters, typeOfRole, type Leaving } from './rosters.js';
import { wasTeacher, type Survey } from './survey.js';
import type { Candidates } from './users.js';

interface Leaver {
  readonly ours: ManagedEnrolment;
  readonly row: MoodleEnrolment;
  readonly cause: RemovalCause;
}

/** Of several rows of provenance for one enrolment, the one whose membership is gone. */
function goneOnes({ input: { managed }, kept }: Survey): Map<number, ManagedEnrolment> {
  const ids = new Map<number, ManagedEnrolment>();
  for (const { kind, subject, person = '', moodleId } of kept) {
    if (kind !== 'enrolment') continue;
    const ours = findEnrolment(managed.enrolments, subject, person);
    if (ours?.moodleId === moodleId) ids.set(moodleId, ours);
  }
  return ids;
}

function* allOurs({ merged, enrolments }: Managed): Generator<ManagedEnrolment> {
  yield* merged;
  yield* eachEnrolment(enrolments);
}

/** Whether the person has another account now, and nobody has this one [T25]. */
function isLosers({ users, inUse }: Survey, { person, userid }: ManagedEnrolment): boolean {
  const account = users.accounts.get(person);
  return account !== undefined && account !== MADE_BY_PLAN && account !== userid && !inUse.users.has(userid);
}

/** By the enrolment's Moodle id. */
interface Found {
  readonly gone: ReadonlyMap<number, ManagedEnrolment>;
  readonly losers: ReadonlyMap<number, ManagedEnrolment>;
}

function findOurs(survey: Survey): Found {
  const gone = goneOnes(survey);
  const losers = new Map<number, ManagedEnrolment>();
  for (const one of allOurs(survey.input.managed))
    if (!gone.has(one.moodleId) && isLosers(survey, one)) losers.set(one.moodleId, one);
  return { gone, losers };
}

/** One at a time: when all classes are new, everybody leaves the old ones. */
function* leaversIn({ input: { moodle } }: Survey, { gone, losers }: Found): Generator<Leaver> {
  if (gone.size + losers.size === 0) return;
  for (const row of moodle.enrolments) {
    const ours = gone.get(row.id) ?? losers.get(row.id);
    if (ours?.enrolid !== row.enrolid || ours.userid !== row.userid || row.enrol !== 'manual') continue;
    yield { ours, row, cause: gone.has(row.id) ? 'gone' : 'merged' };
  }
}

/** Why an enrolment stays though the membership is gone; undefined: it may be suspended. */
function objection(
  survey: Survey,
  { ours, row }: Leaver,
  withdrawn: ReadonlySet<number>,
): NoticeCode | undefined {
  if (withdrawn.has(row.id)) return 'withdrawal-undone';
  if (survey.openUsers.has(row.userid)) return 'rematch-open';
  const isGone = !survey.roster.rank.has(ours.person);
  return survey.input.season === 'term' && isGone && wasTeacher(survey, ours.person)
    ? 'teacher-gone'
    : undefined;
}

function* leavingOf(leavers: Iterable<Leaver>): Generator<Leaving> {
  for (const { ours, row, cause } of leavers)
    if (row.status === 0 && cause === 'gone') yield { group: ours.group, type: typeOfRole(ours.role) };
}

/** One notice per class, or per person, with how many enrolments it is about. */
class Reasons {
  readonly #found = new Map<string, { notice: Notice; enrolments: number }>();

  add(code: NoticeCode, kind: 'course' | 'user', subject: string, moodleId: number): void {
    const key = `${code} ${kind} ${subject}`;
    const known = this.#found.get(key);
    if (known !== undefined) known.enrolments += 1;
    else this.#found.set(key, { notice: notice(code, kind, subject, [moodleId]), enrolments: 1 });
  }

  get notices(): Notice[] {
    return [...this.#found.values()].map(({ notice: one, enrolments }) => ({ ...one, enrolments }));
  }
}

/** Who might be suspended in a course. A class that is gone, or emptied, keeps whom it had. */
export function planEnrolmentSuspensions(survey: Survey): Candidates<EnrolmentSuspend> {
  const withdrawn = withdrawnIds(survey.input.withdrawn, 'enrolment');
  const found = findOurs(survey);
  const rosters = judgeRosters(survey, leavingOf(leaversIn(survey, found)));
  const reasons = new Reasons();
  const changes: Omit<EnrolmentSuspend, 'seq'>[] = [];
  let already = 0;
  for (const leaver of leaversIn(survey, found)) {
    const { ours, row, cause } = leaver;
    const code = objection(survey, leaver, withdrawn);
    if (row.status !== 0) already += withdrawn.has(row.id) ? 1 : 0;
    else if (cause === 'gone' && rosters.stands(ours.group, typeOfRole(ours.role)))
      reasons.add('roster-kept', 'course', ours.group, row.courseid);
    else if (code !== undefined) reasons.add(code, 'user', ours.person, row.userid);
    else
      changes.push({
        kind: 'enrolment',
        operation: 'suspend',
        group: ours.group,
        person: ours.person,
        moodleId: row.id,
        enrolid: row.enrolid,
        userId: row.userid,
        courseId: row.courseid,
        cause,
      });
  }
  return { changes, notices: reasons.notices, already };
}
