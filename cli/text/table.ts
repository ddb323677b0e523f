/** Tables without lines: a heading, and rows whose numbers stand under each other. */
import Table from 'cli-table3';
import { clip, count, printable } from './format.js';

export interface Column {
  readonly title: string;
  /** Numbers are always right; texts are left unless this says otherwise. */
  readonly right?: boolean;
  /** Longest text shown; default 60 characters. */
  readonly limit?: number;
}

/** A text that may carry emphasis is given as `raw` and printed as it is. */
export type Cell = string | number | null | { readonly raw: string };

const LIMIT = 60;
const lines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

function toText(cell: Cell, column: Column): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return count(cell);
  if (typeof cell === 'object') return cell.raw;
  return clip(printable(cell), column.limit ?? LIMIT);
}

/** Renders without a line break at the end. Columns without any heading get no heading line. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const right = columns.map(
    (column, index) =>
      column.right ?? (rows.length > 0 && rows.every((row) => typeof row[index] !== 'string')),
  );
  const titled = columns.some((column) => column.title !== '');
  const table = new Table({
    ...(titled ? { head: columns.map((column) => column.title) } : {}),
    colAligns: right.map((isRight) => (isRight ? 'right' : 'left')),
    chars: lines,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  for (const row of rows) table.push(columns.map((column, index) => toText(row[index] ?? null, column)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
