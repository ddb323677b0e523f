/**
 * (what removals follow from, what is withdrawn, the settings) → what may be deleted for good. docs/deletion.md says
 * every rule. Nothing is deleted here.
 */
import type { DeletionCandidate, DeletionKept, DeletionReason } from '../../model/deletion.js';
import { findEnrolment } from '../../model/managed-enrolments.js';
import { GRACE_DAYS, type SchoolSettings } from '../../model/settings.js';
import type { Withdrawn } from '../../model/removal.js';
import type { MoodleEnrolment } from '../../moodle/state.js';
import { surveySchool, type RemovalInput, type Survey } from '../removals/survey.js';

/** What Moodle and the journal say beyond what removals follow from. */
export interface DeletionInput extends RemovalInput {
  readonly withdrawn: readonly Withdrawn[];
  /** UTC, as in the journal. */
  readonly now: string;
  /** A person has ended the grace period before its time. */
  readonly graceOver?: boolean;
  readonly keepsGradeHistory: boolean;
  /** Accounts with a role in the whole site or in a category. */
  readonly siteRoles: ReadonlySet<number>;
  /** Enrolments (by id) whose person has roles in the course besides the one that we gave. */
  readonly otherRoles: ReadonlySet<number>;
}

export interface DeletionList {
  readonly items: readonly DeletionCandidate[];
  readonly kept: readonly DeletionKept[];
}

/** Milliseconds of a UTC time as the journal writes it, or in ISO. */
function timeOf(text: string): number {
  const iso = text.replace(' ', 'T');
  return Date.parse(/[zZ]$|[+-]\d\d:\d\d$/.test(iso) ? iso : `${iso}Z`);
}

/** Which types the administrator allows to be deleted for good. */
export function deletableTypes({
  deletion,
}: Pick<SchoolSettings, 'deletion'>): Readonly<Record<Withdrawn['kind'], boolean>> {
  const forGood = deletion.forGood === true;
  return {
    user: forGood && deletion.users,
    course: deletion.courses === 'delete',
    enrolment: forGood && deletion.enrolments,
  };
}

interface Look {
  readonly input: DeletionInput;
  readonly survey: Survey;
  /** `${kind} ${moodleId}` of what is ours, in Moodle, and gone from KN. */
  readonly absent: ReadonlySet<string>;
  readonly enrolments: ReadonlyMap<number, MoodleEnrolment>;
  /** Course id → its manual enrolment methods. */
  readonly methods: ReadonlyMap<number, readonly number[]>;
}

type Verdict =
  DeletionReason | Omit<DeletionCandidate, 'kind' | 'externalId' | 'secondId' | 'moodleId' | 'since'>;

const noEnrolment = { enrolid: 0, userId: 0, courseId: 0 } as const;

function judgeUser({ input, survey, absent }: Look, { externalId, moodleId }: Withdrawn): Verdict {
  const user = survey.usersById.get(moodleId);
  if (user === undefined) return 'gone';
  if (user.siteAccount) return 'site-account';
  const ours = input.managed.users.get(externalId);
  const known =
    ours?.moodleId === moodleId &&
    ours.timecreated === user.timecreated &&
    ours.username === user.username &&
    user.idnumber === externalId &&
    user.local;
  if (ours === undefined || !known) return 'not-ours';
  if (!user.suspended) return 'changed-in-moodle';
  if (!absent.has(`user ${moodleId}`)) return 'in-knowledgenet';
  if (survey.openUsers.has(moodleId)) return 'rematch-open';
  if (input.siteRoles.has(moodleId)) return 'site-role';
  return { naturalKey: user.username, timecreated: user.timecreated, ...noEnrolment };
}

function judgeCourse({ input, survey, absent }: Look, { externalId, moodleId }: Withdrawn): Verdict {
  const course = survey.coursesById.get(moodleId);
  if (course === undefined) return 'gone';
  const ours = input.managed.courses.get(externalId);
  const known =
    ours?.moodleId === moodleId && ours.timecreated === course.timecreated && course.idnumber === externalId;
  if (ours === undefined || !known) return 'not-ours';
  if (course.visible) return 'changed-in-moodle';
  if (!absent.has(`course ${moodleId}`)) return 'in-knowledgenet';
  if (survey.openCourses.has(moodleId)) return 'rematch-open';
  return { naturalKey: course.shortname, timecreated: course.timecreated, ...noEnrolment };
}

