/** What holds a plan, in words. Pure. */
import {
  guardedTypes,
  type Guarded,
  type GuardedKind,
  type GuardExample,
  type GuardVerdict,
  type LikelyCause,
  type Season,
} from '../../data/model/guard.js';
import type { PlanCounts } from '../../data/model/plan.js';
import { exceededIn } from '../../data/rules/guards/objection.js';
import { count, printable } from './format.js';
import type { Style } from './style.js';

const nouns: Readonly<Record<Guarded, readonly [string, string]>> = {
  user: ['user', 'users'],
  course: ['course', 'courses'],
  enrolment: ['enrolment', 'enrolments'],
  student: ['student', 'students'],
  teacher: ['teacher', 'teachers'],
  group: ['class', 'classes'],
  membership: ['membership', 'memberships'],
};

const verbs: Readonly<Record<GuardedKind, string>> = {
  create: 'created',
  change: 'changed',
  suspend: 'suspended or hidden',
  remove: 'removed',
};

/** What most likely explains it. */
export const causeWords: Readonly<Record<LikelyCause, string>> = {
  'first-time': 'nothing of this school is in Moodle by us yet',
  'sheet-empty': 'the sheet of the workbook has no valid row',
  'sheet-missing': 'a sheet of the workbook is missing that was there last time',
  'ids-changed': 'External IDs were changed in KnowledgeNET: the same people stand there under new ones',
  'year-level-missing': 'a whole year level is missing from the source',
  'new-school-year': 'KnowledgeNET has moved on to a new school year; that is what a rollover is for',
  'one-class': 'nearly all of it is one class',
  'one-person': 'nearly all of it is one person',
  'one-field': 'nearly all of it is the same field, e.g. a new domain in all e-mail addresses',
  'new-classes': 'nearly all of it is in classes that are new',
  'source-shrank':
    'the source has fewer rows than at the last applied reading; the export may have ended early',
  unknown: 'not known; look at the examples',
};

function nounOf(of: Guarded, number: number): string {
  return `${count(number)} ${nouns[of][number === 1 ? 0 : 1]}`;
}

function whose({ yearLevel }: GuardVerdict): string {
  if (yearLevel === undefined || yearLevel === 'teachers') return '';
  return yearLevel === '' ? ' without a year level' : ` of year level ${yearLevel}`;
}

function usualOf({ percent, atMost }: GuardVerdict): string {
  const parts = [
    ...(percent === undefined ? [] : [`${percent} %`]),
    ...(atMost === undefined ? [] : [count(atMost)]),
  ];
  return parts.length === 0 ? '' : `; usual: up to ${parts.join(' and ')}`;
}

function shareOf({ count: number, total }: GuardVerdict): string {
  return total === 0 ? '' : `, ${Math.round((number * 100) / total)} % of ${count(total)}`;
}

/** The numbers of one guard. */
export function describeGuard(verdict: GuardVerdict): string {
  const { guard, of, kind, count: number } = verdict;
  switch (guard) {
    case 'no-rows':
      return `No valid row of ${nouns[of][1]}; there were ${count(number)}`;
    case 'sheet-missing':
      return `The sheet of ${nouns[of][1]} is missing; it had ${count(number)}`;
    case 'ids-changed':
      return `${count(number)} people have another External ID${shareOf(verdict)}${usualOf(verdict)}`;
    case 'source-shrank':
      return `${nounOf(of, number)}${whose(verdict)} no longer in the source${shareOf(verdict)}${usualOf(verdict)}`;
    case 'threshold':
    case 'year-level':
      return `${nounOf(of, number)}${whose(verdict)} to be ${verbs[kind ?? 'change']}${shareOf(verdict)}${usualOf(verdict)}`;
  }
}

/** One of the examples, by External ID. */
export function describeExample({ subject, person, before }: GuardExample): string {
  if (before !== undefined) return `${printable(before)} → ${printable(subject)}`;
  return person === undefined ? printable(subject) : `${printable(person)} in ${printable(subject)}`;
}

/** Every guard that holds the plan, or one line that none does. Empty when there is nothing to guard. */
export function renderGuards(
  guards: readonly GuardVerdict[],
  counts: PlanCounts,
  season: Season,
  style: Style,
): string {
  const when = season === 'rollover' ? 'in a rollover' : 'in term';
  const held = exceededIn(counts);
  if (held === 0) {
    const something = guardedTypes.some((type) =>
      Object.keys(counts).some((name) => name.startsWith(`${type}.`)),
    );
    return something ? `Guards: nothing is more than usual ${when}.` : '';
  }
  return [
    style.careful(`Guards: more than usual ${when}. Is this what you expect? An approval must say so.`),
    ...guards.flatMap((verdict) => [
      `  ${describeGuard(verdict)}`,
      `    Likely: ${causeWords[verdict.cause]}.`,
      ...(verdict.examples.length === 0
        ? []
        : [`    For example: ${verdict.examples.map(describeExample).join(', ')}`]),
    ]),
  ].join('\n');
}

/** Counts that say what the plan does, without totals and guards, which are shown by themselves. */
export function withoutTotals(counts: PlanCounts): PlanCounts {
  const totals = new Set(guardedTypes.map((type) => `managed.${type}`));
  return Object.fromEntries(
    Object.entries(counts).filter(([name]) => !totals.has(name) && !name.startsWith('guard.')),
  );
}
