import { Connection } from '@temporalio/client';
import { expect, test } from 'vitest';
import { createTimeSkipping, describeWithTimeSkipping } from './time-skipping.js';

describeWithTimeSkipping('the time-skipping server', () => {
  test('lets a month pass in no time', async () => {
    const environment = await createTimeSkipping();
    const before = await environment.currentTimeMs();
    await environment.sleep('30 days');
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(30 * 86_400_000);
    expect(environment.connection).toBeInstanceOf(Connection);
    await environment.teardown();
  });
});
