/** Numbers that are seen first, and sentences made of counts. */
import type { JSX } from 'preact';
import type { Season, ThresholdVerdict } from '../../data/model/guard.js';
import { changeKinds, type PlanCounts } from '../../data/model/plan.js';
import type { Bar } from '../content.js';
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

function describeVerdict({ type, kind, count: changes, total, percent }: ThresholdVerdict): string {
  const doing = kind === 'create' ? 'would be new' : 'would change';
  const share =
    total === 0
      ? `none of ours is in Moodle yet`
      : `${count(total)} are in Moodle by us, so this is ${Math.round((changes * 100) / total)} %`;
  return `${countOf(changes, type === 'user' ? 'account' : type)} ${doing}; ${share}. Usual is up to ${percent ?? 100} %.`;
}

/** Whether the plan is larger than usual. Nothing when it has no changes. */
export function Thresholds(props: {
  readonly verdicts: readonly ThresholdVerdict[];
  readonly season: Season;
}): JSX.Element | null {
  if (props.verdicts.length === 0) return null;
  const exceeded = props.verdicts.filter((verdict) => verdict.exceeded);
  const season = props.season === 'rollover' ? 'for a rollover' : 'during the school year';
  if (exceeded.length === 0)
    return <Notice tone="good" title={`No number is larger than usual ${season}.`} />;
  return (
    <Notice tone="careful" title={`Larger than usual ${season}. Is this what you expect?`}>
      <ul>
        {exceeded.map((verdict) => (
          <li>{describeVerdict(verdict)}</li>
        ))}
      </ul>
    </Notice>
  );
}
