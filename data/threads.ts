/**
 * Threads for work that would block the event loop (and with it heartbeats): parsing files, hashing passwords.
 *
 * A thread posts one message at a time and waits until it was taken, so that neither side piles up memory and
 * the event loop turns between two messages.
 */
import { once } from 'node:events';
import { parentPort, Worker, type ResourceLimits } from 'node:worker_threads';

/** Why a thread ended before its work was done. */
export type ThreadEnd = 'time' | 'memory' | 'crash' | 'aborted';

/** A thread that did not finish. Callers turn it into a RolloverError that fits their work. */
export class ThreadStopped extends Error {
  readonly end: ThreadEnd;

  constructor(end: ThreadEnd, options?: ErrorOptions) {
    super(`A thread stopped before its work was done (${end}).`, options);
    this.name = 'ThreadStopped';
    this.end = end;
  }
}

export interface ThreadOptions {
  /** Given to the thread as `workerData`; cloned. */
  readonly workerData: unknown;
  /** Array buffers that move to the thread instead of being copied. */
  readonly transfer?: readonly ArrayBuffer[];
  readonly resourceLimits?: ResourceLimits;
}

const TAKEN = 'taken';

/** Node 20 cannot read TypeScript: a thread whose entry is source first registers tsx, then loads the entry. */
function sourceLoader(entry: URL): string {
  const tsx = import.meta.resolve('tsx/esm/api');
  return `import(${JSON.stringify(tsx)}).then((tsx) => { tsx.register(); return import(${JSON.stringify(entry.href)}); });`;
}

/** Starts a thread on a module of ours: `.ts` when run from source, `.js` when compiled. */
export function startThread(entry: URL, options: ThreadOptions): Worker {
  const common = {
    workerData: options.workerData,
    transferList: [...(options.transfer ?? [])],
    ...(options.resourceLimits === undefined ? {} : { resourceLimits: options.resourceLimits }),
  };
  return entry.pathname.endsWith('.ts')
    ? new Worker(sourceLoader(entry), { ...common, eval: true })
    : new Worker(entry, common);
}

/**
 * The address of a neighbouring module as a thread's entry.
 *
 * @param from `import.meta.url` of the caller; its extension is the entry's.
 * @param name The module's path without extension, relative to the caller.
 */
export function threadEntry(from: string, name: string): URL {
  return new URL(name + (from.endsWith('.ts') ? '.ts' : '.js'), from);
}

function stoppedBy(error: Error & { code?: string }): ThreadStopped {
  return new ThreadStopped(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crash', { cause: error });
}

/**
 * All messages of a thread, until it ends by itself. The thread is killed when the consumer stops early, when the
 * time is over or when `signal` fires.
 *
 * @param timeoutMs For the whole life of the thread.
 * @throws ThreadStopped
 */
export async function* threadMessages<T>(
  worker: Worker,
  limits: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): AsyncGenerator<T, void, void> {
  const waiting: T[] = [];
  let failure: ThreadStopped | undefined;
  let exited = false;
  let wake: () => void = () => undefined;
  const fail = (stopped: ThreadStopped): void => {
    failure ??= stopped;
    wake();
  };
  const abort = (): void => fail(new ThreadStopped('aborted'));
  const timer = setTimeout(() => fail(new ThreadStopped('time')), limits.timeoutMs);
  worker.on('message', (message: T) => {
    waiting.push(message);
    wake();
  });
  worker.on('error', (error) => fail(stoppedBy(error)));
  worker.on('messageerror', (error) => fail(stoppedBy(error)));
  worker.on('exit', (code) => {
    exited = true;
    if (code !== 0) fail(new ThreadStopped('crash'));
    wake();
  });
  limits.signal?.addEventListener('abort', abort);
  if (limits.signal?.aborted) abort();
  try {
    for (;;) {
      if (failure !== undefined) throw failure;
      const message = waiting.shift();
      if (message !== undefined) {
        yield message;
        worker.postMessage(TAKEN);
      } else if (exited) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    clearTimeout(timer);
    limits.signal?.removeEventListener('abort', abort);
    await worker.terminate();
  }
}

/** Inside a thread: posts a message and waits until the other side has taken it. */
export async function postInTurn(message: unknown): Promise<void> {
  if (parentPort === null) throw new TypeError('postInTurn runs inside a thread only.');
  const taken = once(parentPort, 'message');
  parentPort.postMessage(message);
  await taken;
}
