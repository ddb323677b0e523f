/** Notices, kept things and questions of a plan in words with names. */
import { noticeCodes } from '../../data/model/notice-codes.js';
import type { Kept, Notice, ReusedCode } from '../../data/model/plan.js';
import type { Bounded, Cause, Item } from '../../pages/content.js';
import type { Question } from '../../pages/plan-content.js';
import { levelTones } from '../../pages/words.js';
import { describeMoodle, describeSource, type ShownProposal } from '../links/sides.js';
import { count, countOf } from '../text/format.js';
import { categoryPath, describeEvidence, groupNotices } from '../text/plan.js';
import type { Names } from './names.js';

/** The first of a list. */
export function bounded<T, R>(
  list: readonly T[],
  limit: number,
  command: string,
  to: (item: T) => R,
): Bounded<R> {
  return { items: list.slice(0, limit).map(to), total: list.length, command };
}

const nouns = { user: 'account', course: 'course', enrolment: 'enrolment', category: 'category' } as const;

function idsInMoodle(ids: readonly number[]): string[] {
  return ids.length === 0 ? [] : [`Moodle id ${ids.slice(0, 5).join(', ')}`];
}

/** A notice as an item of its cause. */
export function noticeItem({ kind, subject, person, moodleIds, enrolments = 0 }: Notice, names: Names): Item {
  const waiting = enrolments === 0 ? [] : [`${countOf(enrolments, 'enrolment')} wait for it`];
  const detail = [...idsInMoodle(moodleIds), ...waiting].join('; ');
  if (kind === 'category') return { name: categoryPath(subject), id: '', what: nouns[kind], detail };
  if (kind === 'user') return { name: names.person(subject).name, id: subject, what: nouns[kind], detail };
  if (person === undefined)
    return { name: names.class(subject).name, id: subject, what: nouns[kind], detail };
  return { name: names.person(person).name, id: person, what: `${nouns[kind]} in ${subject}`, detail };
}

/** Notices by cause, most frequent first. */
export function noticeCauses(
  notices: readonly Notice[],
  names: Names,
  limit: number,
  command: string,
): Cause[] {
  return groupNotices(notices, limit).map((group) => ({
    code: group.code,
    level: levelTones[group.level].word,
    tone: levelTones[group.level].tone,
    what: noticeCodes[group.code],
    mend: '',
    items: { items: group.examples.map((notice) => noticeItem(notice, names)), total: group.count, command },
  }));
}

/** Something that stays in Moodle. */
export function keptItem({ kind, subject, person, moodleId }: Kept, names: Names): Item {
  const detail = `Moodle id ${moodleId}`;
  if (kind === 'course')
    return { name: names.class(subject).name, id: subject, what: 'course stays', detail };
  if (kind === 'user')
    return { name: names.person(subject).name, id: subject, what: 'account stays', detail };
  const id = person ?? '';
  return { name: names.person(id).name, id, what: `enrolment in ${subject} stays`, detail };
}

/** "Is Moodle account 12 this person?" */
export function proposalQuestion(proposal: ShownProposal, names: Names): Question {
  const { kind, externalId, moodleId } = proposal;
  const name = kind === 'user' ? names.person(externalId).name : names.class(externalId).name;
  const what =
    kind === 'user'
      ? `Is Moodle account ${moodleId} this person?`
      : `Is Moodle course ${moodleId} this class?`;
  const sides = [
    { label: 'KnowledgeNET', value: describeSource(proposal) },
    { label: 'Moodle', value: describeMoodle(proposal) },
  ].filter(({ value }) => value !== '');
  return { name, id: externalId, what, detail: '', evidence: describeEvidence(proposal), sides };
}

/** "Does Moodle course 12 go on?" */
export function reusedQuestion(
  { group, courseId, studentsBefore, studentsLeft }: ReusedCode,
  names: Names,
): Question {
  return {
    name: names.class(group).name,
    id: group,
    what: `Does Moodle course ${courseId} go on with the new students?`,
    detail: '',
    evidence: `${count(studentsLeft)} of ${countOf(studentsBefore, 'student')} have left`,
  };
}
