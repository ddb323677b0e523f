/** Rows of a sheet as records, with what was wrong in their cells. Operations are noted, not yet resolved. */
import type { Finding, Severity } from '../model/finding.js';
import { RolloverError } from '../model/errors.js';
import type {
  GroupRecord,
  GroupTypeRecord,
  HeaderReading,
  PersonRecord,
  UserType,
} from '../model/snapshot.js';
import {
  isAbsent,
  isBlank,
  rawTextOf,
  readFlag,
  readId,
  readProvisioning,
  readYearLevel,
  textOf,
  type Cell,
  type GridRow,
} from './cells.js';
import { findingOf } from './finding.js';
import { missingKey, readHeader, type Field, type ReadSheetKind, type SheetHeader } from './headers.js';
import type { SourceLimits } from './files/limits.js';

/** One row. `groups` is absent where the sheet has no Member of Group column. */
export interface SourceRow<R> {
  readonly record: R;
  readonly row: number;
  /** New External Id, where the row asks for one. */
  readonly newId?: string;
  /** `Y` in the Delete column. */
  readonly remove?: true;
  /** External IDs of the person's classes, in column order. */
  readonly groups?: readonly string[];
}

/** Part of a sheet. The first batch of a sheet carries its headers. */
export interface RowBatch {
  readonly kind: ReadSheetKind;
  readonly sheet: string;
  readonly headers: readonly HeaderReading[];
  readonly persons: readonly SourceRow<PersonRecord>[];
  readonly groups: readonly SourceRow<GroupRecord>[];
  readonly groupTypes: readonly SourceRow<GroupTypeRecord>[];
  readonly findings: readonly Finding[];
  /** Password cells that hold something; never what. */
  readonly passwords: number;
}

const ROWS_PER_BATCH = 500;

/** One row while it is read. */
class RowReader {
  readonly #sheet: string;
  readonly #header: SheetHeader;
  readonly #findings: Finding[];
  readonly #untitled = new Set<number>();
  #row: GridRow = { row: 0, cells: [] };
  #subject: string | undefined;

  constructor(sheet: string, header: SheetHeader, findings: Finding[]) {
    this.#sheet = sheet;
    this.#header = header;
    this.#findings = findings;
  }

  begin(row: GridRow): void {
    this.#row = row;
    this.#subject = undefined;
    row.cells.forEach((cell, column) => {
      if (this.#header.use(column) === 'untitled' && !this.#untitled.has(column) && !isBlank(cell))
        this.#noteUntitled(column);
    });
  }

  /** A column without header that holds something is not read; that is said once. */
  #noteUntitled(column: number): void {
    this.#untitled.add(column);
    const place = `column ${column + 1}`;
    const at = { sheet: this.#sheet, row: this.#row.row, column: place, value: place };
    this.#findings.push(findingOf('UnknownHeader', 'notice', at));
  }

  /** Whether the row says anything, be it that the value is blank. */
  has(field: Field): boolean {
    const column = this.#header.columns.get(field);
    return column !== undefined && !isAbsent(this.#row.cells[column]);
  }

  cell(field: Field): Cell {
    const column = this.#header.columns.get(field);
    return column === undefined ? undefined : this.#row.cells[column];
  }

  #report(code: Finding['code'], severity: Severity, column: number, cell: Cell, mend?: string): void {
    this.#findings.push(
      findingOf(code, severity, {
        sheet: this.#sheet,
        row: this.#row.row,
        column: this.#header.titles[column] || 'Member of Group',
        value: rawTextOf(cell),
        ...(this.#subject === undefined ? {} : { subject: this.#subject }),
        ...(mend === undefined ? {} : { mend }),
      }),
    );
  }

  /** A value: absent where the sheet has no such column, '' where the cell is blank. */
  text(field: Field): string | undefined {
    return this.has(field) ? textOf(this.cell(field)) : undefined;
  }

  #idAt(column: number, ifDate: Severity): string | null {
    const cell = this.#row.cells[column];
    const { id, condition } = readId(cell);
    // The row's own id, which findings are about, is the first of its ids.
    this.#subject ??= id;
    if (condition === 'cleaned') this.#report('IdCleaned', 'notice', column, cell);
    else if (condition === 'number') this.#report('IdFromNumber', 'notice', column, cell);
    else if (condition === 'date') {
      this.#report('IdFromNumber', ifDate, column, cell);
      return null;
    }
    return id;
  }

