/**
 * How many cells a workbook's parts hold, counted on the XML itself: against the limit before the library expands
 * them, and against what the library found afterwards.
 */
import { RolloverError } from '../../../model/errors.js';
import type { SourceLimits } from '../limits.js';
import { walkXml, type XmlVisitor } from './xml.js';

/** Cells of one part. `filled`: those that certainly hold something; the library must not find fewer. */
export interface CellCount {
  readonly filled: number;
}

function tooMany(limit: number): RolloverError {
  return new RolloverError('SourceTooLarge', `The workbook has too many cells; the limit is ${limit}.`, {
    limit,
  });
}

/** `c` elements of an XLSX worksheet (ECMA-376 part 1, 18.3.1.4) with a value or an inline text. */
class WorksheetCells implements XmlVisitor {
  filled = 0;
  #declared = 0;
  #inData = false;
  #hasValue = false;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  open(name: string): void {
    if (name === 'sheetData') this.#inData = true;
    if (name !== 'c' || !this.#inData) return;
    if (++this.#declared > this.#limit) throw tooMany(this.#limit);
    this.#hasValue = false;
  }

  close(name: string, text: boolean): void {
    if (name === 'sheetData') this.#inData = false;
    else if ((name === 'v' || name === 't') && text) this.#hasValue = true;
    else if (name === 'c' && this.#inData && this.#hasValue) this.filled++;
  }
}

function repeats(tag: string, what: 'rows' | 'columns'): number {
  const found = new RegExp(`number-${what}-repeated\\s*=\\s*["'](\\d+)["']`).exec(tag);
  return found === null ? 1 : Number(found[1]);
}

/** Whether the cell's tag holds its value, with or without a displayed text. */
function holdsValue(tag: string): boolean {
  const type = /value-type\s*=\s*["']([^"']*)["']/.exec(tag)?.[1];
  return type !== undefined && (type !== 'string' || /string-value\s*=\s*["'][^"']*\S/.test(tag));
}

/** `table-cell` elements of an ODS content part (OpenDocument 1.3 part 3, 9.1.4), with their repetitions. */
class ContentCells implements XmlVisitor {
  filled = 0;
  #declared = 0;
  #rows = 1;
  #columns = 1;
  #hasValue = false;
  /** Elements open since the cell began, 0 outside of cells; the outermost of them below the cell. */
  #depth = 0;
  #child = '';
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  open(name: string, tag: () => string): void {
    if (this.#depth > 0) {
      if (this.#depth === 1) this.#child = name;
      this.#depth++;
    } else if (name === 'table-row') this.#rows = repeats(tag(), 'rows');
    else if (name === 'table-cell') {
      const text = tag();
      this.#columns = repeats(text, 'columns');
      this.#hasValue = holdsValue(text);
      this.#depth = 1;
    }
  }

  close(_name: string, text: boolean): void {
    if (this.#depth === 0) return;
    this.#depth--;
    // Comments and drawings in a cell have paragraphs of their own; only the cell's count.
    if (this.#depth > 0) this.#hasValue ||= text && this.#child === 'p';
    else this.#count();
  }

  #count(): void {
    const cells = this.#hasValue ? this.#rows * this.#columns : 1;
    if (this.#hasValue) this.filled += cells;
    this.#declared += cells;
    if (this.#declared > this.#limit) throw tooMany(this.#limit);
  }
}

/** Counts the cells of an XLSX worksheet part, and proves it whole. */
export function countWorksheet(part: string, bytes: Buffer, limits: SourceLimits): CellCount {
  const cells = new WorksheetCells(limits.cells);
  walkXml(part, bytes, cells);
  return { filled: cells.filled };
}

/** Counts the cells of an ODS content part, and proves it whole. */
export function countContent(part: string, bytes: Buffer, limits: SourceLimits): CellCount {
  const cells = new ContentCells(limits.cells);
  walkXml(part, bytes, cells);
  return { filled: cells.filled };
}

/** Proves a part whole. */
export function proveWhole(part: string, bytes: Buffer): void {
  walkXml(part, bytes, { open: () => undefined, close: () => undefined });
}
