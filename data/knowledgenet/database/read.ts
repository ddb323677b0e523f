/** KnowledgeNET's database as a source: its views as sheets, read in one moment, judged by the rules of the workbook. */
import type { GroupProvisioningRule } from '../../model/settings.js';
import type { Answer } from '../files/answers.js';
import type { ReadSheetKind } from '../headers.js';
import { defaultLimits, type SourceLimits } from '../files/limits.js';
import { SheetReading, type RowBatch } from '../rows.js';
import { collectReading, type ReadSource } from '../source.js';
import { cellOf, keyOf } from './cells.js';
import { withViews, type ViewConnection, type ViewSource } from './connection.js';
import { readMemberships } from './memberships.js';
import { countViews, readPages, requireComplete, Tally, type PageOptions } from './pages.js';
import { personHeader, personRow, sheetOf } from './persons.js';
import { requireViews } from './require-views.js';
import { readRules } from './rules.js';
import { viewColumns } from './views.js';

export type { ViewSource } from './connection.js';

export interface DatabaseOptions extends PageOptions {
  readonly limits?: Partial<SourceLimits>;
  /** Told after each batch of rows, for heartbeats. */
  readonly onProgress?: (rowsRead: number) => void;
}

/** A complete reading and, beside it, KnowledgeNET's own provisioning rules. */
export interface DatabaseReading {
  readonly read: ReadSource;
  readonly rules: readonly GroupProvisioningRule[];
}

interface Work extends DatabaseOptions {
  readonly connection: ViewConnection;
  readonly limits: SourceLimits;
  readonly tally: Tally;
}

const kinds: readonly ReadSheetKind[] = ['students', 'teachers', 'groups', 'groupTypes'];

function* batches(...given: (RowBatch | null)[]): Generator<Answer> {
  for (const batch of given) if (batch !== null) yield { is: 'rows', batch };
}

/** A view that is one sheet. */
async function* readSheet(
  work: Work,
  kind: 'groups' | 'groupTypes',
  view: 'kn_groups' | 'kn_group_types',
): AsyncGenerator<Answer> {
  const columns: readonly string[] = viewColumns[view];
  const sheet = new SheetReading(kind, view, work.limits);
  sheet.add({ row: 0, cells: columns });
  for await (const rows of readPages(work.connection, view, work, work.tally))
    for (const [key, ...values] of rows) {
      const cells = values.map((value, index) => cellOf(value, view, columns[index] ?? ''));
      yield* batches(sheet.add({ row: keyOf(key, view), cells }));
    }
  yield* batches(sheet.end());
}

/** The view that is two sheets, its persons with their classes. */
async function* readUsers(work: Work): AsyncGenerator<Answer> {
  const view = 'kn_users';
  const onPage = (): void => work.onProgress?.(work.tally.of('kn_memberships'));
  const memberships = await readMemberships(work.connection, { ...work, onPage }, work.tally);
  const sheets = {
    students: new SheetReading('students', view, work.limits),
    teachers: new SheetReading('teachers', view, work.limits),
  };
  for (const sheet of Object.values(sheets)) sheet.add(personHeader);
  for await (const rows of readPages(work.connection, view, work, work.tally))
    for (const row of rows) {
      const name = sheetOf(row);
      if (name !== null) yield* batches(sheets[name].add(personRow(row, memberships)));
    }
  yield* batches(sheets.students.end(), sheets.teachers.end());
}

async function* readAnswers(work: Work): AsyncGenerator<Answer> {
  yield { is: 'sheets', found: kinds, findings: [] };
  yield* readSheet(work, 'groupTypes', 'kn_group_types');
  yield* readSheet(work, 'groups', 'kn_groups');
  yield* readUsers(work);
  yield { is: 'done' };
}

async function readMoment(connection: ViewConnection, options: DatabaseOptions): Promise<DatabaseReading> {
  const limits = { ...defaultLimits, ...options.limits };
  const work: Work = { ...options, connection, limits, tally: new Tally() };
  await requireViews(connection);
  const before = await countViews(connection);
  const { onProgress } = options;
  const read = await collectReading(readAnswers(work), {
    reading: 'complete',
    // The views have no passwords.
    passwordKeyConfigured: true,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const rules = await readRules(connection, work, work.tally);
  requireComplete(before, await countViews(connection), work.tally);
  return { read: { ...read, headers: withoutRepeats(read.headers) }, rules };
}

/** kn_users is two sheets with the same headers. */
function withoutRepeats(headers: ReadSource['headers']): ReadSource['headers'] {
  const seen = new Set<string>();
  return headers.filter(({ sheet, header }) => {
    const key = `${sheet} ${header}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

/**
 * Reads everything, or fails: a connection that is lost half-way gives an error, never fewer people. Another attempt
 * starts anew, with another moment.
 *
 * @throws RolloverError SourceUnavailable, SourceViews, SourceTooLarge, Interrupted
 */
export function readDatabase(source: ViewSource, options: DatabaseOptions = {}): Promise<DatabaseReading> {
  return withViews(source, (connection) => readMoment(connection, options));
}
