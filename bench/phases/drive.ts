/** Starts our workflows as the command line does and approves their gates at once. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Gate } from '../../data/model/gate.js';
import type { RunOutcome } from '../../data/model/run.js';
import {
  decide,
  rolloverWorkflowId,
  searchAttributes,
  status,
  syncWorkflowId,
  workflowTypes,
  type RunResult,
} from '../../workflows/messages.js';

/** How often is looked whether a gate is open; the waiting is part of what is measured. */
const LOOK_EVERY_MS = 20;

export interface Driven {
  readonly workflowId: string;
  /** Plans that a gate has shown. */
  readonly planIds: readonly number[];
  /** Null: it has come to the gate that was asked for and waits there. */
  readonly outcome: RunOutcome | null;
}

/** Approves what opens until the run has ended, or the gate `until` is open. */
async function approveAll(client: Client, workflowId: string, until: Gate | null): Promise<Driven> {
  const handle = client.workflow.getHandle<() => Promise<RunResult>>(workflowId);
  const ended = handle.result().then(({ outcome }) => outcome);
  ended.catch(() => undefined); // awaited below
  const planIds: number[] = [];
  for (;;) {
    const outcome = await Promise.race([ended, sleep(LOOK_EVERY_MS, null)]);
    if (outcome !== null) return { workflowId, planIds, outcome };
    const now = await handle.query(status);
    if (now.open === null) continue;
    const { gate, opening, hash, subject } = now.open;
    if (gate === until) return { workflowId, planIds, outcome: null };
    if (subject.kind === 'plan') planIds.push(subject.id);
    const decision = { decisionId: randomUUID(), gate, opening, hash, by: 'bench' };
    await handle.executeUpdate(decide, {
      args: [{ ...decision, verdict: 'approve', withoutBackup: true, beyondUsual: true }],
    });
  }
}

/** Starts the shortest of our workflows without waiting for it. */
export async function startCheck(client: Client, school: string): Promise<string> {
  const workflowId = `check/${school}/${randomUUID()}`;
  const started = { workflowId, taskQueue: school, args: [{ school }] };
  await client.workflow.start(workflowTypes.checkTarget, started);
  return workflowId;
}

/** Starts a year's rollover without waiting for it. */
export async function startRollover(
  client: Client,
  school: string,
  year: number,
  uploadId: number,
): Promise<string> {
  const workflowId = rolloverWorkflowId(school, year);
  await client.workflow.start(workflowTypes.rollover, {
    workflowId,
    taskQueue: school,
    args: [{ school, year, uploadId, startedBy: 'bench' }],
    typedSearchAttributes: [
      { key: searchAttributes.school, value: school },
      { key: searchAttributes.year, value: year },
      { key: searchAttributes.stage, value: 'freeze' },
    ],
  });
  return workflowId;
}

/** Until all is verified and shown in Moodle, and people may tidy. */
export async function driveToVisible(client: Client, workflowId: string): Promise<Driven> {
  return approveAll(client, workflowId, 'tidy');
}

/** Approves whatever opens until the run has ended. */
export async function driveToEnd(client: Client, workflowId: string): Promise<Driven> {
  return approveAll(client, workflowId, null);
}

/** One sync from start to end. */
export async function driveSync(client: Client, school: string, uploadId: number): Promise<Driven> {
  const workflowId = syncWorkflowId(school);
  await client.workflow.start(workflowTypes.sync, {
    workflowId,
    taskQueue: school,
    args: [{ school, uploadId, startedBy: 'bench' }],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    typedSearchAttributes: [
      { key: searchAttributes.school, value: school },
      { key: searchAttributes.stage, value: 'freeze' },
    ],
  });
  return approveAll(client, workflowId, null);
}
