/** What a cell says: canonical text, ids, flags, year levels. docs/snapshot.md specifies this file. */

/** What a source knows about a cell beyond its text. `absent`: NULL in a database, nothing is said; not even blank. */
export type CellKind = 'number' | 'date' | 'error' | 'absent';

/** A cell that is more than text. `text` is canonical: a number without exponent, a date as YYYY-MM-DD. */
export interface TypedCell {
  readonly kind: CellKind;
  readonly text: string;
}

/** A cell as a reader delivers it: text as it stands, a typed cell, or nothing. */
export type Cell = string | TypedCell | undefined;

/** One row of a sheet; `row` is 1-based as a spreadsheet shows it. */
export interface GridRow {
  readonly row: number;
  readonly cells: readonly Cell[];
}

// Soft hyphen, zero-width and joining characters, marks of writing direction, byte order mark, controls.
const invisible =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\p{Cc}]/gu;
const blank = /[\t\n\v\f\r\u0085\p{Zs}\p{Zl}\p{Zp}]+/gu;
const loneSurrogate = /\p{Surrogate}/gu;
// Printable ASCII without runs of spaces or outer spaces: already canonical, and nearly every cell.
const plain = /^(?! )(?!.* {2})[ -~]*(?<! )$/;

/**
 * Canonical text: NFC, no invisible characters, every run of spaces (also non-breaking ones and line ends) one
 * space, trimmed. Idempotent.
 */
export function canonicalText(raw: string): string {
  if (plain.test(raw)) return raw;
  return raw
    .replace(loneSurrogate, '\ufffd')
    .replace(blank, ' ')
    .replace(invisible, '')
    .normalize('NFC')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** A finite number as people write it: no exponent, no trailing `.0`. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return '';
  if (Number.isInteger(value)) return BigInt(value).toString();
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}

/** The canonical text of a cell, whatever its kind. An error cell has none. */
export function textOf(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'string') return canonicalText(cell);
  return cell.kind === 'error' ? '' : cell.text;
}

/** The text as the source gave it, for findings. */
export function rawTextOf(cell: Cell): string {
  return cell === undefined ? '' : typeof cell === 'string' ? cell : cell.text;
}

/** Whether the source says nothing in this cell, as if it had no such column. */
export function isAbsent(cell: Cell): boolean {
  return typeof cell === 'object' && cell.kind === 'absent';
}

/** Whether nothing can be seen in the cell. */
export function isBlank(cell: Cell): boolean {
  return cell === undefined || (typeof cell === 'string' ? canonicalText(cell) === '' : cell.text === '');
}

/** What had to be done to an id: nothing, spaces or invisible characters taken away, or it never was text. */
export type IdCondition = 'clean' | 'cleaned' | 'number' | 'date';

export interface IdReading {
  readonly id: string;
  readonly condition: IdCondition;
}

// What a spreadsheet program leaves of a long number when it writes CSV.
const exponent = /^[+-]?\d+([.,]\d+)?E[+-]?\d+$/i;

/** An id: External ID, User ID, a class named by a membership. An error cell holds no id. */
export function readId(cell: Cell): IdReading {
  const id = textOf(cell);
  if (cell === undefined || id === '') return { id: '', condition: 'clean' };
  if (typeof cell !== 'string') return { id, condition: cell.kind === 'date' ? 'date' : 'number' };
  if (exponent.test(id) && id.includes('+')) return { id, condition: 'number' };
  return { id, condition: id === cell ? 'clean' : 'cleaned' };
}

const yes = new Set(['y', 'yes', 'true', 't', '1', 'x']);
const no = new Set(['n', 'no', 'false', 'f', '0']);

/** A Y/N cell. `undefined`: blank. `null`: something else. */
export function readFlag(cell: Cell): boolean | undefined | null {
  if (isBlank(cell)) return undefined;
  const text = textOf(cell).toLowerCase();
  return yes.has(text) ? true : no.has(text) ? false : null;
}

/** KN's year levels run from 0 (new entrants) to 15. */
const MAX_YEAR_LEVEL = 15;
const yearLevel = /^(?:year level|yearlevel|year|yr|y|level)?[ .:-]*0*(\d{1,2})$/i;

/** A year level as canonical number text, '' when blank, `null` when it is none. "Year 9", "Y9", "09", "9" are 9. */
export function readYearLevel(cell: Cell): string | null {
  if (isBlank(cell)) return '';
  if (typeof cell === 'object' && cell.kind !== 'number') return null;
  const level = Number(yearLevel.exec(textOf(cell))?.[1] ?? NaN);
  return level <= MAX_YEAR_LEVEL ? String(level) : null;
}

/** The override of a class: `undefined` when blank, `null` when it is neither Enabled nor Disabled. */
export function readProvisioning(cell: Cell): 'enabled' | 'disabled' | undefined | null {
  if (isBlank(cell)) return undefined;
  const text = textOf(cell).toLowerCase();
  return text === 'enabled' || text === 'disabled' ? text : null;
}
