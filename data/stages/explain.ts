/** journal → explanation of one person or class: reads what is known of it, lets the pure rules say why. */
import {
  selectChangesAbout,
  selectLatestPlanOf,
  selectManagedAbout,
  selectManagedCourses,
} from '../journal/about.js';
import type { Journal } from '../journal/journal.js';
import { selectLastOpeningAbout } from '../journal/openings.js';
import { selectPlanItems } from '../journal/plan-items.js';
import { countStates, selectPlanHeader } from '../journal/plans.js';
import { selectDecisions, selectRun } from '../journal/runs.js';
import { readPlacedSnapshot } from '../journal/snapshots.js';
import { selectSettings } from '../journal/settings.js';
import { RolloverError } from '../model/errors.js';
import type { Notice, OwnRow } from '../model/plan.js';
import type { GroupRecord, PersonRecord, PlacedSnapshot, Provenance } from '../model/snapshot.js';
import {
  Explainer,
  type CourseExplanation,
  type KnownChange,
  type MembershipExplanation,
  type PlanFacts,
} from '../rules/explain/membership.js';
import { findSubjects, type Subject } from '../rules/explain/subjects.js';
import { fillRead, type Filling } from './class-rules.js';
import { settingsInForce } from './settings-in-force.js';

/** A plan, the run it belongs to, and who approved it. */
export interface PlanStory {
  readonly planId: number;
  readonly snapshotId: number;
  readonly runId: number | null;
  /** Null: nobody has approved it. */
  readonly approved: { readonly by: string; readonly at: string; readonly comment: string | null } | null;
  /** Small enough to be applied in mode Enabled without anybody having been asked. */
  readonly unattended: boolean;
  /** Account that began the run, or `schedule`. */
  readonly startedBy: string | null;
}

export interface Explanation {
  readonly snapshotId: number;
  /** 0: the defaults, nobody has set anything. */
  readonly settingsVersion: number;
  readonly subject: Subject;
  /** Null for a class. */
  readonly person: PersonRecord | null;
  /** Null for a person. */
  readonly group: GroupRecord | null;
  readonly place: Provenance | null;
  /** Classes: what decides about its course. */
  readonly course: CourseExplanation | null;
  /** Its account or course in Moodle, if that is ours. */
  readonly own: OwnRow | null;
  /** Changes of the newest plan about the account or course itself. */
  readonly changes: readonly KnownChange[];
  readonly notices: readonly Notice[];
  readonly memberships: readonly MembershipExplanation[];
  /** Every plan that is named above. */
  readonly plans: readonly PlanStory[];
}

async function planFacts(
  journal: Journal,
  snapshotId: number,
  externalId: string,
): Promise<PlanFacts | null> {
  const planId = await selectLatestPlanOf(journal, snapshotId);
  if (planId === null) return null;
  return {
    planId,
    snapshotId,
    changes: await selectChangesAbout(journal, planId, externalId),
    notices: await selectPlanItems(journal, planId, 'notice'),
  };
}

/** Runs and approvals of plans. One that is kept no longer has none. */
export async function planStories(journal: Journal, planIds: readonly number[]): Promise<PlanStory[]> {
  const stories: PlanStory[] = [];
  for (const planId of planIds) {
    try {
      stories.push(await planStory(journal, planId));
    } catch (error) {
      if (!(error instanceof RolloverError && error.code === 'PlanNotFound')) throw error;
    }
  }
  return stories;
}

/** Begun to be applied, and never shown at a gate. */
async function isUnattended(journal: Journal, planId: number): Promise<boolean> {
  if ((await selectLastOpeningAbout(journal, { kind: 'plan', id: planId })) !== null) return false;
  const { applied, satisfied, conflict } = await countStates(journal, planId);
  return applied + satisfied + conflict > 0;
}

