/** Starts our workflows as the command line does and approves their gates at once. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Gate, OpenGate } from '../../data/model/gate.js';
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

export interface Driven {
  readonly workflowId: string;
  /** Plans that a gate has shown. */
  readonly planIds: readonly number[];
  /** Null: it has come to the gate that was asked for and waits there. */
  readonly outcome: RunOutcome | null;
}

type Page = Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistory']>>;
type Event = NonNullable<NonNullable<Page['history']>['events']>[number];

/** Temporal hands out events as they come, so that looking for gates costs the worker nothing. */
async function* followEvents(client: Client, workflowId: string): AsyncGenerator<Event> {
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page: Page = await client.workflowService.getWorkflowExecutionHistory({
      ...{ namespace: client.options.namespace, execution: { workflowId } },
      ...{ waitNewEvent: true, nextPageToken },
    });
    yield* page.history?.events ?? [];
    nextPageToken = page.nextPageToken ?? new Uint8Array();
  } while (nextPageToken.length > 0);
}

/** Every gate that is open when one has been opened. */
async function* openGates(client: Client, workflowId: string): AsyncGenerator<OpenGate> {
  const handle = client.workflow.getHandle(workflowId);
  const opening = new Set<string>();
  for await (const event of followEvents(client, workflowId)) {
    if (event.activityTaskScheduledEventAttributes?.activityType?.name === 'openGate')
      opening.add(String(event.eventId));
    const completed = event.activityTaskCompletedEventAttributes?.scheduledEventId;
    if (completed == null || !opening.delete(String(completed))) continue;
    const { open } = await handle.query(status);
    // of a run that is gone on with, gates are told again that are decided
    if (open !== null) yield open;
  }
}

/** Approves what opens until the run has ended, or the gate `until` is open. */
async function approveAll(client: Client, workflowId: string, until: Gate | null): Promise<Driven> {
  const handle = client.workflow.getHandle<() => Promise<RunResult>>(workflowId);
  const planIds: number[] = [];
  for await (const { gate, opening, hash, subject } of openGates(client, workflowId)) {
    if (gate === until) return { workflowId, planIds, outcome: null };
    if (subject.kind === 'plan') planIds.push(subject.id);
    const decision = { decisionId: randomUUID(), gate, opening, hash, by: 'bench' };
    await handle.executeUpdate(decide, {
      args: [{ ...decision, verdict: 'approve', withoutBackup: true, beyondUsual: true }],
    });
  }
  const { outcome } = await handle.result();
  return { workflowId, planIds, outcome };
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
