/** Where a sheet keeps passwords, and what is found there. */
import { isBlank, rawTextOf, readId, textOf, type Cell } from '../cells.js';
import { fieldOf, normaliseHeader, type SheetKind } from '../headers.js';

/** A person's password as the cell had it. */
export interface FoundPassword {
  readonly externalId: string;
  readonly password: string;
}

const passwordLike = /passw|passphrase|pwd/;

/** Where a sheet keeps passwords; `null`: nowhere. */
export interface PasswordColumns {
  /** All columns that are emptied. */
  readonly columns: readonly number[];
  /** The one that logins use; -1: none. */
  readonly login: number;
  readonly externalId: number;
}

/** Finds the columns of a header row; any sheet may have some, caregivers' too. */
export function passwordColumns(header: readonly Cell[]): PasswordColumns | null {
  const fields = Array.from(header, (cell) => (isBlank(cell) ? null : fieldOf('students', textOf(cell))));
  const columns = [...header.keys()].filter(
    (column) => fields[column] === 'password' || passwordLike.test(normaliseHeader(textOf(header[column]))),
  );
  if (columns.length === 0) return null;
  return { columns, login: fields.indexOf('password'), externalId: fields.indexOf('externalId') };
}

/** Collects what is taken out. */
export class Passwords {
  found = 0;
  readonly #byPerson = new Map<string, string | null>();

  /** Notes the cells of one row; answers whether any has to be emptied. */
  note(kind: SheetKind | null, places: PasswordColumns, cells: readonly Cell[]): boolean {
    const filled = places.columns.filter((column) => !isBlank(cells[column]));
    this.found += filled.length;
    if (kind === 'students' || kind === 'teachers') this.#keep(places, cells);
    return filled.length > 0;
  }

  #keep(places: PasswordColumns, cells: readonly Cell[]): void {
    const cell = cells[places.login];
    const { id } = readId(cells[places.externalId]);
    if (id === '' || isBlank(cell)) return;
    const password = rawTextOf(cell);
    const known = this.#byPerson.get(id);
    // Nobody gets a password that may be somebody else's.
    this.#byPerson.set(id, known === undefined || known === password ? password : null);
  }

  get list(): FoundPassword[] {
    const list: FoundPassword[] = [];
    for (const [externalId, password] of this.#byPerson)
      if (password !== null) list.push({ externalId, password });
    return list;
  }
}
