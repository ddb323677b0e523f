/** Numbers that are seen first, and sentences made of counts. */
import type { JSX } from 'preact';
import type { Season } from '../../data/model/guard.js';
import { changeKinds, type PlanCounts } from '../../data/model/plan.js';
import type { Bar, GuardLine } from '../content.js';
import { changeTitles, count, countOf, sentenceList } from '../words.js';
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

/** "12 new accounts, 3 new courses and 40 new enrolments"; empty when there is none. */
export function changesSentence(counts: PlanCounts): string {
  return sentenceList(
    Object.entries(changeTitles)
      .filter(([name]) => (counts[name] ?? 0) > 0)
      .map(([name, words]) => words.sentence(counts[name] ?? 0)),
  );
}

/** A sum over what applies to users, courses and enrolments. */
export function sumOf(counts: PlanCounts, prefix: string): number {
  return changeKinds.reduce((sum, kind) => sum + (counts[`${prefix}.${kind}`] ?? 0), 0);
}

/** What has left KnowledgeNET and stays in Moodle. */
export function keptSentence(counts: PlanCounts): string {
  const parts = [
    [counts['kept.user'] ?? 0, 'account'],
    [counts['kept.course'] ?? 0, 'course'],
    [counts['kept.enrolment'] ?? 0, 'enrolment'],
  ] as const;
  const kept = parts.filter(([value]) => value > 0).map(([value, word]) => countOf(value, word));
  if (kept.length === 0) return 'Nothing is removed from Moodle.';
  return `Nothing is removed from Moodle: ${sentenceList(kept)} that KnowledgeNET no longer has are kept, because deletion is off.`;
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
