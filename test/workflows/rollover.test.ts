import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Decision, Gate } from '../../data/model/gate.js';
import { decide, decisionSent, readingOffered, searchAttributes, status } from '../../workflows/messages.js';
import { answer, refusalOf, startRollover, useTemporal, waitFor, withWorker } from './stage.js';
import type { StubOptions } from './stub-activities.js';

useTemporal();

describe('a rollover', () => {
  test('goes through the guide in order and writes only what was approved', async () => {
    await withWorker({}, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school);
      for (const gate of ['backups', 'knowledgenet', 'data', 'plan', 'tidy', 'removals'] as const)
        await answer(handle, gate);
      expect(await handle.result()).toEqual({ runId: 7, outcome: 'completed' });
      expect(stub.calls).toEqual([
        'beginRun',
        'setMode disabled',
        'moveToYear 2027',
        'preflight',
        'openGate backups 1',
        'openGate knowledgenet 1',
        'takeSnapshot 5',
        'openGate data 1',
        'setSafeSettings',
        'makePlan 1',
        'openGate plan 1',
        'hashPasswords',
        'applyChanges 1 true done',
        'verify',
        'showCategories',
        'setMode enabled',
        'letGo',
        'openGate tidy 1',
        'holdTarget',
        'makeRemovalPlan 2 of 50 rollover',
        'openGate removals 1',
        'endRun completed',
      ]);
      expect(stub.told).toEqual([
        'gate-opened backups',
        'gate-opened knowledgenet',
        'gate-opened data',
        'gate-opened plan',
        'gate-opened tidy',
        'gate-opened removals',
        'run-ended completed',
      ]);
      expect(
        stub.decisions.every((decision) => decision.outcome === 'accepted' && decision.channel === 'update'),
      ).toBe(true);
    });
  });

  test('shows stage and gate as search attributes and in its current details', async () => {
    await withWorker({}, async (taskQueue, school) => {
      const handle = await startRollover(taskQueue, school);
      await waitFor(handle, 'backups');
      const { typedSearchAttributes } = await handle.describe();
      expect(typedSearchAttributes.get(searchAttributes.school)).toBe(school);
      expect(typedSearchAttributes.get(searchAttributes.year)).toBe(2027);
      expect(typedSearchAttributes.get(searchAttributes.waiting)).toBe('backups');
      const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
      expect(metadata.currentDetails).toContain('waits for a decision');
      expect(metadata.currentDetails).toContain('| removals |');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });

  test('refuses by update: a closed gate, a stale hash, a second and different decision', async () => {
    await withWorker({}, async (taskQueue, school) => {
      const handle = await startRollover(taskQueue, school);
      const decision = await waitFor(handle, 'backups');
      const send = (changed: Partial<Decision>) =>
        handle.executeUpdate(decide, { args: [{ ...decision, ...changed }] });
      expect(await refusalOf(send({ gate: 'plan' }))).toBe('GateNotOpen');
      expect(await refusalOf(send({ hash: 'x' }))).toBe('StaleDecision');
      expect(await refusalOf(send({ gate: 'nonsense' as Gate }))).toBe('UsageInvalid');
      const first = await send({});
      expect(await send({ decisionId: randomUUID() })).toEqual(first);
      expect(await refusalOf(send({ verdict: 'reject' }))).toBe('AlreadyDecided');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });

  test('takes the same decisions by signal, and records and shows a refusal', async () => {
    await withWorker({}, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school);
      const decision = await waitFor(handle, 'backups');
      await handle.signal(decisionSent, { ...decision, hash: 'stale' });
      await handle.signal(decisionSent, 'nonsense' as unknown as Decision);
      const { gate, opening, verdict, hash } = decision;
      await handle.signal(decisionSent, { gate, opening, verdict, hash, by: 'somebody' } as Decision);
      await waitFor(handle, 'knowledgenet');
      expect(stub.decisions.map((one) => one.outcome).sort()).toEqual([
        'StaleDecision',
        'UsageInvalid',
        'accepted',
      ]);
      expect(stub.decisions.every((one) => one.channel === 'signal')).toBe(true);
      expect((await handle.query(status)).refused.map((one) => one.code)).toEqual([
        'UsageInvalid',
        'StaleDecision',
      ]);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });

  test('needs a reading for gate knowledgenet, and looks again at gate data when a new one comes', async () => {
    await withWorker({}, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school, null);
      await answer(handle, 'backups');
      const decision = await waitFor(handle, 'knowledgenet');
      expect(await refusalOf(handle.executeUpdate(decide, { args: [decision] }))).toBe('NoReading');
      await handle.signal(readingOffered, { uploadId: 11, by: 'admin' });
      await answer(handle, 'knowledgenet');
      const old = await waitFor(handle, 'data');
      await handle.signal(readingOffered, { uploadId: 12, by: 'admin' });
      await waitFor(handle, 'data', 2);
      expect(await refusalOf(handle.executeUpdate(decide, { args: [old] }))).toBe('StaleDecision');
      expect(stub.calls.filter((call) => call.startsWith('takeSnapshot'))).toEqual([
        'takeSnapshot 11',
        'takeSnapshot 12',
      ]);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });

  test('does not pass gate data while a finding stops the run; reject leads back to knowledgenet', async () => {
    await withWorker({ stopsRun: 2 }, async (taskQueue, school) => {
      const handle = await startRollover(taskQueue, school);
      await answer(handle, 'backups');
      await answer(handle, 'knowledgenet');
      const decision = await waitFor(handle, 'data');
      expect(await refusalOf(handle.executeUpdate(decide, { args: [decision] }))).toBe('BlockingFindings');
      await answer(handle, 'data', 'reject');
      await waitFor(handle, 'knowledgenet', 2);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });

  test('leads a rejected plan back to the data, and plans again', async () => {
    await withWorker({ changes: [3, 2, 0] }, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school);
      for (const gate of ['backups', 'knowledgenet', 'data'] as const) await answer(handle, gate);
      await answer(handle, 'plan', 'reject');
      await answer(handle, 'data', 'approve', 2);
      await answer(handle, 'plan', 'approve', 2);
      await answer(handle, 'tidy', 'reject');
      await answer(handle, 'removals', 'reject');
      expect((await handle.result()).outcome).toBe('completed');
      expect(stub.calls.filter((call) => call.startsWith('applyChanges'))).toEqual([
        'applyChanges 2 true done',
      ]);
    });
  });

  test('opens gate plan anew when too much has drifted', async () => {
    await withWorker(
      { changes: [3, 2], slices: ['more', 'drift', 'done'] },
      async (taskQueue, school, stub) => {
        const handle = await startRollover(taskQueue, school);
        for (const gate of ['backups', 'knowledgenet', 'data', 'plan'] as const) await answer(handle, gate);
        await answer(handle, 'plan', 'approve', 2);
        await answer(handle, 'tidy');
        await answer(handle, 'removals');
        await handle.result();
        expect(stub.calls.filter((call) => call.startsWith('applyChanges'))).toEqual([
          'applyChanges 1 true more',
          'applyChanges 1 true drift',
          'applyChanges 2 true done',
        ]);
      },
    );
  });

  test('cancelled ends with a report, leaves the mode Disabled, and the year can be started again', async () => {
    await withWorker({}, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school);
      await waitFor(handle, 'backups');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      expect((await handle.describe()).status.name).toBe('CANCELLED');
      expect(stub.calls.slice(-1)).toEqual(['endRun cancelled']);
      expect(stub.calls).not.toContain('setMode enabled');
      const again = await startRollover(taskQueue, school);
      await waitFor(again, 'backups');
      await again.cancel();
      await expect(again.result()).rejects.toThrow();
    });
  });

  test('ends as failed when another run holds the target', async () => {
    await withWorker({ heldBy: 'sync/other' }, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school);
      await expect(handle.result()).rejects.toThrow();
      expect(stub.calls).not.toContain('preflight');
      expect(stub.calls.slice(-1)).toEqual(['endRun failed']);
    });
  });
});

