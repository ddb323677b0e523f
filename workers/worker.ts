/** A worker process's one worker: our workflows and activities on one task queue. */
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime, Worker, type ActivityInterceptorsFactory } from '@temporalio/worker';
import type { ActivityContext } from '../activities/context.js';
import { castingInterceptor } from '../activities/failures.js';
import { createActivities } from '../activities/index.js';
import { countingBatches, measuringInterceptor } from '../activities/measure.js';
import { converting } from '../codec/data-converter.js';
import type { Configuration } from '../data/configuration.js';
import { RolloverError } from '../data/model/errors.js';
import { openSchools, type Schools } from '../data/schools.js';
import { workflowSource } from './bundle.js';
import { expirePasswords } from './expire-passwords.js';
import { followSchedules } from './follow-schedules.js';
import { startHealth, type Check } from './health.js';
import { keepRetention } from './retention.js';
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
  const schedule = createSchedules(client, temporal.taskQueue);
  const schools = openSchools(configuration);
  const { metrics, health } = configuration.monitoring;
  const onApplyPoint = overrides.onApplyPoint ?? (() => undefined);
  const creating = Worker.create({
    connection,
    namespace: temporal.namespace,
    taskQueue: temporal.taskQueue,
    ...workflowSource(configuration.encryption !== undefined, overrides.workflowBundle),
    ...converting(configuration.encryption),
    activities: createActivities({
      open: (school) => schools.open(school),
      passwordKey: configuration.passwordKey ?? null,
      limits: configuration.limits,
      ...(configuration.mail === undefined ? {} : { mail: configuration.mail }),
      ...(configuration.backups === undefined ? {} : { backups: configuration.backups }),
      schedule,
      onApplyPoint: metrics === undefined ? onApplyPoint : countingBatches(onApplyPoint),
      ...(overrides.onDeletionPoint === undefined ? {} : { onDeletionPoint: overrides.onDeletionPoint }),
    }),
    interceptors: {
      activity: [
        ...(overrides.activityInterceptors ?? []),
        castingInterceptor,
        ...(metrics === undefined ? [] : [measuringInterceptor((school) => schools.open(school))]),
      ],
    },
    maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
    maxCachedWorkflows: 100,
    maxHeartbeatThrottleInterval: '1 second',
    shutdownGraceTime: '20 seconds',
    shutdownForceTime: '60 seconds',
  });
  // beside each other: both take a good part of a second
  const [worker] = await Promise.all([
    creating,
    registerSearchAttributes(connection.operatorService, temporal.namespace),
  ]);
  return {
    async run() {
      const served =
        health === undefined
          ? undefined
          : await startHealth({ ...health, checks: readyChecks(configuration, connection, worker, schools) });
      const stopExpiring = expirePasswords(configuration, schools, (code) => {
        Runtime.instance().logger.warn('Expired passwords could not be deleted', { code });
      });
      void followSchedules(configuration, schools, schedule, (code) => {
        Runtime.instance().logger.warn('A schedule could not be made', { code });
      });
      const stopRetention = keepRetention(configuration, schools, (school, outcome) => {
        const { logger } = Runtime.instance();
        if ('code' in outcome) logger.warn('Retention could not delete', { school, ...outcome });
        else if (outcome.rows > 0) logger.info('Retention deleted', { school, ...outcome });
      });
      try {
        await worker.run();
      } finally {
        stopExpiring();
        stopRetention();
        await served?.close();
        await connection.close();
        await schools.close();
      }
    },
    stop: () => worker.shutdown(),
  };
}

/** What `/readyz` asks. A school's journal that is away makes a worker unready, though it still works for the others. */
function readyChecks(
  configuration: Configuration,
  connection: NativeConnection,
  worker: Worker,
  schools: Schools,
): Record<string, Check> {
  const journals = [...configuration.schools.keys()].map((code): [string, Check] => [
    `journal ${code}`,
    async () => {
      await (await schools.open(code)).db.raw('SELECT 1');
    },
  ]);
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
    ...Object.fromEntries(journals),
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
