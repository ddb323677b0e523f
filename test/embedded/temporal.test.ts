import { rmSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive } from '../../embedded/process.js';
import { startTemporal, stopTemporal } from '../../embedded/temporal.js';
import { makeTestFolder } from '../support/folder.js';

let folder: string;

beforeEach(() => {
  folder = makeTestFolder('temporal');
});

afterEach(async () => {
  await stopTemporal(folder);
  rmSync(folder, { recursive: true, force: true });
});

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

test('workflows and the address survive a stop and a kill; a second start finds the running server', async () => {
  const first = await startTemporal(folder);
  expect(first.address).toMatch(/^127\.0\.0\.1:/);
  expect((await fetch(first.uiAddress ?? '')).status).toBe(200);
  await withClient(first.address, (client) =>
    client.workflow.start('none', { taskQueue: 'nobody', workflowId: 'kept' }),
  );
  const second = await startTemporal(folder);
  expect(second).toMatchObject({ found: true, pid: first.pid });
  await second.stop();
  expect(isAlive(first.pid)).toBe(false);

  const third = await startTemporal(folder);
  expect(third.address).toBe(first.address);
  expect(third.uiAddress).toBe(first.uiAddress);
  process.kill(third.pid, 'SIGKILL');
  const fourth = await startTemporal(folder);
  const description = await withClient(fourth.address, (client) =>
    client.workflow.getHandle('kept').describe(),
  );
  expect(description.status.name).toBe('RUNNING');
});
