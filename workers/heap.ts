/** How much garbage a worker lets lie. */
import { setFlagsFromString } from 'node:v8';

/**
 * Left alone, V8 lets the heap grow to several times what is in use before it tidies up, because it could have all of
 * the machine's memory. A worker shares that machine with the database: a tenth as much again is enough. Costs about a
 * tenth of processor time and saves a third of the memory (docs/bench.md). Threads that are started later follow.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=10');
  setFlagsFromString('--max-semi-space-size=4');
}
