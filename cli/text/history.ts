/** What changed when and by whom, as an administrator reads it. Pure. */
import { reasonMeanings } from '../../data/model/notice-codes.js';
import type { ReadingChange } from '../../data/rules/history/readings.js';
import type { SettingChange } from '../../data/rules/history/settings-diff.js';
import type { SubjectHistory } from '../../data/stages/history.js';
import { storyWords } from './explain.js';
import { clip, countOf, printable, when } from './format.js';
import { describeChange } from './plan.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';
import { stateWords } from './words.js';

/** Ids and values of a list that are shown. */
const SHOWN = 12;
const VALUE = 60;

function value(given: unknown): string {
  if (given === undefined || given === null) return 'none';
  return clip(printable(typeof given === 'string' ? given : JSON.stringify(given)), VALUE);
}

/** "mode: disabled → enabled". */
export function describeSetting(change: SettingChange): string {
  const path = printable(change.path);
  if (!('before' in change)) return `${path}: ${value(change.after)} (new)`;
  if (!('after' in change)) return `${path}: ${value(change.before)} (taken away)`;
  return `${path}: ${value(change.before)} → ${value(change.after)}`;
}

/** A version of the settings with what it changed. */
export interface SettingsMoment {
  readonly version: number;
  readonly at: string;
  readonly by: string;
  readonly hash: string;
  readonly changes: readonly SettingChange[];
}

/** Every version with each value that it changed. */
export function renderSettingsHistory(versions: readonly SettingsMoment[], style: Style): string {
  if (versions.length === 0) return 'Nobody has set anything yet.';
  return versions
    .map(({ version, at, by, changes }) =>
      [
        `${style.bold(`Version ${version}`)}  ${when(at)}, by ${by}`,
        ...(version === 1
          ? [`  first version, ${countOf(changes.length, 'value')}`]
          : changes.map((change) => `  ${describeSetting(change)}`)),
      ].join('\n'),
    )
    .join('\n\n');
}

/** One thing that happened. */
export interface Moment {
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly comment: string | null;
}

/** Newest first. */
export function renderTimeline(moments: readonly Moment[]): string {
  return renderTable(
    [{ title: 'when' }, { title: 'who' }, { title: 'what', limit: 120 }, { title: 'comment', limit: 200 }],
    moments.map(({ at, who, what, comment }) => [when(at), who, what, comment ?? '']),
  );
}

function ids(list: readonly string[]): string {
  const rest = list.length - SHOWN;
  return list.slice(0, SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function describeReading(change: ReadingChange, isPerson: boolean): string[] {
  const head = { appeared: 'first read', changed: 'changed', gone: 'no longer there' }[change.what];
  const [joined, left] = isPerson ? ['into', 'out of'] : ['joined', 'left'];
  return [
    `${when(change.at)}  snapshot ${change.snapshotId}: ${head}`,
    ...change.fields.map(({ field, before, after }) => `    ${field}: ${value(before)} → ${value(after)}`),
    ...(change.joined.length === 0 ? [] : [`    ${joined}: ${printable(ids(change.joined))}`]),
    ...(change.left.length === 0 ? [] : [`    ${left}: ${printable(ids(change.left))}`]),
  ];
}

function planLines({ story, tried }: SubjectHistory['plans'][number]): string[] {
  const shown = tried.slice(0, SHOWN).map(({ change, state, reason }) => {
    const { who, what } = describeChange(change);
    const why = reason === null ? '' : `: ${reasonMeanings[reason]}`;
    return `    ${change.operation} ${change.kind} ${clip(printable(`${who} ${what}`), 100)}  [${stateWords[state]}${why}]`;
  });
  const rest = tried.length - shown.length;
  return [
    `  ${storyWords(story.planId, [story])}`,
    ...shown,
    ...(rest > 0 ? [`    … and ${rest} more: --json`] : []),
  ];
}

/** Readings, plans and answers about one person or class. */
export function renderSubjectHistory(history: SubjectHistory, style: Style): string {
  const { subject, earlierIds, readings, changes, plans, answers } = history;
  const isPerson = subject.kind === 'person';
  const answered = answers.map(({ question, verdict, moodleId, year, by, at }) =>
    question === 'link'
      ? `  ${when(at)}  ${by} ${verdict} the link with Moodle's number ${moodleId ?? ''}`
      : `  ${when(at)}  ${by}: used again in ${year ?? ''}, ${verdict}`,
  );
  return [
    [
      `${style.bold(printable(subject.externalId))}  ${printable(subject.name)}`,
      ...(earlierIds.length === 0 ? [] : [`Earlier External IDs: ${printable(earlierIds.join(', '))}`]),
    ].join('\n'),
    [
      style.bold(`In ${countOf(readings, 'reading')} that ${readings === 1 ? 'is' : 'are'} kept`),
      ...(changes.length === 0 ? ['  never'] : changes.flatMap((one) => describeReading(one, isPerson))),
    ].join('\n'),
    [style.bold('In Moodle by'), ...(plans.length === 0 ? ['  no plan'] : plans.flatMap(planLines))].join(
      '\n',
    ),
    ...(answered.length === 0 ? [] : [[style.bold('Answers'), ...answered].join('\n')]),
  ].join('\n\n');
}
