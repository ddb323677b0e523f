/** Plots. Each is a table whose numbers stand beside the bars, so that ears, eyes and black-and-white paper get the same. */
import type { JSX } from 'preact';
import type { Bar } from '../content.js';
import type { YearLevelCounts } from '../../data/model/comparison.js';
import { count } from '../format.js';
import { yearLevel } from '../words.js';

interface DrawnBar {
  readonly value: number;
  readonly of: number;
  readonly tone: string;
  /** Grows from the right. */
  readonly leftwards?: boolean;
}

/** The smallest number is still seen. */
const THINNEST = 0.8;

function Drawn({ value, of, tone, leftwards = false }: DrawnBar): JSX.Element {
  const width = value === 0 ? 0 : Math.max(THINNEST, Math.round((value * 1000) / of) / 10);
  return (
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="ground" x="0" y="0" width="100" height="10" />
      <rect class={tone} x={leftwards ? 100 - width : 0} y="0" width={width} height="10" />
    </svg>
  );
}

interface BarsProps {
  readonly caption: string;
  readonly what: string;
  readonly bars: readonly Bar[];
}

/** One bar per row, all to one scale. */
export function Bars({ caption, what, bars }: BarsProps): JSX.Element {
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <table class="plot">
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{what}</th>
          <th scope="col" class="number">
            Number
          </th>
          <td class="wide" />
        </tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <tr>
            <th scope="row">
              {bar.label}
              {bar.note === undefined ? null : (
                <>
                  {' '}
                  <small>{bar.note}</small>
                </>
              )}
            </th>
            <td class="number">{count(bar.value)}</td>
            <td class="wide">
              <Drawn value={bar.value} of={most} tone={bar.tone} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Leavers to the left, joiners to the right, a year level per row. */
export function YearLevels({ levels }: { readonly levels: readonly YearLevelCounts[] }): JSX.Element {
  const most = Math.max(1, ...levels.flatMap((level) => [level.joiners, level.leavers]));
  return (
    <table class="plot levels">
      <caption>Students who left and who joined since the last reading that Moodle was brought to.</caption>
      <thead>
        <tr>
          <td class="half" />
          <th scope="col" class="number">
            Left
          </th>
          <th scope="col" class="middle">
            Year level
          </th>
          <th scope="col" class="joined">
            Joined
          </th>
          <td class="half" />
          <th scope="col" class="number">
            Now
          </th>
        </tr>
      </thead>
      <tbody>
        {levels.map((level) => (
          <tr>
            <td class="half">
              <Drawn value={level.leavers} of={most} tone="careful" leftwards />
            </td>
            <td class="number">{count(level.leavers)}</td>
            <th scope="row" class="middle">
              {yearLevel(level.yearLevel)}
            </th>
            <td>{count(level.joiners)}</td>
            <td class="half">
              <Drawn value={level.joiners} of={most} tone="good" />
            </td>
            <td class="number">{count(level.now)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
