/** Connections to the MySQL or MariaDB server that holds a school's Moodle and our journal beside it. */
import knexModule, { type Knex } from 'knex';

const { knex } = knexModule;

export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Unix socket instead of host and port. */
  readonly socketPath?: string;
  /** PEM of the server's certificate authority; turns TLS on. */
  readonly tlsCa?: string;
  /** Milliseconds without a byte from the server after which a connection is taken for lost. */
  readonly silenceMs?: number;
}

/** Seconds after which the server drops a silent writer, so that a frozen process lets go of its row locks. */
export const WRITER_WAIT_TIMEOUT_S = 20;

/**
 * A connection may die without a word: a firewall forgets it, a cable is pulled. Nobody would ever answer. A writer's
 * statements take seconds and wait for locks no longer than ten; reading a large Moodle may think for minutes.
 */
const SILENCE_MS = { writer: 60_000, reader: 5 * 60_000 } as const;

/** Moodle's own session settings (contract §11): strict columns, READ COMMITTED, UTC. */
const sessionStatement =
  "SET SESSION sql_mode='STRICT_ALL_TABLES', time_zone='+00:00', transaction_isolation='READ-COMMITTED', innodb_lock_wait_timeout=10";

/** MariaDB before 11.1 knows the variable as tx_isolation only. */
const sessionStatementOld = sessionStatement.replace('transaction_isolation', 'tx_isolation');

interface RawConnection {
  readonly stream: { setTimeout(ms: number, then: () => void): void; destroy(error: Error): void };
  on(event: 'error', listener: () => void): void;
  query(sql: string, done: (error: (Error & { errno?: number }) | null) => void): void;
}

const silent = (): void => undefined;

function endWhenSilent(connection: RawConnection, ms: number): void {
  const { stream } = connection;
  stream.setTimeout(ms, () => {
    // the pool no longer listens to a connection that it has bidden farewell
    connection.on('error', silent);
    stream.destroy(Object.assign(new Error('The server is silent.'), { code: 'ETIMEDOUT' }));
  });
}

function prepareSession(
  connection: RawConnection,
  extra: string,
  done: (error: Error | null, connection: RawConnection) => void,
): void {
  const run = (statement: string, otherwise?: string): void => {
    connection.query(statement + extra, (error) => {
      // 1193 = unknown system variable
      if (error?.errno === 1193 && otherwise !== undefined) run(otherwise);
      else done(error, connection);
    });
  };
  run(sessionStatement, sessionStatementOld);
}

interface Use {
  readonly max: number;
  readonly silenceMs: number;
  /** More session settings. */
  readonly extra: string;
  readonly database?: string | undefined;
}

function open(address: DatabaseAddress, { max, silenceMs, extra, database }: Use): Knex {
  return knex({
    client: 'mysql2',
    connection: {
      ...(address.socketPath === undefined
        ? { host: address.host, port: address.port }
        : { socketPath: address.socketPath }),
      user: address.user,
      password: address.password,
      ...(database === undefined ? {} : { database }),
      ...(address.tlsCa === undefined ? {} : { ssl: { ca: address.tlsCa } }),
      charset: 'utf8mb4',
      timezone: 'Z',
      dateStrings: true,
      supportBigNumbers: true,
      multipleStatements: false,
      connectTimeout: 10_000,
    },
    acquireConnectionTimeout: 15_000,
    // knex would print drivers' messages, which quote values of rows; every failure is thrown anyway.
    log: { debug: silent, deprecate: silent, error: silent, warn: silent },
    pool: {
      min: 0,
      max,
      afterCreate: (
        connection: RawConnection,
        done: (error: Error | null, connection: RawConnection) => void,
      ) => {
        endWhenSilent(connection, address.silenceMs ?? silenceMs);
        prepareSession(connection, extra, done);
      },
    },
  });
}

/** A pool for reading and for short journal transactions. `database` is the default schema. */
export function openPool(
  address: DatabaseAddress,
  options: { readonly max?: number; readonly database?: string } = {},
): Knex {
  return open(address, {
    max: options.max ?? 4,
    silenceMs: SILENCE_MS.reader,
    extra: '',
    database: options.database,
  });
}

/** One connection for one holder of a target: a second one would not carry the fence. */
export function openWriter(address: DatabaseAddress, database: string): Knex {
  return open(address, {
    max: 1,
    silenceMs: SILENCE_MS.writer,
    extra: `, wait_timeout=${WRITER_WAIT_TIMEOUT_S}`,
    database,
  });
}
