/** `node dist/workers/main.js`: the worker as a process of its own, for systemd and containers. */
import { configurationPath, loadConfiguration } from '../data/configuration.js';
import { RolloverError } from '../data/model/errors.js';
import { installRuntime } from './logging.js';
import { createWorker } from './worker.js';

try {
  installRuntime('INFO');
  const configuration = loadConfiguration(
    configurationPath(undefined, process.env, process.cwd()),
    process.env,
  );
  const worker = await createWorker(configuration);
  process.stderr.write(
    `${JSON.stringify({ level: 'INFO', message: 'Worker started', taskQueue: configuration.temporal.taskQueue })}\n`,
  );
  await worker.run();
} catch (error) {
  const known =
    error instanceof RolloverError
      ? error
      : new RolloverError('TemporalUnavailable', 'The worker could not start or lost Temporal.');
  process.stderr.write(`${known.code}: ${known.message} ${known.mend}\n`);
  process.exitCode = known.exitCode;
}
