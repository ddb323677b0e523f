/** (snapshot, settings, Moodle as read, provenance, answers) → plan. docs/planning.md says every rule. */
import { countEnrolments } from '../../model/managed-enrolments.js';
import type {
  ChangeDraft,
  LinkProposal,
  Managed,
  Plan,
  PlanCounts,
  ProvisioningChange,
} from '../../model/plan.js';
import { fillClasses } from '../group-provisioning/fill-classes.js';
import { planReactivations, planShownCourses } from './comebacks.js';
import { planCourses, type PlannedCourse } from './courses.js';
import { planEnrolments } from './enrolments.js';
import { holdUndone } from './hold-undone.js';
import { listKept, type InUse } from './kept.js';
import { orderNotices } from './notices.js';
import { isIdChange } from './open-questions.js';
import { sortedBy } from './order.js';
import type { MakePlan, PlanInput } from './plan-input.js';
import { buildRoster } from './roster.js';
import { planUsers } from './users.js';
import { unknownClassNotices } from './rule-notices.js';
import { waitingNotices } from './waiting-persons.js';

/** Numbers and uses up what was drafted: a district's half a million drafts need not stand beside their changes. */
function number(drafts: ChangeDraft[]): ProvisioningChange[] {
  const changes: ProvisioningChange[] = [];
  drafts.reverse();
  for (let draft = drafts.pop(); draft !== undefined; draft = drafts.pop())
    changes.push({ ...draft, seq: changes.length + 1 });
  return changes;
}

export function countAll(plan: Omit<Plan, 'counts'>, managed: Managed): PlanCounts {
  const counts = new Map<string, number>();
  const add = (name: string, count = 1): void => {
    if (count > 0) counts.set(name, (counts.get(name) ?? 0) + count);
  };
  for (const { kind, operation } of plan.changes) add(`${kind}.${operation}`);
  for (const { level, enrolments } of plan.notices) {
    add(`notice.${level}`);
    // what is left as Moodle has it waits for nobody
    if (level !== 'drift') add('held.enrolment', enrolments ?? 0);
  }
  for (const { kind } of plan.kept) add(`kept.${kind}`);
  for (const { kind } of plan.proposals) add(`proposal.${kind}`);
  add('reused', plan.reusedCodes.length);
  add('id-change', plan.proposals.filter(isIdChange).length);
  add('managed.user', managed.users.size);
  add('managed.course', managed.courses.size);
  add('managed.enrolment', countEnrolments(managed.enrolments));
  return Object.fromEntries(sortedBy(counts, ([name]) => [name]));
}

function orderProposals(proposals: readonly LinkProposal[]): LinkProposal[] {
  return sortedBy(proposals, ({ kind, externalId, moodleId }) => [
    kind === 'user' ? 0 : 1,
    externalId,
    moodleId,
  ]);
}

/** Which Moodle rows belong to persons and classes that KN has. */
export function rowsInUse(
  accounts: ReadonlyMap<string, number>,
  courses: ReadonlyMap<string, PlannedCourse | null>,
): InUse {
  const used: [number, string][] = [];
  for (const [group, course] of courses) if (course !== null) used.push([course.id, group]);
  return {
    users: new Map([...accounts].map(([person, id]) => [id, person])),
    courses: new Map(used),
  };
}

interface Drafted extends Omit<Plan, 'changes' | 'counts'> {
  /** Categories, users, courses, enrolments: the order in which each finds what it needs. */
  readonly drafts: ChangeDraft[];
}

function draftPlan(input: PlanInput): Drafted {
  const filled = fillClasses({ ...input, rules: input.settings.groupProvisioning ?? [] });
  const roster = buildRoster(input.snapshot, filled.memberships);
  const users = planUsers(input, roster);
  const courses = planCourses(input, roster, users.accounts);
  const enrolments = planEnrolments(input, roster, users.accounts, courses);
  const reactivated = planReactivations(input, users);
  const shown = planShownCourses(input, courses.courses);
  const of = (kind: 'category' | 'course'): ChangeDraft[] =>
    courses.changes.filter((change) => change.kind === kind);
  const wanted = [
    ...of('category'),
    ...users.changes,
    ...reactivated,
    ...of('course'),
    ...shown.changes,
    ...enrolments.changes,
    ...enrolments.reactivations,
  ];
  const unheld = holdUndone(wanted, input.undone ?? []);
  return {
    drafts: unheld.changes,
    notices: orderNotices([
      ...unheld.notices,
      ...users.notices,
      ...courses.notices,
      ...shown.notices,
      ...enrolments.notices,
      ...unknownClassNotices(filled.unknown),
      ...waitingNotices(input, roster, enrolments.waiting),
    ]),
    kept: listKept(input, roster, rowsInUse(users.accounts, courses.courses)),
    proposals: orderProposals([...users.proposals, ...courses.proposals]),
    reusedCodes: sortedBy(courses.reusedCodes, ({ group }) => [group]),
    satisfied: enrolments.satisfied,
  };
}

/**
 * Computes the plan. Pure: no clock, no connection, no chance; the order of rows in snapshot and Moodle does not
 * matter. Nothing that it plans takes anything away; what was taken away and is back in KN comes back.
 */
export const makePlan: MakePlan = (input: PlanInput): Plan<ProvisioningChange> => {
  const { drafts, ...rest } = draftPlan(input);
  const plan = { changes: number(drafts), ...rest };
  return { ...plan, counts: countAll(plan, input.managed) };
};
