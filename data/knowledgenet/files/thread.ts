/** The thread in which uploads are parsed: what blocks, blocks here; what runs away, ends with the thread. */
import { workerData } from 'node:worker_threads';
import { postInTurn } from '../../threads.js';
import { answer, type Question } from './answers.js';

// The spreadsheet library remarks on number formats; nobody reads that.
console.error = () => undefined;
for await (const message of answer(workerData as Question)) await postInTurn(message);
