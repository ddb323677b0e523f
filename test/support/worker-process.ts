/**
 * A worker as a process of its own, to be killed, frozen and restarted. `FAIL_AT=point:n` makes it kill itself with
 * SIGKILL when applying reaches the point for the n-th time: nothing is cleaned up, as in a power cut.
 */
import { applyPoints, type ApplyPoint } from '../../data/apply/points.js';
import { loadConfiguration } from '../../data/configuration.js';
import { installRuntime } from '../../workers/logging.js';
import { serveWorker } from '../../workers/serve.js';
import { createWorker } from '../../workers/worker.js';

function readFailPoint(text: string | undefined): { point: ApplyPoint; left: number } | null {
  if (text === undefined || text === '') return null;
  const [name, count] = text.split(':');
  const point = applyPoints.find((one) => one === name);
  if (point === undefined) throw new Error(`FAIL_AT names no point: ${text}`);
  return { point, left: Number(count ?? 1) };
}

const fail = readFailPoint(process.env['FAIL_AT']);

async function onApplyPoint(point: ApplyPoint): Promise<void> {
  if (fail?.point !== point || --fail.left > 0) return;
  process.stdout.write(`killing myself at ${point}\n`);
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
}

installRuntime('WARN');
const configuration = loadConfiguration(process.env['ROLLOVER_CONFIG'] ?? '', process.env);
const worker = await createWorker(configuration, { onApplyPoint });
process.stdout.write('worker ready\n');
await serveWorker(worker, configuration);
