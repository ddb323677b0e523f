/** Why somebody is, or is not, where they are: an explanation in sentences. Pure. */
import { reasonMeanings, type ResultReason } from '../../data/model/notice-codes.js';
import type { Provenance } from '../../data/model/snapshot.js';
import type {
  CourseExplanation,
  EnrolmentExplanation,
  MembershipExplanation,
  MembershipSource,
  RuleName,
} from '../../data/rules/explain/membership.js';
import type { Subject } from '../../data/rules/explain/subjects.js';
import type { Unmet } from '../../data/rules/explain/why-not.js';
import type { Explanation, PlanStory } from '../../data/stages/explain.js';
import { printable, when } from './format.js';
import { ruleOwners } from './rules.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';

function placeWords(place: Provenance | null): string {
  return place === null ? 'a row that is not noted' : `${place.sheet} row ${place.row}`;
}

function ruleWords({ name, origin }: RuleName): string {
  return `rule "${name}" of ${origin === 'settings' ? 'the settings' : ruleOwners.knowledgenet}`;
}

const unmetWords: Readonly<Record<Unmet, string>> = {
  'user-type': 'is about another user type',
  'year-level': 'asks for another year level',
  'not-a-member': 'asks for a member of classes that the person is not in',
  'not-new': 'is only about people who are new since the reading that was applied last',
  circle: 'is part of a circle of rules and is not evaluated',
};

/** Where a membership comes from. */
export function describeSource(source: MembershipSource): string {
  switch (source.by) {
    case 'source':
      return `in KnowledgeNET: ${placeWords(source.place)}`;
    case 'rules':
      return `not in KnowledgeNET, but by ${source.rules.map(ruleWords).join(' and ')}`;
    case 'nobody': {
      const where =
        source.place === null
          ? "KnowledgeNET's reading does not name it"
          : `${placeWords(source.place)} does not name it`;
      const rules = source.rules.map((rule) => `${ruleWords(rule)} ${unmetWords[rule.unmet]}`);
      return ['not a member: ' + where, ...rules].join('; ');
    }
  }
}

/** Whether the class has a course, and what decided. */
export function describeCourse({ provisioning, cause, option, rules, place }: CourseExplanation): string {
  const yes = provisioning === 'provisioned';
  switch (cause) {
    case 'always-disabled':
      return 'no course: its group type is always disabled, which nothing overrides';
    case 'settings-override':
      return yes
        ? 'a course: enabled for this class in the settings'
        : 'no course: disabled for this class in the settings';
    case 'source-override':
      return `${yes ? 'a course: enabled' : 'no course: disabled'} for this class in KnowledgeNET (${placeWords(place)})`;
    case 'part-of-super-class':
      return `no course of its own: ${rules.map(ruleWords).join(' and ')} gathers its members elsewhere`;
    case 'option':
      return yes
        ? `a course: its group type's option is ${option}`
        : `no course: its group type's option is ${option}, and nothing enables this class`;
    case 'origin':
      if (provisioning === 'origin-unknown')
        return `undecided: the option ${option} asks whether the SMS made the class, and nothing tells`;
      return yes
        ? `a course: the option is ${option}, and it is such a class`
        : `no course: the option is ${option}, and it is not such a class`;
  }
}

function reasonWords(reasons: readonly ResultReason[]): string {
  return reasons.map((reason) => reasonMeanings[reason]).join(' ');
}

function approvalWords({ approved, unattended, startedBy }: PlanStory): string {
  if (approved !== null)
    return (
      `approved by ${approved.by} ${when(approved.at)}` +
      (approved.comment === null ? '' : `: "${printable(approved.comment)}"`)
    );
  if (!unattended) return 'no decision noted';
  return startedBy === 'schedule' ? 'applied unattended by the schedule' : 'applied unattended';
}

/** Plan, run and approval, in brackets. */
export function storyWords(planId: number | null, plans: readonly PlanStory[]): string {
  const story = plans.find((one) => one.planId === planId);
  if (story === undefined) return planId === null ? 'no plan' : `plan ${planId}, which is kept no longer`;
  const run = story.runId === null ? 'a dry run' : `run ${story.runId}`;
  return `plan ${story.planId} (${run}, ${approvalWords(story)})`;
}

/** Names a plan, and tells its story where it is named for the first time. */
type NamePlan = (planId: number | null) => string;

function tellOnce(plans: readonly PlanStory[]): NamePlan {
  const told = new Set<number>();
  return (planId) => {
    if (planId === null || !told.has(planId)) {
      if (planId !== null) told.add(planId);
      return storyWords(planId, plans);
    }
    return `plan ${planId}`;
  };
}

