/**
 * (what an ordinary plan follows from, what is withdrawn, season) → what is suspended and hidden. docs/removals.md says
 * every rule.
 */
import type { Kept, Plan, PlanCounts } from '../../model/plan.js';
import type { Withdrawal } from '../../model/removal.js';
import type { SchoolSettings } from '../../model/settings.js';
import { countAll } from '../plan/make-plan.js';
import { orderNotices } from '../plan/notices.js';
import { compareKeys, sortedBy } from '../plan/order.js';
import { planHiding } from './courses.js';
import { planEnrolmentSuspensions } from './enrolments.js';
import { surveySchool, type RemovalInput } from './survey.js';
import { planSuspensions, type Candidates } from './users.js';

type Draft = Withdrawal extends infer W ? (W extends Withdrawal ? Omit<W, 'seq'> : never) : never;

function keysOf(draft: Draft): readonly string[] {
  return draft.kind === 'enrolment' ? [draft.group, draft.person] : [draft.externalId];
}

/** Which types the administrator allows to be withdrawn. */
export function allowedTypes({
  deletion,
}: Pick<SchoolSettings, 'deletion'>): Readonly<Record<Withdrawal['kind'], boolean>> {
  return {
    user: deletion.users,
    course: deletion.courses !== "don't-delete",
    enrolment: deletion.enrolments,
  };
}

function number(drafts: readonly Draft[]): Withdrawal[] {
  return drafts.map((draft, at) => ({ ...draft, seq: at + 1 }));
}

function keyOfKept({ kind, moodleId }: Kept | Draft): string {
  return `${kind} ${moodleId}`;
}

/**
 * Computes what is withdrawn from what KN no longer has. Pure, and mild: accounts and enrolments are suspended, courses
 * hidden; only rows that are ours by id and natural key, and only of types that the settings allow.
 */
export function makeRemovalPlan(input: RemovalInput): Plan<Withdrawal> {
  const survey = surveySchool(input);
  const allowed = allowedTypes(input.settings);
  const found = {
    user: planSuspensions(survey),
    course: planHiding(survey),
    enrolment: planEnrolmentSuspensions(survey),
  } as const satisfies Record<Withdrawal['kind'], Candidates<Withdrawal>>;
  const kinds = ['user', 'course', 'enrolment'] as const;
  const drafts = kinds
    .filter((kind) => allowed[kind])
    .flatMap((kind) => [...found[kind].changes].sort((a, b) => compareKeys(keysOf(a), keysOf(b))));
  const changing = new Set(drafts.map(keyOfKept));
  const plan = {
    changes: number(drafts),
    notices: orderNotices(kinds.flatMap((kind) => found[kind].notices)),
    kept: survey.kept.filter((one) => !changing.has(keyOfKept(one))),
    proposals: [],
    reusedCodes: [],
    satisfied: 0,
  };
  const more = kinds.flatMap((kind) => [
    [`allowable.${kind}`, allowed[kind] ? 0 : found[kind].changes.length] as const,
    [`withdrawn.${kind}`, found[kind].already] as const,
  ]);
  const counts: PlanCounts = Object.fromEntries(
    sortedBy(
      [...Object.entries(countAll(plan, input.managed)), ...more.filter(([, count]) => count > 0)],
      ([name]) => [name],
    ),
  );
  return { ...plan, counts };
}
