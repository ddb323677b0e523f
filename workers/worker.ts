/** A worker process's one worker: our workflows and activities on one task queue. */
import { Client } from '@temporalio/client';
import { NativeConnection, Worker, type ActivityInterceptorsFactory } from '@temporalio/worker';
import type { ActivityContext } from '../activities/context.js';
import { castingInterceptor } from '../activities/failures.js';
import { countingBatches, measuringInterceptor } from '../activities/measure.js';
import { converting } from '../codec/data-converter.js';
import type { Configuration } from '../data/configuration.js';
import { RolloverError } from '../data/model/errors.js';
import { workflowSource } from './bundle.js';
import { dispatching } from './dispatch.js';
import type { Duties } from './duties.js';
import { startHealth, type Check } from './health.js';
import { createSchedules } from './schedule.js';
import { registerSearchAttributes } from './search-attributes.js';

export interface WorkerHandle {
  /** Runs until shut down by signal or `stop`. */
  run(): Promise<void>;
  stop(): void;
}

export interface WorkerOverrides {
  /** Told at named points of applying. */
  readonly onApplyPoint?: ActivityContext['onApplyPoint'];
  /** Told at named points of deleting. */
  readonly onDeletionPoint?: ActivityContext['onDeletionPoint'];
  /** Around every activity, outside ours. */
  readonly activityInterceptors?: readonly ActivityInterceptorsFactory[];
  /** File of compiled workflow code, instead of ours. */
  readonly workflowBundle?: string | undefined;
}

/** Activities of one process at a time: reading, planning and a writer per school share two cores. */
const CONCURRENT_ACTIVITIES = 8;

/** Connects to Temporal and prepares the worker; schools are opened when first needed. */
export async function createWorker(
  configuration: Configuration,
  overrides: WorkerOverrides = {},
): Promise<WorkerHandle> {
  const { temporal } = configuration;
  const connection = await NativeConnection.connect({
    address: temporal.address,
    ...(temporal.tls === undefined ? {} : { tls: toTls(temporal.tls) }),
  });
  const client = new Client({
    connection,
    namespace: temporal.namespace,
    ...converting(configuration.encryption),
  });
  let loading: Promise<Duties> | undefined = undefined;
  const whenLoaded = (): Promise<Duties> => (loading ??= loadDuties(configuration, client, overrides));
  const { metrics, health } = configuration.monitoring;
  const creating = Worker.create({
    connection,
    namespace: temporal.namespace,
    taskQueue: temporal.taskQueue,
    ...workflowSource(configuration.encryption !== undefined, overrides.workflowBundle),
    ...converting(configuration.encryption),
    activities: { default: dispatching(async () => (await whenLoaded()).activities) },
    interceptors: {
      activity: [
        ...(overrides.activityInterceptors ?? []),
        castingInterceptor,
        ...(metrics === undefined
          ? []
          : [measuringInterceptor(async (school) => (await whenLoaded()).schools.open(school))]),
      ],
    },
    maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
    maxCachedWorkflows: 100,
    maxHeartbeatThrottleInterval: '1 second',
    shutdownGraceTime: '20 seconds',
    shutdownForceTime: '60 seconds',
  });
  // beside each other, for each takes a good part of a second: a thread of workflows starts, and we load our own code
  const [worker, duties] = await Promise.all([
    creating,
    whenLoaded(),
    registerSearchAttributes(connection.operatorService, temporal.namespace),
  ]);
  return {
    async run() {
      const served =
        health === undefined
          ? undefined
          : await startHealth({
              ...health,
              checks: { ...readyChecks(connection, worker), ...duties.journals },
            });
      const running = worker.run();
      const end = duties.begin();
      try {
        await running;
      } finally {
        end();
        await served?.close();
        await connection.close();
        await duties.schools.close();
      }
    },
    stop: () => worker.shutdown(),
  };
}

/** Their code is a third of what a worker loads; see `duties.ts`. */
async function loadDuties(
  configuration: Configuration,
  client: Client,
  { onApplyPoint = () => undefined, onDeletionPoint }: WorkerOverrides,
): Promise<Duties> {
  const { openDuties } = await import('./duties.js');
  const { temporal, monitoring } = configuration;
  return openDuties(configuration, createSchedules(client, temporal.taskQueue), {
    onApplyPoint: monitoring.metrics === undefined ? onApplyPoint : countingBatches(onApplyPoint),
    ...(onDeletionPoint === undefined ? {} : { onDeletionPoint }),
  });
}

/** What `/readyz` asks of the worker itself. */
function readyChecks(connection: NativeConnection, worker: Worker): Record<string, Check> {
  return {
    async worker() {
      if (worker.getState() !== 'RUNNING')
        throw new RolloverError('WorkerUnavailable', 'The worker does not poll.');
    },
    async temporal() {
      try {
        await connection.withDeadline(Date.now() + 2_000, () => connection.workflowService.getSystemInfo({}));
      } catch (cause) {
        throw new RolloverError('TemporalUnavailable', 'Temporal does not answer.', {}, { cause });
      }
    },
  };
}

type Tls = NonNullable<Configuration['temporal']['tls']>;

function toTls(tls: Tls): object {
  const pair =
    tls.cert === undefined || tls.key === undefined
      ? {}
      : { clientCertPair: { crt: Buffer.from(tls.cert), key: Buffer.from(tls.key) } };
  return { ...(tls.ca === undefined ? {} : { serverRootCACertificate: Buffer.from(tls.ca) }), ...pair };
}
