/** A view page by page, in order of its key, and the count of what came. */
import { RolloverError } from '../../model/errors.js';
import { keyOf } from './cells.js';
import type { ViewConnection } from './connection.js';
import { countRows, selectPage, type ViewRow } from './sql.js';
import { viewNames, type ViewCounts, type ViewName } from './views.js';

export const ROWS_PER_PAGE = 5_000;

export interface PageOptions {
  /** Default 5,000. */
  readonly rowsPerPage?: number;
  /** Ends the reading between two pages. */
  readonly signal?: AbortSignal;
}

/** Counts what was read, view by view. */
export class Tally {
  readonly #rows = new Map<ViewName, number>();

  add(view: ViewName, rows: number): void {
    this.#rows.set(view, this.of(view) + rows);
  }

  of(view: ViewName): number {
    return this.#rows.get(view) ?? 0;
  }
}

/**
 * All rows of a view.
 *
 * @throws RolloverError SourceViews when keys are no whole numbers, Interrupted
 */
export async function* readPages(
  connection: ViewConnection,
  view: ViewName,
  options: PageOptions,
  tally: Tally,
): AsyncGenerator<readonly ViewRow[]> {
  const size = options.rowsPerPage ?? ROWS_PER_PAGE;
  let after: string | null = null;
  for (;;) {
    if (options.signal?.aborted === true)
      throw new RolloverError('Interrupted', "Reading KnowledgeNET's database was interrupted.");
    const rows: readonly ViewRow[] = await selectPage(connection, view, after, size);
    tally.add(view, rows.length);
    const last = rows.at(-1);
    if (last !== undefined) {
      after = String(keyOf(last[0], view));
      yield rows;
    }
    if (rows.length < size) return;
  }
}

/** Rows of every view. */
export async function countViews(connection: ViewConnection): Promise<ViewCounts> {
  const counts: [ViewName, number][] = [];
  for (const view of viewNames) counts.push([view, await countRows(connection, view)]);
  return Object.fromEntries(counts) as Record<ViewName, number>;
}

/**
 * Whether everything came [T04]: what the server counted before and after, and what was read, are one number.
 *
 * @throws RolloverError SourceUnavailable when rows changed meanwhile; SourceViews when keys repeat or are NULL
 */
export function requireComplete(before: ViewCounts, after: ViewCounts, tally: Tally): void {
  for (const view of viewNames) {
    const details = { view, before: before[view], after: after[view], read: tally.of(view) };
    if (before[view] !== after[view])
      throw new RolloverError(
        'SourceUnavailable',
        `${view} changed while it was read, in spite of the transaction: are its tables InnoDB?`,
        details,
      );
    if (tally.of(view) !== before[view])
      throw new RolloverError(
        'SourceViews',
        `${view} has ${before[view]} rows, but ${tally.of(view)} were read by its column id: it has to be there once in every row.`,
        details,
      );
  }
}
