/** A worker as a process: runs until it is told to stop, drains, and ends at once when it is told again. */
import { Runtime } from '@temporalio/worker';
import type { Configuration } from '../data/configuration.js';
import type { WorkerHandle } from './worker.js';

const signals = ['SIGINT', 'SIGTERM'] as const;
/** As a shell says it of a process that a signal has ended. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs a worker; the first signal drains it, a second one ends the process without waiting. */
export async function serveWorker(worker: WorkerHandle, { temporal }: Configuration): Promise<void> {
  const { logger } = Runtime.instance();
  let told = false;
  const listeners = signals.map((signal) => {
    const listener = (): void => {
      if (told) process.exit(exitCodes[signal]);
      told = true;
      logger.info('Worker drains: the batch under way is finished first');
      worker.stop();
    };
    process.on(signal, listener);
    return [signal, listener] as const;
  });
  logger.info('Worker started', { taskQueue: temporal.taskQueue });
  try {
    await worker.run();
  } finally {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  }
}
