/** A dump as a workflow: cancelling it reaches the program, and its history can be replayed. */
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { castingInterceptor } from '../../activities/failures.js';
import { createActivities } from '../../activities/index.js';
import { selectBackups } from '../../data/journal/backups.js';
import { workflowsPath } from '../../workers/bundle.js';
import { workflowTypes } from '../../workflows/messages.js';
import { replayAndRecord } from '../support/record-history.js';
import { createSchool, type TestSchool } from '../support/school.js';
import { startTestTemporal, type TestTemporal } from '../support/temporal.js';

let own: TestSchool;
let temporal: TestTemporal;
let bundle: WorkflowBundleWithSourceMap;
let folder: string;
const taskQueue = `backup-${randomUUID()}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollover-backup-'));
  own = await createSchool();
  temporal = await startTestTemporal();
  bundle = await bundleWorkflowCode({ workflowsPath });
}, 240_000);
afterAll(async () => {
  await temporal?.stop();
  await own?.close();
  await rm(folder, { recursive: true, force: true });
});

async function withWorker<T>(program: string | undefined, work: () => Promise<T>): Promise<T> {
  const worker = await Worker.create({
    connection: temporal.connection,
    taskQueue,
    workflowBundle: bundle,
    activities: createActivities({
      open: async () => own.school,
      passwordKey: null,
      limits: {},
      onApplyPoint: () => undefined,
      backups: { folder, ...(program === undefined ? {} : { program }) },
    }),
    interceptors: { activity: [castingInterceptor] },
  });
  return worker.runUntil(work());
}

test('cancelling the workflow kills the program and leaves neither file nor row', async () => {
  const script = join(folder, 'slow.sh');
  const pidFile = join(folder, 'pid');
  const lines = [
    '#!/bin/sh',
    '[ "$2" = --version ] && { echo MariaDB; exit 0; }',
    `echo $$ > ${pidFile}`,
    'echo "-- begins"',
    'exec sleep 300',
  ];
  writeFileSync(script, `${lines.join('\n')}\n`);
  chmodSync(script, 0o700);
  await withWorker(script, async () => {
    const handle = await temporal.client.workflow.start(workflowTypes.backup, {
      taskQueue,
      workflowId: 'backup/cancelled',
      args: [{ school: 'test', by: 'kiri' }],
    });
    await expect.poll(() => existsSync(pidFile), { timeout: 30_000 }).toBe(true);
    await handle.cancel();
    const ended: unknown = await handle.result().catch((error: unknown) => error);
    expect(ended).toBeInstanceOf(WorkflowFailedError);
    expect((ended as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
  });
  const pid = Number(await readFile(pidFile, 'utf8'));
  expect(() => process.kill(pid, 0)).toThrow();
  expect(readdirSync(folder).sort()).toEqual(['pid', 'slow.sh']);
  expect(await selectBackups(own.school.journal)).toEqual([]);
}, 120_000);

test('dumps and their verifying leave histories that this code replays', async () => {
  await withWorker(undefined, async () => {
    const execute = async (type: string, workflowId: string, input: object): Promise<unknown> =>
      temporal.client.workflow.execute(type, {
        taskQueue,
        workflowId,
        args: [{ school: 'test', ...input }],
      });
    const { backupId } = (await execute(workflowTypes.backup, 'backup/test', { by: 'kiri' })) as {
      backupId: number;
    };
    await execute(workflowTypes.verifyBackup, 'backup/verify', { backupId });
    for (const id of ['backup/test', 'backup/verify'])
      await replayAndRecord(temporal, bundle, id, id.replaceAll('/', '-'));
  });
}, 120_000);
