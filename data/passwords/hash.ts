/** Hashes sealed passwords on all cores, off the main thread, so that heartbeats go on. */
import { availableParallelism } from 'node:os';
import { RolloverError } from '../model/errors.js';
import { startThread, threadEntry, threadMessages, ThreadStopped } from '../threads.js';
import type { PasswordFormat, PasswordProblem } from './format.js';
import type { HashOrder } from './hash-thread.js';
import type { PasswordKey } from './key.js';
import { refuseOtherKey } from './seal.js';

/** A sealed password and whose it is. */
export interface SealedEntry {
  readonly externalId: string;
  readonly sealed: Uint8Array;
}

/** A finished hash, or why there is none: the account is made without password then. */
export type PasswordResult =
  | { readonly externalId: string; readonly hash: string }
  | { readonly externalId: string; readonly problem: PasswordProblem | 'unreadable' };

export interface HashOptions {
  readonly key: PasswordKey;
  /** Code of the school that the values were sealed for. */
  readonly school: string;
  readonly format: PasswordFormat;
  /** Default: one per core. */
  readonly threads?: number;
  /** Results per batch; by default half a second of one core with SHA-512-crypt, two or three with bcrypt. */
  readonly batch?: number;
  /** Stops the threads; the generator then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

const BATCH = 25;
/** Far more than a hash takes on a slow machine. */
const MS_PER_HASH = 5_000;
const MS_TO_START = 60_000;

function deal<T>(items: readonly T[], hands: number): T[][] {
  const dealt = Array.from({ length: hands }, (): T[] => []);
  items.forEach((item, index) => dealt[index % hands]!.push(item));
  return dealt;
}

function startHashing(
  entries: readonly SealedEntry[],
  options: HashOptions,
): AsyncGenerator<PasswordResult[]> {
  const { school, format, signal } = options;
  const order: HashOrder = {
    // A driver's buffers are windows of larger ones, and cloning a window clones all of it.
    entries: entries.map(({ externalId, sealed }) => ({ externalId, sealed: new Uint8Array(sealed) })),
    key: new Uint8Array(options.key.bytes),
    school,
    format,
    batch: options.batch ?? BATCH,
  };
  const thread = startThread(threadEntry(import.meta.url, './hash-thread'), { workerData: order });
  // The thread has its own clone.
  order.key.fill(0);
  return threadMessages<PasswordResult[]>(thread, {
    timeoutMs: MS_TO_START + entries.length * MS_PER_HASH,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** What comes first from any of the generators; all are closed when one fails or the consumer stops. */
async function* merge<T>(generators: readonly AsyncGenerator<T>[]): AsyncGenerator<T> {
  type Turn = { readonly from: AsyncGenerator<T>; readonly result: IteratorResult<T> };
  const turn = async (from: AsyncGenerator<T>): Promise<Turn> => ({ from, result: await from.next() });
  const turns = new Map(generators.map((generator) => [generator, turn(generator)]));
  try {
    while (turns.size > 0) {
      const { from, result } = await Promise.race(turns.values());
      if (result.done === true) turns.delete(from);
      else {
        yield result.value;
        turns.set(from, turn(from));
      }
    }
  } finally {
    // A generator that waits for its thread only closes after that; its own failure is not the one to report.
    const closing = generators.map((generator) => generator.return(undefined));
    await Promise.allSettled([...turns.values(), ...closing]);
  }
}

/**
 * Opens and hashes, in batches as they are finished and in no particular order: the caller stores each batch, and after
 * a failure asks for the rest only. Throws `ConfigInvalid` before anything is hashed when a value was sealed with
 * another key.
 */
export async function* hashPasswords(
  entries: readonly SealedEntry[],
  options: HashOptions,
): AsyncGenerator<PasswordResult[], void, void> {
  for (const entry of entries) refuseOtherKey(options.key, entry.sealed);
  const threads = Math.min(options.threads ?? availableParallelism(), entries.length);
  if (threads === 0) return;
  try {
    yield* merge(deal(entries, threads).map((hand) => startHashing(hand, options)));
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof ThreadStopped)) throw error;
    throw new RolloverError('Internal', `Hashing passwords stopped (${error.end}).`, {}, { cause: error });
  }
}
