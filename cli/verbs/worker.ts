/** `rollover worker`: does the work, in the foreground, until it is told to stop. */
import type { Configuration } from '../../data/configuration.js';
import { castError } from '../failure.js';
import { RolloverError } from '../../data/model/errors.js';
import { examples, type Verb } from '../verb.js';

/** The worker's native code is loaded by this verb only: it takes a second. */
async function runWorker(configuration: Configuration): Promise<void> {
  const { keepHeapSmall } = await import('../../workers/heap.js');
  keepHeapSmall();
  const { installRuntime } = await import('../../workers/logging.js');
  const { createWorker } = await import('../../workers/worker.js');
  const { serveWorker } = await import('../../workers/serve.js');
  installRuntime('INFO', configuration.monitoring);
  let worker: Awaited<ReturnType<typeof createWorker>>;
  try {
    worker = await createWorker(configuration);
  } catch (error) {
    const known = castError(error);
    if (known.code !== 'Internal') throw known;
    throw new RolloverError(
      'TemporalUnavailable',
      `The worker cannot start at ${configuration.temporal.address}.`,
      {},
      { cause: error },
    );
  }
  await serveWorker(worker, configuration);
}

export const worker: Verb = (program, run) => {
  program
    .command('worker')
    .description('run a worker in the foreground; Ctrl-C lets it finish its batch first')
    .addHelpText(
      'after',
      examples('worker                     keep one running; a second one takes over when it dies'),
    )
    .action(
      run<[], object>(async ({ configuration, output }) => {
        const { address, taskQueue } = configuration.temporal;
        output.note(`Worker for ${address}, task queue ${taskQueue}. Ctrl-C stops it in good order.`);
        await runWorker(configuration);
        output.note('The worker has stopped.');
      }),
    );
};
