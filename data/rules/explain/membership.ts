/** Why somebody is, or is not, in a class and its course: source or rule, option or override, plan and what became of it. */
import type { ResultReason } from '../../model/notice-codes.js';
import type { Change, ChangeState, Notice, OwnRow } from '../../model/plan.js';
import type { ProvisioningOption, SchoolSettings } from '../../model/settings.js';
import {
  KEY_SEPARATOR,
  type GroupRecord,
  type PersonRecord,
  type Provenance,
  type PlacedSnapshot,
} from '../../model/snapshot.js';
import type { FillInput, FilledMembership } from '../group-provisioning/fill-classes.js';
import type { RuleInForce, RuleOrigin } from '../group-provisioning/rules-in-force.js';
import { groupTypeSettings, judgeClass, type Provisioning, type ProvisioningCause } from '../provisioning.js';
import { personName } from './subjects.js';
import { whyNot, type Unmet } from './why-not.js';

/** A change of a plan with what became of it. */
export interface KnownChange {
  readonly change: Change;
  readonly state: ChangeState;
  readonly reason: ResultReason | null;
}

/** What is known of somebody's or something's way into Moodle, from the newest plan and from provenance. */
export interface PlanFacts {
  readonly planId: number;
  readonly snapshotId: number;
  readonly changes: readonly KnownChange[];
  readonly notices: readonly Notice[];
}

export interface ExplainFacts {
  readonly snapshot: PlacedSnapshot;
  /** With KnowledgeNET's rules. */
  readonly settings: SchoolSettings;
  readonly fill: FillInput<RuleInForce>;
  readonly filled: readonly FilledMembership<RuleInForce>[];
  readonly plan: PlanFacts | null;
  readonly own: readonly OwnRow[];
}

export interface RuleName {
  readonly name: string;
  readonly origin: RuleOrigin;
}

/** Where a membership comes from. */
export type MembershipSource =
  | { readonly by: 'source'; readonly place: Provenance | null }
  | { readonly by: 'rules'; readonly rules: readonly RuleName[] }
  | {
      readonly by: 'nobody';
      /** Where the person stands in the source: that row does not name the class. */
      readonly place: Provenance | null;
      /** Rules of this class, and what keeps each from meaning the person. */
      readonly rules: readonly (RuleName & { readonly unmet: Unmet })[];
    };

/** What decides whether the class has a course. */
export interface CourseExplanation {
  readonly provisioning: Provisioning;
  readonly cause: ProvisioningCause;
  readonly option: ProvisioningOption;
  /** Rules that gather its members in a super-class. */
  readonly rules: readonly RuleName[];
  readonly place: Provenance | null;
  readonly moodleId: number | null;
  /** The plan that made or linked it. */
  readonly byPlan: number | null;
}

/**
 * enrolled: by us. planned: the newest plan makes it. not-done: a notice or a conflict says why. right-already: it was
 * in Moodle. no-plan: nothing was planned from this reading. none: there is no reason to enrol.
 */
export type EnrolmentState = 'enrolled' | 'planned' | 'not-done' | 'right-already' | 'no-plan' | 'none';

export interface EnrolmentExplanation {
  readonly state: EnrolmentState;
  /** The plan that did or would do it. */
  readonly planId: number | null;
  readonly seq: number | null;
  readonly reasons: readonly ResultReason[];
}

export interface MembershipExplanation {
  readonly person: string;
  readonly personName: string;
  readonly class: string;
  readonly className: string;
  readonly groupType: string;
  readonly source: MembershipSource;
  readonly course: CourseExplanation;
  readonly enrolment: EnrolmentExplanation;
}

/** Notices by which enrolments wait. */
const waiting: ReadonlySet<ResultReason> = new Set([
  'person-missing',
  'person-disabled',
  'course-missing',
  'code-reused',
  'no-manual-enrolment',
] satisfies ResultReason[]);

function nameOf({ name, origin }: RuleInForce): RuleName {
  return { name, origin };
}

/** Answers many questions about one reading; what is looked up often is looked up once. */
export class Explainer {
  readonly #facts: ExplainFacts;
  readonly #persons: ReadonlyMap<string, PersonRecord>;
  readonly #groups: ReadonlyMap<string, GroupRecord>;
  readonly #source: ReadonlySet<string>;
  readonly #filled: ReadonlyMap<string, readonly RuleInForce[]>;