  /** An id; null where a date stands in its place. */
  id(field: Field, ifDate: Severity): string | null {
    const column = this.#header.columns.get(field);
    return column === undefined ? '' : this.#idAt(column, ifDate);
  }

  /** A cell that must be one of a few words; unreadable ones are left out. */
  word<T>(
    field: Field,
    code: 'FlagUnreadable' | 'ProvisioningUnreadable' | 'YearLevelUnreadable',
    read: (cell: Cell) => T | null,
  ): T | undefined {
    const column = this.#header.columns.get(field);
    if (column === undefined || !this.has(field)) return undefined;
    const cell = this.#row.cells[column];
    const value = read(cell);
    if (value !== null) return value;
    this.#report(code, 'drops-value', column, cell);
    return undefined;
  }

  /** All classes that the row names; undefined where the sheet has no such column. */
  memberOf(): string[] | undefined {
    if (!this.#header.hasMembers) return undefined;
    const groups: string[] = [];
    const before = this.#findings.length;
    this.#row.cells.forEach((cell, column) => {
      if (this.#header.use(column) !== 'member' || isBlank(cell)) return;
      // An error cell names no class; its text then is a class that is not there.
      const id =
        typeof cell === 'object' && cell.kind === 'error' ? cell.text : this.#idAt(column, 'drops-value');
      if (id !== null && id !== '') groups.push(id);
    });
    this.#onePerCode(before);
    return groups;
  }

  /** A person's class columns go wrong together: the first cell of each kind speaks for the row. */
  #onePerCode(before: number): void {
    const seen = new Set<string>();
    const found = this.#findings.splice(before);
    for (const finding of found) {
      const cause = finding.code + finding.severity;
      if (!seen.has(cause)) this.#findings.push(finding);
      seen.add(cause);
    }
  }
}

/** Absent fields are left out of the record instead of being undefined. */
function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  const record: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) record[name] = value;
  return record as T;
}

function operations(reader: RowReader): { newId?: string; remove?: true } {
  const remove = reader.word('delete', 'FlagUnreadable', readFlag) === true;
  const newId = reader.id('newExternalId', 'drops-value') ?? '';
  return { ...(newId === '' ? {} : { newId }), ...(remove ? { remove } : {}) };
}

/** Disable User or Lock Account; absent where neither column says anything readable. */
function readDisabled(reader: RowReader): boolean | undefined {
  const flags: boolean[] = [];
  for (const field of ['disabled', 'locked'] as const) {
    if (!reader.has(field)) continue;
    const flag = reader.word(
      field,
      'FlagUnreadable',
      (cell) => readFlag(cell) ?? (isBlank(cell) ? false : null),
    );
    if (flag !== undefined) flags.push(flag);
  }
  return flags.length === 0 ? undefined : flags.includes(true);
}

function readPerson(reader: RowReader, type: UserType, row: number): SourceRow<PersonRecord> | null {
  const externalId = reader.id('externalId', 'drops-record');
  if (externalId === null) return null;
  const record = present<PersonRecord>({
    externalId,
    type,
    nsn: reader.text('nsn'),
    title: reader.text('title'),
    surname: reader.text('surname'),
    firstName: reader.text('firstName'),
    yearLevel: reader.word('yearLevel', 'YearLevelUnreadable', readYearLevel),
    login: reader.has('login') ? (reader.id('login', 'drops-value') ?? '') : undefined,
    email: reader.text('email'),
    disabled: readDisabled(reader),
  });
  const groups = reader.memberOf();
  return { record, row, ...operations(reader), ...(groups === undefined ? {} : { groups }) };
}

function readGroup(reader: RowReader, row: number): SourceRow<GroupRecord> | null {
  const externalId = reader.id('externalId', 'drops-record');
  if (externalId === null) return null;
  const record = present<GroupRecord>({
    externalId,
    name: reader.text('name'),
    groupType: reader.text('groupType'),
    // Blank is unknown, not "no": SMS-dependent options may not guess.
    smsControlled: reader.word('smsControlled', 'FlagUnreadable', readFlag),
    provisioning: reader.word('provisioning', 'ProvisioningUnreadable', readProvisioning),
  });
  return { record, row, ...operations(reader) };
}

