/** Pre-flight: can the views be read, and do they hold about what the last reading held? */
import { castSourceError } from './errors.js';
import { withViews, type ViewSource } from './connection.js';
import { countViews } from './pages.js';
import { viewProblems } from './require-views.js';
import { countPersons } from './sql.js';
import type { ViewCounts } from './views.js';
import type { RolloverError } from '../../model/errors.js';

export interface ViewsPreflight {
  /** What is wrong with views, columns and rights, a line each; empty when everything can be read. */
  readonly problems: readonly string[];
  /** Code of the registry when the database cannot be read at all. */
  readonly failure: RolloverError['code'] | null;
  /** Rows per view, and how many of kn_users are students or teachers; null when they cannot be counted. */
  readonly counts: { readonly views: ViewCounts; readonly persons: number } | null;
}

/** Looks; a database that is away is part of the answer, not an error. */
export async function lookAtViews(source: ViewSource): Promise<ViewsPreflight> {
  try {
    return await withViews(source, async (connection) => {
      const problems = await viewProblems(connection);
      if (problems.length > 0) return { problems, failure: 'SourceViews', counts: null };
      const counts = { views: await countViews(connection), persons: await countPersons(connection) };
      return { problems, failure: null, counts };
    });
  } catch (error) {
    const { code, message } = castSourceError(error);
    return { problems: [message], failure: code, counts: null };
  }
}