describe('a rollover of a school whose database can be read', () => {
  test('needs no upload, reads again when somebody goes back, and prefers an upload that comes', async () => {
    await withWorker({ database: true }, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school, null);
      for (const gate of ['backups', 'knowledgenet'] as const) await answer(handle, gate);
      await answer(handle, 'data', 'reject');
      await answer(handle, 'knowledgenet', 'approve', 2);
      await waitFor(handle, 'data', 2);
      await handle.signal(readingOffered, { uploadId: 11, by: 'admin' });
      await waitFor(handle, 'data', 3);
      await handle.signal(readingOffered, { uploadId: null, by: 'admin' });
      await waitFor(handle, 'data', 4);
      expect(stub.calls.filter((call) => call.startsWith('takeSnapshot'))).toEqual([
        'takeSnapshot null',
        'takeSnapshot null',
        'takeSnapshot 11',
        'takeSnapshot null',
      ]);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });
});

describe('a reading that is offered by hand', () => {
  test('is passed over when it means nothing, and leads back when there is no such upload', async () => {
    await withWorker({ noUpload: 999 }, async (taskQueue, school) => {
      const handle = await startRollover(taskQueue, school, null);
      await answer(handle, 'backups');
      const decision = await waitFor(handle, 'knowledgenet');
      for (const nonsense of [
        undefined,
        null,
        'abc',
        { uploadId: 'abc' },
        { uploadId: -1 },
        { uploadId: 1.5 },
        {},
      ])
        await handle.signal(readingOffered, nonsense as never);
      expect(await refusalOf(handle.executeUpdate(decide, { args: [decision] }))).toBe('NoReading');
      await handle.signal(readingOffered, { uploadId: 999, by: 'admin' });
      await answer(handle, 'knowledgenet');
      await waitFor(handle, 'knowledgenet', 2);
      await handle.signal(readingOffered, { uploadId: 12, by: 'admin' });
      await answer(handle, 'knowledgenet', 'approve', 2);
      await waitFor(handle, 'data');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });
});

describe('a plan of more than a hundred changes', () => {
  test('gets one decision, also when two come at the same moment', async () => {
    await withWorker({ changes: [101] }, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school);
      for (const gate of ['backups', 'knowledgenet', 'data'] as const) await answer(handle, gate);
      const decision = await waitFor(handle, 'plan');
      const send = (verdict: 'approve' | 'reject') =>
        handle.executeUpdate(decide, { args: [{ ...decision, decisionId: randomUUID(), verdict }] });
      const outcomes = await Promise.allSettled([send('approve'), send('reject'), send('approve')]);
      const counted = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value.verdict] : []));
      expect(new Set(counted).size).toBe(1);
      expect(
        stub.decisions.filter(({ gate, outcome }) => gate === 'plan' && outcome === 'accepted'),
      ).toHaveLength(1);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });

  test('is not approved without a fresh dump, unless the decision says so', async () => {
    let ageHours: number | null = null;
    const options: StubOptions = { changes: [101], backupAgeHours: () => ageHours };
    await withWorker(options, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school);
      for (const gate of ['backups', 'knowledgenet', 'data'] as const) await answer(handle, gate);
      const decision = await waitFor(handle, 'plan');
      expect((await handle.query(status)).open?.counts).toMatchObject({ 'backup.none': 1 });
      const send = (changed: Partial<Decision>) =>
        handle.executeUpdate(decide, { args: [{ ...decision, decisionId: randomUUID(), ...changed }] });
      expect(await refusalOf(send({}))).toBe('BackupMissing');
      ageHours = 24;
      expect(await refusalOf(send({}))).toBe('BackupMissing');
      await handle.signal(decisionSent, { ...decision, decisionId: 'by-signal' });
      await expect
        .poll(async () => (await handle.query(status)).refused[0]?.code, { timeout: 20_000 })
        .toBe('BackupMissing');
      await send({ withoutBackup: true });
      await answer(handle, 'tidy');
      await answer(handle, 'removals');
      await handle.result();
      expect(stub.decisions.find((one) => one.gate === 'plan' && one.channel === 'update')?.outcome).toBe(
        'accepted-no-backup',
      );
    });
  });

  test('is approved with a dump that was made while the gate was open', async () => {
    let ageHours: number | null = null;
    await withWorker({ changes: [101], backupAgeHours: () => ageHours }, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school);
      for (const gate of ['backups', 'knowledgenet', 'data'] as const) await answer(handle, gate);
      const decision = await waitFor(handle, 'plan');
      ageHours = 0;
      await handle.executeUpdate(decide, { args: [decision] });
      await answer(handle, 'tidy');
      await answer(handle, 'removals');
      await handle.result();
      expect(stub.calls).toContain('applyChanges 1 true done');
    });
  });
});

test('a run goes on when nobody can be told, and says so', async () => {
  await withWorker({ deaf: true }, async (taskQueue, school) => {
    const handle = await startRollover(taskQueue, school);
    await waitFor(handle, 'backups');
    await expect
      .poll(
        async () => {
          const shown = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
          return shown.currentDetails;
        },
        { timeout: 20_000 },
      )
      .toContain('The last notice was not sent');
    for (const gate of ['backups', 'knowledgenet', 'data', 'plan', 'tidy', 'removals'] as const)
      await answer(handle, gate);
    expect((await handle.result()).outcome).toBe('completed');
  });
});
