/** Rows per table: counted in the text of a dump as it passes, and counted in a database. */
import type { Knex } from 'knex';
import type { RowCounts } from '../journal/backups.js';
import { select } from '../journal/journal.js';

const NEWLINE = 0x0a;
const QUOTE = 0x27;
const BACKSLASH = 0x5c;
const BACKTICK = 0x60;
const OPEN = 0x28;
const CLOSE = 0x29;
const SEMICOLON = 0x3b;
const TAIL_BYTES = 256;
const INSERT = 'INSERT INTO `';
const CREATE = 'CREATE TABLE `';
/** Longest beginning of a line that is looked at: the command and a name of 64 characters, each doubled or wide. */
const HEAD_BYTES = 300;

/** The end that mariadb-dump and mysqldump write last. */
export const endMarker = /\n-- Dump completed(?: on [\d: -]+)?\s*$/;

/**
 * Follows a dump and counts its rows: groups in parentheses behind VALUES, outside of strings. A state per byte,
 * because a statement may be as long as max_allowed_packet and pieces may end anywhere.
 */
export class RowCounter {
  readonly #counts = new Map<string, number>();
  #head: number[] = [];
  #headDone = false;
  #table: string | null = null;
  #inValues = false;
  #depth = 0;
  #quote = 0;
  #escaped = false;
  #word = '';
  #rows = 0;
  #tail: Buffer = Buffer.alloc(0);

  /** Rows so far, for progress. */
  get rows(): number {
    return this.#rows;
  }

  get counts(): RowCounts {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Whether the last bytes are a dump's end. */
  get ended(): boolean {
    return endMarker.test(this.#tail.toString('latin1'));
  }

  add(piece: Buffer): void {
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at] ?? 0;
      if (this.#table === null) this.#outside(byte);
      else this.#inside(byte);
    }
    this.look(piece);
  }

  /** Only looks for the end mark. */
  look(piece: Buffer): void {
    this.#tail = Buffer.concat([this.#tail, piece.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
  }

  /** Between INSERTs: only the beginning of a line says something. */
  #outside(byte: number): void {
    if (byte === NEWLINE) {
      this.#endLine();
      return;
    }
    if (this.#headDone) return;
    this.#head.push(byte);
    if (byte === BACKTICK && this.#head.length > INSERT.length) this.#readHead();
    else if (this.#head.length >= HEAD_BYTES) this.#headDone = true;
  }

  #endLine(): void {
    this.#head = [];
    this.#headDone = false;
  }

  #readHead(): void {
    const head = Buffer.from(this.#head).toString('utf8');
    const insert = head.startsWith(INSERT);
    const create = head.startsWith(CREATE);
    if (create && head.length === CREATE.length) return; // the name only begins
    this.#headDone = true;
    if (!insert && !create) return;
    const name = head.slice(insert ? INSERT.length : CREATE.length, -1);
    if (!this.#counts.has(name)) this.#counts.set(name, 0);
    if (!insert) return;
    this.#table = name;
    this.#inValues = false;
    this.#depth = 0;
    this.#word = '';
  }

  #inside(byte: number): void {
    if (this.#quote !== 0) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH && this.#quote === QUOTE) this.#escaped = true;
      else if (byte === this.#quote) this.#quote = 0; // a doubled quote opens again at once
    } else if (byte === QUOTE || byte === BACKTICK) this.#quote = byte;
    else if (byte === OPEN) this.#open();
    else if (byte === CLOSE) this.#depth--;
    else if (byte === SEMICOLON && this.#depth === 0) this.#endInsert();
    else if (!this.#inValues && this.#depth === 0) this.#readWord(byte);
  }

  #open(): void {
    this.#depth++;
    if (!this.#inValues || this.#depth !== 1 || this.#table === null) return;
    this.#rows++;
    this.#counts.set(this.#table, (this.#counts.get(this.#table) ?? 0) + 1);
  }

  #readWord(byte: number): void {
    this.#word = (this.#word + String.fromCharCode(byte)).slice(-6);
    if (this.#word === 'VALUES') this.#inValues = true;
  }

  #endInsert(): void {
    this.#table = null;
    this.#head = [];
    this.#headDone = true; // what follows on this line begins nothing
  }
}

/** Names of a schema's tables, views left out. */
export async function selectTableNames(db: Knex, schema: string): Promise<string[]> {
  const statement = `SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = ? AND table_type = 'BASE TABLE' ORDER BY table_name`;
  return (await select<{ name: string }>(db, statement, [schema])).map((row) => row.name);
}

/** Exact counts of all tables. `signal` is looked at between two tables. */
export async function countRows(db: Knex, schema: string, signal?: AbortSignal): Promise<RowCounts> {
  const counts: Record<string, number> = {};
  for (const name of await selectTableNames(db, schema)) {
    signal?.throwIfAborted();
    const [row] = await select<{ rows: number }>(db, 'SELECT COUNT(*) AS `rows` FROM ??.??', [schema, name]);
    counts[name] = Number(row?.rows ?? 0);
  }
  return counts;
}

/** Tables whose rows differ, or which only one side has. */
export function differingTables(expected: RowCounts, found: RowCounts): string[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...names].filter((name) => expected[name] !== found[name]).sort();
}
