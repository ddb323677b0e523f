/** Tables without lines: a heading, and rows whose numbers stand under each other. Fast enough for long lists. */
import { clip, count, printable } from './format.js';

export interface Column {
  readonly title: string;
  /** Default: right when every cell is a number. */
  readonly right?: boolean;
  /** Longest text shown; default 60 characters. */
  readonly limit?: number;
}

/** A text that may carry emphasis is given as `raw` and printed as it is. */
export type Cell = string | number | null | { readonly raw: string };

const LIMIT = 60;
const GAP = '  ';

/** What a terminal gives no room to: colours, and marks on the letter before. */
const unseen = /\u001b\[\d+m|\p{M}/gu;
/** Scripts and signs that take two columns. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/gu;
const plain = /^[\x20-\x7e]*$/;

/** Columns that a text takes on a terminal. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length;
  const seen = text.replace(unseen, '');
  return [...seen].length + (seen.match(wide)?.length ?? 0);
}

function toText(cell: Cell, column: Column): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return count(cell);
  if (typeof cell === 'object') return cell.raw;
  return clip(printable(cell), column.limit ?? LIMIT);
}

function pad(text: string, width: number, right: boolean): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return right ? blanks + text : text + blanks;
}

function isRight(column: Column, index: number, rows: readonly (readonly Cell[])[]): boolean {
  return column.right ?? (rows.length > 0 && rows.every((row) => typeof (row[index] ?? 0) === 'number'));
}

/** Renders without a line break at the end. Columns without any heading get no heading line. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const right = columns.map((column, index) => isRight(column, index, rows));
  const lines = rows.map((row) => columns.map((column, index) => toText(row[index] ?? null, column)));
  if (columns.some((column) => column.title !== '')) lines.unshift(columns.map((column) => column.title));
  const widths = columns.map((_, index) =>
    lines.reduce((widest, line) => Math.max(widest, displayWidth(line[index] ?? '')), 0),
  );
  return lines
    .map((line) =>
      line
        .map((text, index) => pad(text, widths[index] ?? 0, right[index] ?? false))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}
