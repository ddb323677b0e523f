/** Short views of a plan for tests. */
import type { ProvisioningChange, Plan } from '../../../data/model/plan.js';
import type { Withdrawal } from '../../../data/model/removal.js';
import { KEY_SEPARATOR } from '../../../data/model/snapshot.js';
import { makePlan } from '../../../data/rules/plan/make-plan.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { input } from './school.js';

export function planFor(parts: Partial<Omit<PlanInput, 'fold'>>): Plan<ProvisioningChange> {
  return makePlan(input(parts));
}

function keyOf(change: ProvisioningChange | Withdrawal): string {
  switch (change.kind) {
    case 'category':
      return change.path.split(KEY_SEPARATOR).join('/');
    case 'enrolment':
      return `${change.group} ${change.person}${change.operation === 'create' ? ` ${change.role}` : ''}`;
    default:
      return change.externalId;
  }
}

/** "user.create S1" and so on, in order. */
export function steps(plan: Plan<ProvisioningChange> | Plan<Withdrawal>): string[] {
  return plan.changes.map((change) => `${change.kind}.${change.operation} ${keyOf(change)}`);
}

/** "conflict user username-taken S1 5" and so on: level, kind, code, subject, person, Moodle ids. */
export function reasons(plan: Plan): string[] {
  return plan.notices.map(({ level, kind, code, subject, person, moodleIds, enrolments }) =>
    [
      level,
      kind,
      code,
      subject,
      person,
      ...moodleIds,
      enrolments === undefined ? undefined : `(${enrolments})`,
    ]
      .filter((part) => part !== undefined)
      .join(' '),
  );
}

/** "user S1 5 login,email" and so on. */
export function proposed(plan: Plan): string[] {
  return plan.proposals.map(
    ({ kind, externalId, moodleId, evidence }) => `${kind} ${externalId} ${moodleId} ${evidence.join()}`,
  );
}

/** "enrolment 9MAT S1" and so on. */
export function keptThings(plan: Plan): string[] {
  return plan.kept.map(({ kind, subject, person }) => [kind, subject, person].filter(Boolean).join(' '));
}
