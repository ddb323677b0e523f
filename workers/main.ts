/** `node dist/workers/main.js`: the worker as a process of its own, for systemd and containers. */
import { configurationPath, loadConfiguration } from '../data/configuration.js';
import { RolloverError } from '../data/model/errors.js';
import { keepHeapSmall } from './heap.js';
import { installRuntime } from './logging.js';
import { serveWorker } from './serve.js';
import { createWorker } from './worker.js';

keepHeapSmall();
try {
  const configuration = loadConfiguration(
    configurationPath(undefined, process.env, process.cwd()),
    process.env,
  );
  installRuntime('INFO', configuration.monitoring);
  await serveWorker(await createWorker(configuration), configuration);
} catch (error) {
  const known =
    error instanceof RolloverError
      ? error
      : new RolloverError('TemporalUnavailable', 'The worker could not start or lost Temporal.');
  process.stderr.write(`${known.code}: ${known.message} ${known.mend}\n`);
  process.exitCode = known.exitCode;
}
