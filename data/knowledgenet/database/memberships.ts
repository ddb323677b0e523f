/** Who is in which class. In a workbook it stands in the person's own row, so it is read before the persons. */
import { readId, type Cell } from '../cells.js';
import { RolloverError } from '../../model/errors.js';
import type { SourceLimits } from '../files/limits.js';
import { cellOf } from './cells.js';
import type { ViewConnection } from './connection.js';
import { readPages, type PageOptions, type Tally } from './pages.js';
import { viewColumns } from './views.js';

/** Canonical External ID of a person → cells that name classes, in order of the view's key. */
export type MembershipCells = ReadonlyMap<string, readonly Cell[]>;

/** @throws RolloverError SourceTooLarge */
export async function readMemberships(
  connection: ViewConnection,
  options: PageOptions & { readonly limits: SourceLimits; readonly onPage: () => void },
  tally: Tally,
): Promise<MembershipCells> {
  const view = 'kn_memberships';
  const [personColumn, groupColumn] = viewColumns[view];
  const cells = new Map<string, Cell[]>();
  // Ids repeat hundreds of times over; each is kept once.
  const groups = new Map<unknown, Cell>();
  for await (const rows of readPages(connection, view, options, tally)) {
    if (tally.of(view) > options.limits.cells)
      throw new RolloverError(
        'SourceTooLarge',
        `${view} has too many rows; the limit is ${options.limits.cells}.`,
        { view, limit: options.limits.cells },
      );
    for (const [, person, group] of rows) {
      const { id } = readId(cellOf(person, view, personColumn));
      if (!groups.has(group)) groups.set(group, cellOf(group, view, groupColumn));
      const list = cells.get(id);
      if (list === undefined) cells.set(id, [groups.get(group)]);
      else list.push(groups.get(group));
    }
    options.onPage();
  }
  return cells;
}
