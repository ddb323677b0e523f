/** Words of the pages, for readers who neither program nor administer Moodle. */
import type { Severity } from '../data/model/finding.js';
import type { ChangeState, NoticeLevel } from '../data/model/plan.js';
import type { Bar } from './content.js';

type Tone = Bar['tone'];

const numbers = new Intl.NumberFormat('en-NZ');

/** 12345 → "12,345". */
export function count(value: number): string {
  return numbers.format(value);
}

/** 1 → "1 class", 3 → "3 classes". */
export function countOf(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** "a", "a and b", "a, b and c". */
export function sentenceList(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

/** "Year 9", "no year level". */
export function yearLevel(level: string): string {
  return level === '' ? 'No year level' : `Year ${level}`;
}

/** The part of a hash that is shown and accepted back. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

interface KindWords {
  readonly one: string;
  readonly many: string;
  /** In a sentence about what Moodle gets. */
  readonly sentence: (value: number) => string;
  readonly title: string;
}

function words(one: string, many: string, title: string, adverb = ''): KindWords {
  return { one, many, title, sentence: (value) => `${countOf(value, one, many)}${adverb}` };
}

/** Changes by type: how they are counted and what they are called, in the order of the plots. */
export const changeTitles: Readonly<Record<string, KindWords>> = {
  'user.create': words('new account', 'new accounts', 'New accounts'),
  'user.link': words('account', 'accounts', 'Existing accounts linked', ' that exist already and are linked'),
  'user.update': words('account', 'accounts', 'Accounts brought up to date', ' brought up to date'),
  'course.create': words('new course', 'new courses', 'New courses'),
  'course.link': words('course', 'courses', 'Existing courses linked', ' that exist already and are linked'),
  'course.update': words('course', 'courses', 'Courses renamed', ' renamed'),
  'course.archive': words('course', 'courses', "Courses kept as last year's", " kept as last year's"),
  'category.create': words('new category', 'new categories', 'New categories'),
  'enrolment.create': words('new enrolment', 'new enrolments', 'New enrolments'),
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
