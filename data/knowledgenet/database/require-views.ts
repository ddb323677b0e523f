/** Whether the views are there as documented, with the right to read them. */
import { RolloverError } from '../../model/errors.js';
import type { ViewConnection } from './connection.js';
import { refusalOf } from './errors.js';
import { selectColumns, selectNothing } from './sql.js';
import { KEY_COLUMN, viewColumns, viewNames, type ViewName } from './views.js';

const words = {
  missing: 'is missing',
  broken: 'is broken: a table or column behind it is gone, or its owner lacks a right',
  right: 'may not be read by this account',
} as const;

async function tryView(
  connection: ViewConnection,
  view: ViewName,
): Promise<'missing' | 'broken' | 'right' | null> {
  try {
    await selectNothing(connection, view);
    return null;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    return refusal;
  }
}

/** What is wrong with the views, a line each, without any value of a row; empty when they can be read. */
export async function viewProblems(connection: ViewConnection): Promise<string[]> {
  const seen = new Map<string, Set<string>>();
  for (const [view, column] of await selectColumns(connection))
    seen.set(view, (seen.get(view) ?? new Set()).add(column));
  const problems: string[] = [];
  for (const view of viewNames) {
    const refusal = await tryView(connection, view);
    if (refusal === null) continue;
    const columns = seen.get(view);
    const lacking = [KEY_COLUMN, ...viewColumns[view]].filter((column) => columns?.has(column) === false);
    // A column that may not be read is not shown either.
    if (lacking.length > 0 && refusal !== 'broken')
      problems.push(`${view} has no column ${lacking.join(', ')}, or this account may not read it`);
    else problems.push(`${view} ${words[refusal]}`);
  }
  return problems;
}

/** @throws RolloverError SourceViews naming views and columns */
export async function requireViews(connection: ViewConnection): Promise<void> {
  const problems = await viewProblems(connection);
  if (problems.length > 0)
    throw new RolloverError(
      'SourceViews',
      `KnowledgeNET's database cannot be read as documented: ${problems.join('; ')}.`,
    );
}
