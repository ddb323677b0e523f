/**
 * A worker as a process of its own, to be killed, frozen and restarted. Its environment says what it does beside working:
 * `FAIL_AT=point:n` makes it kill itself with SIGKILL when applying reaches the point for the n-th time: nothing is
 * cleaned up, as in a power cut. `MOMENTS` and `MOMENTS_FOLDER` make it wait at places (moments.ts), `EACH_TWICE` run
 * every activity twice, `CLOCK_FILE` follow another clock, `SILENCE_MS` give silent connections up sooner, `WORKFLOW_BUNDLE`
 * take workflow code that is compiled already.
 */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { applyPoints, type ApplyPoint } from '../../data/apply/points.js';
import { loadConfiguration, type Configuration } from '../../data/configuration.js';
import { installRuntime } from '../../workers/logging.js';
import { serveWorker } from '../../workers/serve.js';
import { createWorker } from '../../workers/worker.js';
import { holdAt, type Moment } from './moments.js';
import { followClockFile } from './shifted-clock.js';

const { env } = process;

function readFailPoint(text: string | undefined): { point: ApplyPoint; left: number } | null {
  if (text === undefined || text === '') return null;
  const [name, count] = text.split(':');
  const point = applyPoints.find((one) => one === name);
  if (point === undefined) throw new Error(`FAIL_AT names no point: ${text}`);
  return { point, left: Number(count ?? 1) };
}

const fail = readFailPoint(env['FAIL_AT']);
const reach = holdAt(env['MOMENTS_FOLDER'] ?? '', JSON.parse(env['MOMENTS'] ?? '[]') as Moment[]);

async function onApplyPoint(point: ApplyPoint): Promise<void> {
  await reach(`point ${point}`);
  if (fail?.point !== point || --fail.left > 0) return;
  process.stdout.write(`killing myself at ${point}\n`);
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
}

/** Places around activities; twice, when each message is delivered twice: the first answer got lost on its way. */
const around: ActivityInterceptorsFactory = ({ info: { activityType } }) => ({
  inbound: {
    async execute(input, next) {
      await reach(`before ${activityType}`);
      if (env['EACH_TWICE'] === '1') await next(input);
      const result = await next(input);
      await reach(`after ${activityType}`);
      return result;
    },
  },
});

/** Connections that fall silent are given up after seconds instead of minutes. */
function nervous(configuration: Configuration, silenceMs: number): Configuration {
  const schools = [...configuration.schools].map(
    ([code, school]) => [code, { ...school, database: { ...school.database, silenceMs } }] as const,
  );
  return { ...configuration, schools: new Map(schools) };
}

if (env['CLOCK_FILE'] !== undefined) followClockFile(env['CLOCK_FILE']);
installRuntime('WARN');
const configured = loadConfiguration(env['ROLLOVER_CONFIG'] ?? '', env);
const configuration =
  env['SILENCE_MS'] === undefined ? configured : nervous(configured, Number(env['SILENCE_MS']));
const worker = await createWorker(configuration, {
  onApplyPoint,
  onDeletionPoint: (point) => reach(`point ${point}`),
  activityInterceptors: [around],
  workflowBundle: env['WORKFLOW_BUNDLE'],
});
process.stdout.write('worker ready\n');
await serveWorker(worker, configuration);
