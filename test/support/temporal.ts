/** A Temporal dev server for one test file, headless, in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { startTemporal } from '../../embedded/temporal.js';
import { fastFolder } from './folder.js';
import { waitForPortClosed } from './processes.js';

export interface TestTemporal {
  readonly address: string;
  readonly client: Client;
  readonly connection: NativeConnection;
  /** SIGKILL; returns when nothing listens any more. */
  kill(): Promise<void>;
  /** The same server again from its file on the same port; clients reconnect by themselves. */
  restart(): Promise<void>;
  /** SIGKILL, and the same server again from its file on the same port; the client reconnects by itself. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

let runtimeInstalled = false;

function installQuietRuntime(): void {
  if (!runtimeInstalled) Runtime.install({ logger: new DefaultLogger('ERROR') });
  runtimeInstalled = true;
}

/** `logger: false`: the test has installed a runtime with a logger of its own. */
export async function startTestTemporal(options: { readonly logger?: false } = {}): Promise<TestTemporal> {
  if (options.logger !== false) installQuietRuntime();
  const folder = await mkdtemp(join(fastFolder(), 'rollover-temporal-'));
  let server = await startTemporal(folder, { ui: false });
  const { address } = server;
  const clientConnection = await Connection.connect({ address });
  const connection = await NativeConnection.connect({ address });
  const port = Number(address.split(':')[1]);
  const kill = async (): Promise<void> => {
    process.kill(server.pid, 'SIGKILL');
    await waitForPortClosed(port);
  };
  const restart = async (): Promise<void> => {
    server = await startTemporal(folder, { ui: false, preferredPort: port });
    if (server.address !== address) throw new Error('The Temporal server came back on another port.');
  };
  return {
    address,
    client: new Client({ connection: clientConnection }),
    connection,
    kill,
    restart,
    async killAndRestart() {
      await kill();
      await restart();
    },
    async stop() {
      await clientConnection.close();
      await connection.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