async function planStory(journal: Journal, planId: number): Promise<PlanStory> {
  const { runId, snapshotId, hash } = await selectPlanHeader(journal, planId);
  const run = runId === null ? null : await selectRun(journal, runId);
  const decisions = run === null ? [] : await selectDecisions(journal, run.workflowId);
  const approval = decisions.find(
    (one) =>
      one.gate === 'plan' &&
      one.verdict === 'approve' &&
      one.hash === hash &&
      one.outcome.startsWith('accepted'),
  );
  return {
    planId,
    snapshotId,
    runId,
    startedBy: run?.startedBy ?? null,
    unattended: run !== null && approval === undefined && (await isUnattended(journal, planId)),
    approved:
      approval === undefined
        ? null
        : { by: approval.account, at: approval.decidedAt, comment: approval.comment },
  };
}

function plansIn(
  plan: PlanFacts | null,
  own: OwnRow | null,
  course: CourseExplanation | null,
  memberships: readonly MembershipExplanation[],
): number[] {
  const ids = [
    plan?.planId,
    own?.planId,
    course?.byPlan,
    ...memberships.flatMap((one) => [one.enrolment.planId, one.course.byPlan]),
  ];
  return [...new Set(ids.flatMap((id) => id ?? []))].sort((a, b) => a - b);
}

/** A reading with what rules make of it, to be asked about several subjects. */
export interface Readings {
  readonly snapshotId: number;
  readonly snapshot: PlacedSnapshot;
  readonly filling: Filling;
}

export async function openReading(journal: Journal, snapshotId: number): Promise<Readings> {
  const snapshot = await readPlacedSnapshot(journal, snapshotId);
  return { snapshotId, snapshot, filling: await fillRead(journal, { snapshotId, snapshot }) };
}

/** Whom the words may mean in a reading. */
export function subjectsOf({ snapshot }: Readings, words: string): Subject[] {
  return findSubjects(snapshot.records, words);
}

/**
 * Explains one person or class. `among`: only the membership with this class (of a person) or person (of a class),
 * also if there is none.
 */
export async function explainSubject(
  journal: Journal,
  { snapshotId, snapshot, filling }: Readings,
  subject: Subject,
  among?: string,
): Promise<Explanation> {
  const { externalId, kind } = subject;
  const { settings } = await settingsInForce(journal);
  const plan = await planFacts(journal, snapshotId, externalId);
  const own = await selectManagedAbout(journal, externalId);
  const courses =
    kind === 'class' ? [] : await selectManagedCourses(journal, classesIn(filling, externalId, among));
  const explainer = new Explainer({
    snapshot,
    settings: { ...settings, groupProvisioning: filling.input.rules },
    fill: filling.input,
    filled: filling.memberships,
    plan,
    own: [...own, ...courses],
  });
  const others = kind === 'person' ? explainer.classesOf(externalId) : explainer.membersOf(externalId);
  const memberships = (among === undefined ? others : [among]).map((other) =>
    kind === 'person' ? explainer.membership(externalId, other) : explainer.membership(other, externalId),
  );
  const itself = own.find((one) => one.kind !== 'enrolment' && one.kind === rowKind(kind)) ?? null;
  const course = kind === 'class' ? explainer.course(externalId) : null;
  return {
    snapshotId,
    settingsVersion: (await selectSettings(journal))?.version ?? 0,
    subject,
    person: explainer.person(externalId) ?? null,
    group: kind === 'class' ? (explainer.group(externalId) ?? null) : null,
    place: explainer.place(kind === 'person' ? 'person' : 'group', externalId),
    course,
    own: itself,
    changes: (plan?.changes ?? []).filter(({ change }) => change.kind === rowKind(kind)),
    notices: (plan?.notices ?? []).filter((one) => one.kind === rowKind(kind) && one.subject === externalId),
    memberships,
    plans: await planStories(journal, plansIn(plan, itself, course, memberships)),
  };
}

function rowKind(kind: Subject['kind']): 'user' | 'course' {
  return kind === 'person' ? 'user' : 'course';
}

function classesIn({ input, memberships }: Filling, person: string, among: string | undefined): string[] {
  if (among !== undefined) return [among];
  const all = [...input.snapshot.records.membership, ...memberships];
  return [...new Set(all.flatMap((one) => (one.person === person ? [one.group] : [])))];
}
