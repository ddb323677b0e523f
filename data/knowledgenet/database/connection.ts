/** One connection to KnowledgeNET's database with one read transaction: what is read is one moment. */
import type { Knex } from 'knex';
import type { DatabaseAddress } from '../../database/connect.js';
import { openPool } from '../../database/connect.js';
import { castSourceError } from './errors.js';

/** Where a school's views are. */
export interface ViewSource {
  readonly address: DatabaseAddress;
  readonly schema: string;
}

export interface ViewConnection {
  readonly schema: string;
  /** Rows as arrays, because a join's or view's column names may repeat in another case. */
  select(statement: string, values: readonly (string | number)[]): Promise<unknown[][]>;
}

/** Longest silence of the server in answer to one statement. */
const STATEMENT_MS = 120_000;

/** Begins the moment that is read. Isolation is the session's own matter elsewhere; here it has to be this one. */
const begin = [
  'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ',
  'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
];

interface Client {
  acquireConnection(): Promise<unknown>;
  releaseConnection(connection: unknown): Promise<void>;
}

/** Every statement goes over the very connection of the transaction: another one would read another moment. */
function boundTo(db: Knex, connection: unknown, schema: string): ViewConnection {
  return {
    schema,
    async select(statement, values) {
      const query = db
        .raw(statement, [...values])
        .options({ rowsAsArray: true, timeout: STATEMENT_MS })
        .connection(connection);
      const [rows] = (await query) as unknown as [unknown[][]];
      return rows;
    },
  };
}

async function within<T>(
  db: Knex,
  schema: string,
  work: (connection: ViewConnection) => Promise<T>,
): Promise<T> {
  const client = db.client as Client;
  const raw = await client.acquireConnection();
  try {
    const connection = boundTo(db, raw, schema);
    for (const statement of begin) await connection.select(statement, []);
    const result = await work(connection);
    await connection.select('COMMIT', []);
    return result;
  } finally {
    await client.releaseConnection(raw);
  }
}

/**
 * Runs the work inside one consistent read transaction on a connection of its own, closed at its end whatever happens.
 *
 * @throws RolloverError SourceUnavailable (try again, from the beginning), SourceViews, and what the work throws
 */
export async function withViews<T>(
  source: ViewSource,
  work: (connection: ViewConnection) => Promise<T>,
): Promise<T> {
  const db = openPool(source.address, { max: 1 });
  try {
    return await within(db, source.schema, work);
  } catch (error) {
    throw castSourceError(error);
  } finally {
    await db.destroy();
  }
}
