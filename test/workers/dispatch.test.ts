/** Activities are found by the name that a workflow called, and by no other. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import type { Activities } from '../../activities/index.js';
import { dispatching } from '../../workers/dispatch.js';

const known = { tell: (input: unknown) => Promise.resolve({ told: input }) } as unknown as Activities;

const called = (activityType: string): MockActivityEnvironment =>
  new MockActivityEnvironment({ activityType });

test('runs the activity of that name, once it is loaded', async () => {
  let load: (activities: Activities) => void = () => undefined;
  const loading = new Promise<Activities>((resolve) => (load = resolve));
  const told = called('tell').run(
    dispatching(() => loading),
    { school: 'kahurangi' },
  );
  load(known);
  expect(await told).toEqual({ told: { school: 'kahurangi' } });
});

test.each(['tells', 'toString', 'default'])(
  'a name that is none of ours (%s) is tried again elsewhere',
  async (name) => {
    await expect(
      called(name).run(
        dispatching(() => Promise.resolve(known)),
        {},
      ),
    ).rejects.toMatchObject({ type: 'NotFoundError', nonRetryable: false });
  },
);
