/** The thread that opens sealed passwords and hashes them; clear text exists here only, and only one at a time. */
import { workerData } from 'node:worker_threads';
import { RolloverError } from '../model/errors.js';
import { postInTurn } from '../threads.js';
import { hashPassword, passwordProblem, type PasswordFormat } from './format.js';
import type { PasswordResult, SealedEntry } from './hash.js';
import { PasswordKey } from './key.js';
import { openPassword } from './seal.js';

/** What the thread is given. */
export interface HashOrder {
  readonly entries: readonly SealedEntry[];
  readonly key: Uint8Array;
  readonly school: string;
  readonly format: PasswordFormat;
  /** Results per message. */
  readonly batch: number;
}

function hashOne(entry: SealedEntry, order: HashOrder, key: PasswordKey): PasswordResult {
  const { externalId } = entry;
  try {
    const password = openPassword(key, order.school, externalId, Buffer.from(entry.sealed));
    const problem = passwordProblem(password, order.format);
    return problem === undefined
      ? { externalId, hash: hashPassword(password, order.format) }
      : { externalId, problem };
  } catch (error) {
    // Only an altered value comes here: other keys are refused before the thread starts.
    if (error instanceof RolloverError) return { externalId, problem: 'unreadable' };
    throw error;
  }
}

async function work(order: HashOrder): Promise<void> {
  const key = new PasswordKey(Buffer.from(order.key));
  order.key.fill(0);
  let batch: PasswordResult[] = [];
  // one batch ahead: the core goes on while the last batch is stored
  let taken = Promise.resolve();
  for (const entry of order.entries) {
    batch.push(hashOne(entry, order, key));
    if (batch.length < order.batch) continue;
    await taken;
    taken = postInTurn(batch);
    batch = [];
  }
  await taken;
  if (batch.length > 0) await postInTurn(batch);
}

await work(workerData as HashOrder);
