/** Numbers that are seen first, and sentences made of counts. */
import type { JSX } from 'preact';
import type { Season } from '../../data/model/guard.js';
import { changeKinds, type PlanCounts, type PlanPurpose } from '../../data/model/plan.js';
import type { Bar, GuardLine } from '../content.js';
import { count, countOf } from '../format.js';
import { changeTitles, sentenceList } from '../words.js';
import { Notice } from './layout.js';

export interface Tile {
  readonly label: string;
  readonly value: number;
  readonly tone?: Bar['tone'];
}

export function Tiles({ tiles }: { readonly tiles: readonly Tile[] }): JSX.Element {
  return (
    <ul class="tiles">
      {tiles.map(({ label, value, tone = 'plain' }) => (
        <li class={tone}>
          <strong>{count(value)}</strong>
          <span>{label}</span>
        </li>
      ))}
    </ul>
  );
}

/** "When this plan is carried out, Moodle gets 3 new courses. 2 accounts are suspended."; empty when nothing changes. */
export function changesSentence(counts: PlanCounts): string {
  const parts = (isNew: boolean): string =>
    sentenceList(
      Object.entries(changeTitles)
        .filter(([name, words]) => words.isNew === isNew && (counts[name] ?? 0) > 0)
        .map(([name, words]) => words.sentence(counts[name] ?? 0)),
    );
  const gets = parts(true);
  const becomes = parts(false);
  if (gets === '') return becomes === '' ? '' : `When this plan is carried out, ${becomes}.`;
  return `When this plan is carried out, Moodle gets ${gets}.${becomes === '' ? '' : ` In Moodle, ${becomes}.`}`;
}

/** A sum over what applies to users, courses and enrolments. */
export function sumOf(counts: PlanCounts, prefix: string): number {
  return changeKinds.reduce((sum, kind) => sum + (counts[`${prefix}.${kind}`] ?? 0), 0);
}

/** "3 accounts and 2 courses" under this prefix; empty for none. */
function things(counts: PlanCounts, prefix: string): string {
  const parts = [
    [counts[`${prefix}.user`] ?? 0, 'account'],
    [counts[`${prefix}.course`] ?? 0, 'course'],
    [counts[`${prefix}.enrolment`] ?? 0, 'enrolment'],
  ] as const;
  return sentenceList(parts.filter(([value]) => value > 0).map(([value, word]) => countOf(value, word)));
}

function keptByApplying(counts: PlanCounts): string {
  const kept = things(counts, 'kept');
  if (kept === '') return 'Nothing is removed from Moodle.';
  return `Nothing is removed from Moodle: ${kept} that KnowledgeNET no longer has are kept, because deletion is off.`;
}

function keptByRemoving(counts: PlanCounts): string {
  const before = things(counts, 'withdrawn');
  const notAllowed = things(counts, 'allowable');
  return [
    'Nothing is deleted: grades and work stay, and what is suspended or hidden comes back when KnowledgeNET has it again.',
    ...(before === '' ? [] : [`Suspended or hidden before: ${before}.`]),
    ...(notAllowed === '' ? [] : [`Left as they are, because the settings do not allow it: ${notAllowed}.`]),
  ].join(' ');
}

/** What is not removed. */
export function keptSentence(purpose: PlanPurpose, counts: PlanCounts): string {
  switch (purpose) {
    case 'apply':
      return keptByApplying(counts);
    case 'removals':
      return keptByRemoving(counts);
    case 'undo':
      return 'Only what nobody has used or changed since is removed again. All else that was made is suspended or hidden, or stays; no grade and no work is removed.';
  }
}

/** Whether the plan is larger than usual. Nothing when it has no changes and nothing holds it. */
export function Guards(props: {
  readonly guards: readonly GuardLine[];
  readonly season: Season;
  /** Whether there are any changes. */
  readonly any: boolean;
}): JSX.Element | null {
  const season = props.season === 'rollover' ? 'for a rollover' : 'during the school year';
  if (props.guards.length === 0)
    return props.any ? <Notice tone="good" title={`No number is larger than usual ${season}.`} /> : null;
  return (
    <Notice tone="careful" title={`More than usual ${season}. Is this what you expect?`}>
      <ul>
        {props.guards.map(({ text, cause, examples }) => (
          <li>
            {text}. Likely: {cause}.{examples.length === 0 ? '' : ` For example: ${examples.join(', ')}.`}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
