/** Changes by type over time: a run per row, all to one scale. */
import type { JSX } from 'preact';
import { count } from '../format.js';

/** What was written to Moodle in one run. */
export interface RunChanges {
  readonly run: string;
  readonly when: string;
  readonly made: number;
  readonly changed: number;
  readonly withdrawn: number;
  readonly takenBack: number;
}

const types = [
  { key: 'made', title: 'Made', tone: 'good' },
  { key: 'changed', title: 'Changed', tone: 'plain' },
  { key: 'withdrawn', title: 'Withdrawn', tone: 'careful' },
  { key: 'takenBack', title: 'Taken back', tone: 'bad' },
] as const;

function sumOf(run: RunChanges): number {
  return types.reduce((sum, { key }) => sum + run[key], 0);
}

function Stacked({ run, most }: { readonly run: RunChanges; readonly most: number }): JSX.Element {
  let from = 0;
  return (
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="ground" x="0" y="0" width="100" height="10" />
      {types.map(({ key, tone }) => {
        const width = Math.round((run[key] * 1000) / most) / 10;
        const x = from;
        from += width;
        return width === 0 ? null : <rect class={tone} x={x} y="0" width={width} height="10" />;
      })}
    </svg>
  );
}

/** Columns in which nothing ever happened are left out. */
export function OverTime({ runs }: { readonly runs: readonly RunChanges[] }): JSX.Element {
  if (runs.length === 0) return <p class="quiet">No run has written anything to Moodle yet.</p>;
  const most = Math.max(1, ...runs.map(sumOf));
  const shown = types.filter(({ key }) => runs.some((run) => run[key] > 0));
  return (
    <table class="plot over-time">
      <caption>What was written to Moodle in this run and in those before it, oldest first.</caption>
      <thead>
        <tr>
          <th scope="col">Run</th>
          {shown.map(({ title }) => (
            <th scope="col" class="number">
              {title}
            </th>
          ))}
          <td class="wide" />
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr>
            <th scope="row">
              {run.run} <small>{run.when}</small>
            </th>
            {shown.map(({ key }) => (
              <td class="number">{count(run[key])}</td>
            ))}
            <td class="wide">
              <Stacked run={run} most={most} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