/** Why an enrolment that KN no longer has must stay all the same; null: it need not. */
function keepsEnrolment(
  { input, survey, methods }: Look,
  row: MoodleEnrolment,
  group: string,
): DeletionReason | null {
  if (!survey.roster.groupIds.has(group)) return 'class-gone';
  if (survey.openUsers.has(row.userid) || survey.openCourses.has(row.courseid)) return 'rematch-open';
  const own = methods.get(row.courseid) ?? [];
  if (own.length !== 1 || own[0] !== row.enrolid) return 'several-methods';
  if (input.otherRoles.has(row.id)) return 'other-roles';
  return input.keepsGradeHistory ? null : 'grade-history';
}

function judgeEnrolment(look: Look, { externalId: group, secondId: person, moodleId }: Withdrawn): Verdict {
  const row = look.enrolments.get(moodleId);
  if (row === undefined) return 'gone';
  const ours = findEnrolment(look.input.managed.enrolments, group, person);
  const known = ours?.moodleId === moodleId && ours.enrolid === row.enrolid && ours.userid === row.userid;
  if (ours === undefined || !known || row.enrol !== 'manual') return 'not-ours';
  if (row.status === 0) return 'changed-in-moodle';
  if (!look.absent.has(`enrolment ${moodleId}`)) return 'in-knowledgenet';
  const reason = keepsEnrolment(look, row, group);
  if (reason !== null) return reason;
  const { enrolid, userid: userId, courseid: courseId } = row;
  return { naturalKey: ours.role, timecreated: 0, enrolid, userId, courseId };
}

const judges = { user: judgeUser, course: judgeCourse, enrolment: judgeEnrolment } as const;
/** Enrolments first: they need their accounts and courses. */
const order = { enrolment: 0, user: 1, course: 2 } as const;

function lookAround(input: DeletionInput): Look {
  const survey = surveySchool(input);
  const wanted = new Set(input.withdrawn.flatMap((one) => (one.kind === 'enrolment' ? [one.moodleId] : [])));
  const methods = new Map<number, number[]>();
  for (const { id, courseid } of input.moodle.manualInstances)
    methods.set(courseid, [...(methods.get(courseid) ?? []), id]);
  return {
    input,
    survey,
    absent: new Set(survey.kept.map(({ kind, moodleId }) => `${kind} ${moodleId}`)),
    enrolments: new Map(
      input.moodle.enrolments.flatMap((row) => (wanted.has(row.id) ? [[row.id, row] as const] : [])),
    ),
    methods,
  };
}

/** What goes with its account or course is not listed beside it. */
function withoutOwned(items: readonly DeletionCandidate[]): DeletionCandidate[] {
  const going = new Set(items.map(({ kind, moodleId }) => `${kind} ${moodleId}`));
  return items.filter(
    ({ kind, userId, courseId }) =>
      kind !== 'enrolment' || (!going.has(`user ${userId}`) && !going.has(`course ${courseId}`)),
  );
}

/**
 * Lists what may be deleted: withdrawn by us for the whole grace period, of a type that the settings allow, still gone
 * from KN, and still as we left it in Moodle. Everything else that is withdrawn stays, with its reason.
 */
export function listDeletions(input: DeletionInput): DeletionList {
  const look = lookAround(input);
  const allowed = deletableTypes(input.settings);
  const latest = timeOf(input.now) - (input.settings.deletion.graceDays ?? GRACE_DAYS) * 86_400_000;
  const items: DeletionCandidate[] = [];
  const kept: DeletionKept[] = [];
  for (const one of input.withdrawn) {
    const { kind, externalId, secondId, moodleId, since } = one;
    const verdict: Verdict = !allowed[kind]
      ? 'not-allowed'
      : timeOf(since) > latest && input.graceOver !== true
        ? 'in-grace'
        : judges[kind](look, one);
    if (typeof verdict === 'string') kept.push({ kind, externalId, secondId, moodleId, reason: verdict });
    else items.push({ kind, externalId, secondId, moodleId, since, ...verdict });
  }
  const sorted = withoutOwned(items).sort((a, b) => order[a.kind] - order[b.kind] || a.moodleId - b.moodleId);
  return { items: sorted, kept };
}
