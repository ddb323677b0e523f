/** Asks about an upload in a thread of its own, under limits. */
import { RolloverError } from '../../model/errors.js';
import { startThread, threadEntry, threadMessages, ThreadStopped } from '../../threads.js';
import type { Answer, Failure, Question } from './answers.js';
import type { SourceLimits } from './limits.js';

function castStop(stopped: ThreadStopped, limits: SourceLimits): RolloverError {
  switch (stopped.end) {
    case 'time':
      return new RolloverError('SourceTooLarge', 'Reading the upload takes longer than the limit allows.', {
        milliseconds: limits.milliseconds,
      });
    case 'memory':
      return new RolloverError(
        'SourceTooLarge',
        'Reading the upload needs more memory than the limit allows.',
        {
          megabytes: limits.heapMegabytes,
        },
      );
    case 'aborted':
      return new RolloverError('Interrupted', 'Reading the upload was interrupted.');
    case 'crash':
      return new RolloverError(
        'Internal',
        'Reading the upload failed unexpectedly.',
        {},
        { cause: stopped.cause },
      );
  }
}

/** Starts a thread for the question; hands over its messages as they come. Ends the thread when nobody listens. */
export async function* askThread(question: Question, signal?: AbortSignal): AsyncGenerator<Answer> {
  // Copied, because a buffer that moves to the thread would be gone here.
  const files = question.files.map((file) => ({ name: file.name, bytes: new Uint8Array(file.bytes) }));
  const worker = startThread(threadEntry(import.meta.url, './thread'), {
    workerData: { ...question, files },
    transfer: files.map((file) => file.bytes.buffer),
    resourceLimits: { maxOldGenerationSizeMb: question.limits.heapMegabytes },
  });
  const limits = { timeoutMs: question.limits.milliseconds, ...(signal === undefined ? {} : { signal }) };
  try {
    yield* threadMessages<Answer>(worker, limits);
  } catch (error) {
    throw error instanceof ThreadStopped ? castStop(error, question.limits) : error;
  }
}

/**
 * The answers up to `done`.
 *
 * @throws RolloverError what the other side failed with; SourceIncomplete when the answers end without an end
 */
export async function* untilDone(
  answers: AsyncIterable<Answer>,
): AsyncGenerator<Exclude<Answer, Failure | { is: 'done' }>> {
  for await (const answer of answers) {
    if (answer.is === 'done') return;
    if (answer.is === 'failed') throw new RolloverError(answer.code, answer.message, answer.details);
    yield answer;
  }
  throw new RolloverError('SourceIncomplete', 'Reading the upload ended before its end.');
}
