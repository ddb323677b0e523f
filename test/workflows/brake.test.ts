import { expect, test } from 'vitest';
import { pauseRequested, resumeRequested, status } from '../../workflows/messages.js';
import { answer, startRollover, temporal, useTemporal, waitFor, withWorker } from './stage.js';

useTemporal();

test('a word of Temporal UI moves the brake, in the order of the words, and is shown', async () => {
  await withWorker({}, async (taskQueue, school, stub) => {
    const handle = await startRollover(taskQueue, school);
    await waitFor(handle, 'backups');
    await handle.signal(pauseRequested, { by: 'admin' });
    await handle.signal(resumeRequested, { by: 'admin' });
    await handle.signal(pauseRequested, { by: 'x'.repeat(100) });
    // the first word shows itself as soon as it is followed: only the last call tells that all were
    const words = () => stub.calls.filter((call) => call.startsWith('setBrake'));
    await expect
      .poll(words)
      .toEqual(['setBrake pause admin', 'setBrake go admin', `setBrake pause ${'x'.repeat(64)}`]);
    await expect.poll(async () => (await handle.query(status)).paused).toBe(true);
    await handle.terminate();
  });
});

test('a word of somebody who has set the brake already is only shown; nonsense is a word, too', async () => {
  await withWorker({}, async (taskQueue, school, stub) => {
    const handle = await startRollover(taskQueue, school);
    await waitFor(handle, 'backups');
    await handle.signal(pauseRequested, { by: 'admin', alreadySet: true });
    await expect.poll(async () => (await handle.query(status)).paused).toBe(true);
    expect(stub.calls.filter((call) => call.startsWith('setBrake'))).toEqual([]);
    await handle.signal('resumeRequested');
    await expect.poll(async () => (await handle.query(status)).paused).toBe(false);
    expect(stub.calls).toContain('setBrake go unknown');
    await handle.terminate();
  });
});

test('a brake that cannot be set is not shown as set, and the run lives on', async () => {
  await withWorker({ brakeFails: true }, async (taskQueue, school) => {
    const handle = await startRollover(taskQueue, school);
    await waitFor(handle, 'backups');
    await handle.signal(pauseRequested, { by: 'admin' });
    await answer(handle, 'backups');
    await waitFor(handle, 'knowledgenet');
    expect((await handle.query(status)).paused).toBe(false);
    await handle.terminate();
  });
});

test('applying waits while it is paused and then goes on', async () => {
  await withWorker(
    { slices: ['more', 'paused', 'more', 'paused', 'done'] },
    async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school);
      for (const gate of ['backups', 'knowledgenet', 'data', 'plan'] as const) await answer(handle, gate);
      await waitFor(handle, 'tidy');
      const calls = stub.calls.filter((call) => /^(applyChanges|awaitResume)/.test(call));
      expect(calls.map((call) => call.split(' ').at(-1))).toEqual([
        'more',
        'paused',
        'awaitResume',
        'more',
        'paused',
        'awaitResume',
        'done',
      ]);
      // waiting costs one activity per pause, however long it takes
      const child = temporal.client.workflow.getHandle(`${handle.workflowId}/apply/1`);
      const { historyLength } = await child.describe();
      expect(historyLength).toBeLessThan(70);
      await handle.terminate();
    },
  );
});