function readGroupType(reader: RowReader, row: number): SourceRow<GroupTypeRecord> | null {
  const name = reader.text('name') ?? '';
  if (name === '') return null;
  const remove = reader.word('delete', 'FlagUnreadable', readFlag) === true;
  return { record: { name }, row, ...(remove ? { remove } : {}) };
}

interface Open {
  readonly persons: SourceRow<PersonRecord>[];
  readonly groups: SourceRow<GroupRecord>[];
  readonly groupTypes: SourceRow<GroupTypeRecord>[];
  headers: readonly HeaderReading[];
  passwords: number;
  rows: number;
}

function openBatch(): Open {
  return { persons: [], groups: [], groupTypes: [], headers: [], passwords: 0, rows: 0 };
}

function addRow(batch: Open, kind: ReadSheetKind, reader: RowReader, row: number): void {
  if (kind === 'groups') {
    const group = readGroup(reader, row);
    if (group !== null) batch.groups.push(group);
  } else if (kind === 'groupTypes') {
    const type = readGroupType(reader, row);
    if (type !== null) batch.groupTypes.push(type);
  } else {
    const person = readPerson(reader, kind === 'students' ? 'student' : 'teacher', row);
    if (person !== null) batch.persons.push(person);
    if (!isBlank(reader.cell('password'))) batch.passwords++;
  }
}

/** A sheet or view that is handed over row by row. Its first row that is not blank is the header row. */
export class SheetReading {
  readonly #findings: Finding[] = [];
  #reader: RowReader | null = null;
  #batch = openBatch();
  #count = 0;

  constructor(
    private readonly kind: ReadSheetKind,
    private readonly sheet: string,
    private readonly limits: SourceLimits,
  ) {}

  /**
   * Takes the next row; answers a batch when one is full. Blank rows are passed over.
   *
   * @throws RolloverError MissingKeyColumn, SourceTooLarge
   */
  add(row: GridRow): RowBatch | null {
    if (row.cells.every((cell) => isBlank(cell))) return null;
    if (this.#reader === null) {
      this.#readHeader(row);
      return null;
    }
    if (++this.#count > this.limits.rows) throw tooManyRows(this.sheet, this.limits.rows);
    this.#reader.begin(row);
    addRow(this.#batch, this.kind, this.#reader, row.row);
    return ++this.#batch.rows === ROWS_PER_BATCH ? this.#handOver() : null;
  }

  /**
   * What is left.
   *
   * @throws RolloverError MissingKeyColumn when there was not even a header row
   */
  end(): RowBatch {
    if (this.#reader === null) throw missingKey(this.kind, this.sheet);
    return this.#handOver();
  }

  #readHeader(row: GridRow): void {
    const header = readHeader(this.kind, this.sheet, row.row, row.cells);
    this.#batch.headers = header.headers;
    this.#findings.push(...header.findings);
    this.#reader = new RowReader(this.sheet, header, this.#findings);
  }

  #handOver(): RowBatch {
    const { kind, sheet } = this;
    const { persons, groups, groupTypes, headers, passwords } = this.#batch;
    this.#batch = openBatch();
    const findings = this.#findings.splice(0);
    return { kind, sheet, headers, persons, groups, groupTypes, passwords, findings };
  }
}

/**
 * Reads a sheet in batches.
 *
 * @throws RolloverError MissingKeyColumn, SourceTooLarge, and what `rows` throws
 */
export async function* readRows(
  kind: ReadSheetKind,
  sheet: string,
  rows: Iterable<GridRow> | AsyncIterable<GridRow>,
  limits: SourceLimits,
): AsyncGenerator<RowBatch> {
  const reading = new SheetReading(kind, sheet, limits);
  for await (const row of rows) {
    const batch = reading.add(row);
    if (batch !== null) yield batch;
  }
  yield reading.end();
}

function tooManyRows(sheet: string, limit: number): RolloverError {
  return new RolloverError('SourceTooLarge', `A sheet has too many rows; the limit is ${limit}.`, {
    sheet,
    limit,
  });
}
