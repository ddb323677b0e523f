/** The way to Temporal. */
import { Client, Connection } from '@temporalio/client';
import { converting } from '../codec/data-converter.js';
import type { Encryption, TemporalConfiguration } from '../data/configuration.js';
import { RolloverError } from '../data/model/errors.js';

const CONNECT_TIMEOUT = '5s';

/** An open connection and what is said through it. */
export interface Temporal {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  readonly taskQueue: string;
}

type Tls = NonNullable<TemporalConfiguration['tls']>;

function toTls({ ca, cert, key }: Tls): NonNullable<Parameters<typeof Connection.connect>[0]>['tls'] {
  return {
    ...(ca === undefined ? {} : { serverRootCACertificate: Buffer.from(ca) }),
    ...(cert === undefined || key === undefined
      ? {}
      : { clientCertPair: { crt: Buffer.from(cert), key: Buffer.from(key) } }),
  };
}

/**
 * Connects as an account; the account id is the identity that histories show.
 *
 * @throws RolloverError TemporalUnavailable
 */
export async function connectTemporal(
  temporal: TemporalConfiguration,
  account: string,
  encryption?: Encryption,
): Promise<Temporal> {
  const { address, namespace, taskQueue, tls } = temporal;
  let connection: Connection;
  try {
    connection = await Connection.connect({
      address,
      connectTimeout: CONNECT_TIMEOUT,
      ...(tls === undefined ? {} : { tls: toTls(tls) }),
    });
  } catch (cause) {
    throw new RolloverError('TemporalUnavailable', `Temporal does not answer at ${address}.`, {}, { cause });
  }
  const client = new Client({ connection, namespace, identity: `cli:${account}`, ...converting(encryption) });
  return { client, connection, namespace, taskQueue };
}
