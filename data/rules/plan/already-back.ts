/**
 * What we suspended or hid and somebody has activated or shown again in Moodle, while KN has it again, too: nothing is
 * withdrawn any more. Once that is forgotten, whoever leaves later leaves like anybody else. Pure.
 */
import type { Withdrawn } from '../../model/removal.js';
import type { MoodleEnrolment } from '../../moodle/state.js';
import { surveySchool, type Survey } from '../removals/survey.js';
import type { PlanInput } from './plan-input.js';
import { isMember } from './roster.js';

/** Those whose Moodle row is active or visible. */
function standing({ moodle, withdrawn = [] }: PlanInput): Withdrawn[] {
  if (withdrawn.length === 0) return [];
  const ids = {
    user: new Set(moodle.users.flatMap(({ id, suspended }) => (suspended ? [] : [id]))),
    course: new Set(moodle.courses.flatMap(({ id, visible }) => (visible ? [id] : []))),
    enrolment: new Set(moodle.enrolments.flatMap(({ id, status }) => (status === 0 ? [id] : []))),
  };
  return withdrawn.filter(({ kind, moodleId }) => ids[kind].has(moodleId));
}

/** Whether KN has the very membership whose enrolment this is. */
function hasMembership(
  { roster, users, courses }: Survey,
  { externalId: group, secondId: person }: Withdrawn,
  row: MoodleEnrolment | undefined,
): boolean {
  const course = courses.courses.get(group);
  if (course == null || course.held || !isMember(roster, group, person)) return false;
  return row?.courseid === course.id && users.accounts.get(person) === row.userid;
}

function isInKnowledgeNet(
  survey: Survey,
  one: Withdrawn,
  enrolments: ReadonlyMap<number, MoodleEnrolment>,
): boolean {
  const { users, courses } = survey.inUse;
  switch (one.kind) {
    case 'user':
      return users.has(one.moodleId);
    case 'course': {
      const group = courses.get(one.moodleId);
      return group !== undefined && survey.courses.courses.get(group)?.held === false;
    }
    case 'enrolment':
      return hasMembership(survey, one, enrolments.get(one.moodleId));
  }
}

/** Of what is withdrawn, what is back in KN and in Moodle. */
export function alreadyBack(input: PlanInput): Withdrawn[] {
  const found = standing(input);
  if (found.length === 0) return [];
  // the season decides about removals only
  const survey = surveySchool({ ...input, season: 'term' });
  const ids = new Set(found.flatMap(({ kind, moodleId }) => (kind === 'enrolment' ? [moodleId] : [])));
  const enrolments = new Map(
    input.moodle.enrolments.filter(({ id }) => ids.has(id)).map((row) => [row.id, row]),
  );
  return found.filter((one) => isInKnowledgeNet(survey, one, enrolments));
}
