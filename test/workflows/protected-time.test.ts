/** Removals wait for the holidays by a durable timer; weeks pass in seconds. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CalendarSettings } from '../../data/model/settings.js';
import { removalWindow } from '../../data/stages/protected-time.js';
import { status } from '../../workflows/messages.js';
import { createTimeSkipping, describeWithTimeSkipping } from '../support/time-skipping.js';
import { noMore, waitForHolidays } from './waiting-workflow.js';

const DAY = 86_400_000;
const timeZone = 'Pacific/Auckland';

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

describeWithTimeSkipping('a run that may not remove anything now', () => {
  let env: TestWorkflowEnvironment;
  let worker: Worker;
  let running: Promise<void>;
  let calendar: CalendarSettings;
  let asked = 0;
  const taskQueue = `holidays-${randomUUID()}`;

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    env = await createTimeSkipping();
    await env.connection.operatorService.addSearchAttributes({
      namespace: 'default',
      searchAttributes: { School: 2, RolloverYear: 3, Stage: 2, Waiting: 2 },
    });
    worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      workflowsPath: fileURLToPath(new URL('waiting-workflow.ts', import.meta.url)),
      activities: {
        readRemovalWindow: async ({ now }: { now: string }) => {
          asked++;
          return removalWindow(now, { timeZone, calendar });
        },
      },
    });
    running = worker.run();
  });
  afterAll(async () => {
    worker?.shutdown();
    await running;
    await env?.teardown();
  });

  const start = () =>
    env.client.workflow.start(waitForHolidays, {
      taskQueue,
      workflowId: `wait-${randomUUID()}`,
      args: ['test'],
    });

  const detailsOf = async (handle: Awaited<ReturnType<typeof start>>): Promise<string> =>
    (await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata')).currentDetails ?? '';

  test('waits until the midnight after the term, shows until when, and looks at the calendar on its way', async () => {
    const now = await env.currentTimeMs();
    const to = dayOf(now + 20 * DAY);
    calendar = { terms: [{ from: dayOf(now - 20 * DAY), to }] };
    const { until } = removalWindow(new Date(now).toISOString(), { timeZone, calendar });
    asked = 0;
    const handle = await start();
    await expect.poll(() => detailsOf(handle), { timeout: 20_000 }).toContain(`Waits until ${until ?? ''}`);
    expect((await handle.query(status)).awaitsHolidays).toEqual({ until });
    const ended = Date.parse((await handle.result()) ?? '');
    expect((await handle.query(status)).awaitsHolidays).toBeNull();
    expect(ended).toBeGreaterThanOrEqual(Date.parse(until ?? ''));
    expect(ended).toBeLessThan(Date.parse(until ?? '') + 60_000);
    // every six hours, and a few more for the last stretch
    expect(asked).toBeGreaterThan(20 * 4 - 8);
    expect(asked).toBeLessThan(22 * 4 + 8);
  });

  test('goes on soon after the administrator has allowed it', async () => {
    const now = await env.currentTimeMs();
    calendar = { terms: [{ from: dayOf(now - 2 * DAY), to: dayOf(now + 60 * DAY) }] };
    const handle = await start();
    await expect.poll(() => detailsOf(handle), { timeout: 20_000 }).toContain('Waits until');
    calendar = { ...calendar, removals: 'any-time' };
    const ended = Date.parse((await handle.result()) ?? '');
    expect(ended).toBeLessThan(now + DAY);
  });

  test('says what to do where the calendar has come to its end, and stops when nothing is left to wait for', async () => {
    calendar = { terms: [{ from: '2001-02-01', to: '2001-12-01' }] };
    const handle = await start();
    await expect.poll(() => detailsOf(handle), { timeout: 20_000 }).toContain('add the terms');
    expect((await handle.query(status)).awaitsHolidays).toEqual({ until: null });
    await handle.signal(noMore);
    expect(await handle.result()).toBeNull();
    expect((await handle.query(status)).awaitsHolidays).toBeNull();
  });
});
