/** Words of the pages, for readers who neither program nor administer Moodle. */
import type { Severity } from '../data/model/finding.js';
import type { Change, ChangeState, NoticeLevel } from '../data/model/plan.js';
import type { Bar } from './content.js';
import { countOf } from './format.js';

type Tone = Bar['tone'];

/** "a", "a and b", "a, b and c". */
export function sentenceList(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

/** "Year 9", "no year level". */
export function yearLevel(level: string): string {
  return level === '' ? 'No year level' : `Year ${level}`;
}

/** Every kind of change that a plan can have: "user.create". */
type ChangeName = Change extends infer C
  ? C extends Change
    ? `${C['kind']}.${C['operation']}`
    : never
  : never;

interface KindWords {
  /** Heading of a bar. */
  readonly title: string;
  /** In a sentence: what Moodle gets ("3 new courses"), or what happens there ("3 courses are hidden"). */
  readonly sentence: (value: number) => string;
  readonly isNew: boolean;
}

function gets(one: string, many: string, title: string): KindWords {
  return { title, isNew: true, sentence: (value) => countOf(value, one, many) };
}

function becomes(one: string, what: string, title: string, many = `${one}s`): KindWords {
  return {
    title,
    isNew: false,
    sentence: (value) => `${countOf(value, `${one} is`, `${many} are`)} ${what}`,
  };
}

/** Changes by type: how they are counted and what they are called, in the order of the plots. */
export const changeTitles: Readonly<Record<ChangeName, KindWords>> = {
  'user.create': gets('new account', 'new accounts', 'New accounts'),
  'course.create': gets('new course', 'new courses', 'New courses'),
  'category.create': gets('new category', 'new categories', 'New categories'),
  'enrolment.create': gets('new enrolment', 'new enrolments', 'New enrolments'),
  'user.link': becomes('existing account', 'linked', 'Existing accounts linked'),
  'user.update': becomes('account', 'brought up to date', 'Accounts brought up to date'),
  'course.link': becomes('existing course', 'linked', 'Existing courses linked'),
  'course.update': becomes('course', 'renamed', 'Courses renamed'),
  'course.archive': becomes('course', "kept as last year's", "Courses kept as last year's"),
  'user.suspend': becomes('account', 'suspended', 'Accounts suspended'),
  'course.hide': becomes('course', 'hidden', 'Courses hidden'),
  'enrolment.suspend': becomes('enrolment', 'suspended', 'Enrolments suspended'),
  'user.reactivate': becomes('account', 'active again', 'Accounts active again'),
  'course.show': becomes('course', 'shown again', 'Courses shown again'),
  'enrolment.reactivate': becomes('enrolment', 'active again', 'Enrolments active again'),
  'user.remove': becomes('unused account', 'removed again', 'Unused accounts removed again'),
  'course.remove': becomes('unused course', 'removed again', 'Unused courses removed again'),
  'category.remove': becomes(
    'empty category',
    'removed again',
    'Empty categories removed again',
    'empty categories',
  ),
  'enrolment.remove': becomes('unused enrolment', 'removed again', 'Unused enrolments removed again'),
  'user.restore': becomes('account', 'as before again', 'Accounts as before again'),
  'course.restore': becomes('course', 'as before again', 'Courses as before again'),
  'user.unlink': becomes('account', 'no longer linked', 'Accounts no longer linked'),
  'course.unlink': becomes('course', 'no longer linked', 'Courses no longer linked'),
};

export const severityTones: Readonly<Record<Severity, { readonly word: string; readonly tone: Tone }>> = {
  'stops-run': { word: 'stops the rollover', tone: 'bad' },
  'drops-record': { word: 'leaves the person or class out', tone: 'careful' },
  'drops-value': { word: 'leaves the value out', tone: 'careful' },
  notice: { word: 'for your information', tone: 'plain' },
};

export const levelTones: Readonly<Record<NoticeLevel, { readonly word: string; readonly tone: Tone }>> = {
  conflict: { word: 'conflict: a person must settle it', tone: 'bad' },
  held: { word: 'waits for an answer', tone: 'careful' },
  drift: { word: 'left as Moodle has it', tone: 'plain' },
};

export const stateTones: Readonly<Record<ChangeState, { readonly word: string; readonly tone: Tone }>> = {
  pending: { word: 'not done yet', tone: 'careful' },
  applied: { word: 'done', tone: 'good' },
  satisfied: { word: 'was right already', tone: 'plain' },
  conflict: { word: 'in conflict, not done', tone: 'bad' },
};