  constructor(facts: ExplainFacts) {
    const { records } = facts.snapshot;
    this.#facts = facts;
    this.#persons = new Map(records.person.map((one) => [one.externalId, one]));
    this.#groups = new Map(records.group.map((one) => [one.externalId, one]));
    this.#source = new Set(records.membership.map(({ group, person }) => group + KEY_SEPARATOR + person));
    this.#filled = new Map(
      facts.filled.map(({ group, person, rules }) => [group + KEY_SEPARATOR + person, rules]),
    );
  }

  person(externalId: string): PersonRecord | undefined {
    return this.#persons.get(externalId);
  }

  group(externalId: string): GroupRecord | undefined {
    return this.#groups.get(externalId);
  }

  place(kind: 'person' | 'group', externalId: string): Provenance | null {
    return this.#facts.snapshot.provenance[kind].get(externalId) ?? null;
  }

  /** Classes of a person: KnowledgeNET's and the rules'. */
  classesOf(person: string): string[] {
    const all = [...this.#facts.snapshot.records.membership, ...this.#facts.filled];
    return [...new Set(all.filter((one) => one.person === person).map(({ group }) => group))].sort();
  }

  /** Members of a class: KnowledgeNET's and the rules'. */
  membersOf(group: string): string[] {
    const all = [...this.#facts.snapshot.records.membership, ...this.#facts.filled];
    return [...new Set(all.filter((one) => one.group === group).map(({ person }) => person))].sort();
  }

  #isMember(group: string, person: string): boolean {
    const key = group + KEY_SEPARATOR + person;
    return this.#source.has(key) || this.#filled.has(key);
  }

  #sourceOf(group: string, person: string): MembershipSource {
    const key = group + KEY_SEPARATOR + person;
    const { snapshot, fill } = this.#facts;
    if (this.#source.has(key))
      return { by: 'source', place: snapshot.provenance.membership.get(key) ?? this.place('person', person) };
    const rules = this.#filled.get(key);
    if (rules !== undefined) return { by: 'rules', rules: rules.map(nameOf) };
    const record = this.#persons.get(person);
    const unmet = fill.rules
      .filter(({ target }) => target === group && record !== undefined)
      .map((rule) => ({
        ...nameOf(rule),
        unmet: whyNot(rule, record!, (code) => this.#isMember(code, person), fill),
      }));
    return { by: 'nobody', place: this.place('person', person), rules: unmet };
  }

  /** What decides about a class's course. */
  course(group: string): CourseExplanation {
    const { settings, fill, own } = this.#facts;
    const record = this.#groups.get(group) ?? { externalId: group };
    const type = groupTypeSettings(record.groupType, settings);
    const row = own.find((one) => one.kind === 'course' && one.externalId === group);
    const parts = fill.rules.filter(
      ({ memberOf, provisionMembers }) => provisionMembers === false && memberOf?.includes(group) === true,
    );
    return {
      ...judgeClass(record, type, settings),
      option: type.provisioning,
      rules: parts.map(nameOf),
      place: this.place('group', group),
      moodleId: row?.moodleId ?? null,
      byPlan: row?.planId ?? null,
    };
  }

  /** What keeps an enrolment back: its own notice, or that person or class wait, with all that is said about these. */
  #notices(group: string, person: string): Notice[] {
    const all = this.#facts.plan?.notices ?? [];
    const about = (kind: Notice['kind'], subject: string): Notice[] => {
      const said = all.filter((one) => one.kind === kind && one.subject === subject);
      return said.some(({ code }) => waiting.has(code)) ? said : [];
    };
    const own = all.filter(
      (one) => one.kind === 'enrolment' && one.subject === group && one.person === person,
    );
    return [...own, ...about('user', person), ...about('course', group)];
  }

  #enrolmentOf(group: string, person: string, wanted: boolean): EnrolmentExplanation {
    const { plan, own } = this.#facts;
    const nothing = { planId: null, seq: null, reasons: [] };
    const planned = plan?.changes.find(
      ({ change }) => change.kind === 'enrolment' && change.group === group && change.person === person,
    );
    const row = own.find(
      (one) => one.kind === 'enrolment' && one.externalId === group && one.secondId === person,
    );
    if (planned !== undefined && planned.state !== 'applied') {
      const { state, reason, change } = planned;
      const states = { pending: 'planned', satisfied: 'right-already', conflict: 'not-done' } as const;
      const reasons = reason === null ? [] : [reason];
      return { state: states[state], planId: plan!.planId, seq: change.seq, reasons };
    }
    const reasons = wanted ? this.#notices(group, person).map(({ code }) => code) : [];
    if (row !== undefined)
      return { state: 'enrolled', planId: row.planId, seq: planned?.change.seq ?? null, reasons };
    if (!wanted) return { ...nothing, state: 'none' };
    if (plan === null) return { ...nothing, state: 'no-plan' };
    if (reasons.length > 0) return { state: 'not-done', planId: plan.planId, seq: null, reasons };
    return { ...nothing, state: 'right-already', planId: plan.planId };
  }

  /** Why this person is, or is not, in this class and its course. */
  membership(person: string, group: string): MembershipExplanation {
    const record = this.#groups.get(group);
    const member = this.#persons.get(person);
    const source = this.#sourceOf(group, person);
    const course = this.course(group);
    const wanted = source.by !== 'nobody' && course.provisioning === 'provisioned';
    return {
      person,
      personName: member === undefined ? '' : personName(member),
      class: group,
      className: record?.name ?? '',
      groupType: record?.groupType ?? '',
      source,
      course,
      enrolment: this.#enrolmentOf(group, person, wanted),
    };
  }
}