function describeEnrolment(enrolment: EnrolmentExplanation, namePlan: NamePlan): string {
  const { state, planId, seq, reasons } = enrolment;
  if (state === 'no-plan') return 'to be enrolled: nothing is planned from this reading yet';
  if (state === 'none') return 'not enrolled by us';
  const by = namePlan(planId);
  const said = reasons.length === 0 ? '' : ` ${reasonWords(reasons)}`;
  switch (state) {
    case 'enrolled':
      return `enrolled by ${by}.${said}`;
    case 'planned':
      return `to be enrolled: change ${seq ?? ''} of ${by}`;
    case 'not-done':
      return `held or refused in ${by}:${said}`;
    case 'right-already':
      return `enrolled before, not by us, as ${by} found`;
  }
}

function membershipLines(
  one: MembershipExplanation,
  subject: Subject,
  namePlan: NamePlan,
  style: Style,
): string {
  const head =
    subject.kind === 'person'
      ? `${style.bold(printable(one.class))}  ${printable([one.className, one.groupType].filter((word) => word !== '').join(', '))}`
      : `${style.bold(printable(one.person))}  ${printable(one.personName)}`;
  const course =
    subject.kind === 'person'
      ? [
          `  Course     ${describeCourse(one.course)}${madeBy(one.course.moodleId, one.course.byPlan, namePlan)}`,
        ]
      : [];
  return [
    head,
    `  Member     ${printable(describeSource(one.source))}`,
    ...course,
    `  Enrolment  ${describeEnrolment(one.enrolment, namePlan)}`,
  ].join('\n');
}

function madeBy(moodleId: number | null, planId: number | null, namePlan: NamePlan): string {
  return moodleId === null ? '' : `; Moodle's number ${moodleId}, by ${namePlan(planId)}`;
}

function headline({ subject, person, group, place }: Explanation, style: Style): string {
  const words =
    person === null
      ? [group?.name, group?.groupType]
      : [
          subject.name,
          person.type,
          person.yearLevel === undefined ? undefined : `year ${person.yearLevel}`,
          person.disabled === true ? 'disabled in KnowledgeNET' : undefined,
        ];
  const text = words.filter((word) => word !== undefined && word !== '').join(', ');
  const where = person === null && group === null ? 'not in this reading' : placeWords(place);
  return `${style.bold(printable(subject.externalId))}  ${printable(text)}  (${where})`;
}

function ownLine({ own, subject, changes, notices }: Explanation, namePlan: NamePlan): string[] {
  const what = subject.kind === 'person' ? 'Account' : 'Course';
  const lines =
    own === null
      ? []
      : [`${what}: Moodle's number ${own.moodleId}, ${own.origin} by ${namePlan(own.planId)}`];
  const waiting = changes
    .filter(({ state }) => state !== 'applied')
    .map(
      ({ change, state, reason }) =>
        `${what}: change ${change.seq} of the newest plan, ${change.operation}, ${state}` +
        (reason === null ? '' : `: ${reasonMeanings[reason]}`),
    );
  const said = notices.map(({ code }) => `${what}: ${reasonMeanings[code]}`);
  const all = [...lines, ...waiting, ...said];
  return all.length === 0 ? [`${what}: nothing of ours in Moodle.`] : all;
}

/** The whole explanation. */
export function renderExplanation(explanation: Explanation, style: Style): string {
  const { snapshotId, settingsVersion, subject, course, memberships, plans } = explanation;
  const settings = settingsVersion === 0 ? 'the default settings' : `settings version ${settingsVersion}`;
  const namePlan = tellOnce(plans);
  return [
    [
      headline(explanation, style),
      style.dim(`By snapshot ${snapshotId} and ${settings}`),
      ...ownLine(explanation, namePlan),
      ...(course === null ? [] : [`Provisioning: ${describeCourse(course)}`]),
    ].join('\n'),
    memberships.length === 0
      ? subject.kind === 'person'
        ? 'In no class.'
        : 'Nobody is in it.'
      : memberships.map((one) => membershipLines(one, subject, namePlan, style)).join('\n\n'),
  ].join('\n\n');
}

/** Several who may be meant. */
export function renderCandidates(subjects: readonly Subject[]): string {
  return renderTable(
    [{ title: 'External ID' }, { title: '' }, { title: 'name' }],
    subjects.map(({ externalId, kind, name }) => [externalId, kind, name]),
  );
}
