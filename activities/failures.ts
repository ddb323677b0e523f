/** One place where our errors and the drivers' become Temporal failures: a type from the registry and no row values. */
import type {
  ActivityExecuteInput,
  ActivityInboundCallsInterceptor,
  ActivityInterceptorsFactory,
  Next,
} from '@temporalio/worker';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { castDatabaseError } from '../data/database/errors.js';

/** The failure Temporal records for an error. Cancellations pass; everything else gets a code of the registry. */
export function castFailure(error: unknown): Error {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  const known = castDatabaseError(error);
  const failure = ApplicationFailure.create({
    type: known.code,
    message: `${known.message} ${known.mend}`,
    nonRetryable: !known.retryable,
    details: [known.details],
  });
  // The stack of a driver's error can quote the statement; ours names only places in the code.
  if (known.code === 'Internal') failure.stack = placesOf(error);
  return failure;
}

function placesOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}

class CastingInterceptor implements ActivityInboundCallsInterceptor {
  async execute(
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<unknown> {
    try {
      return await next(input);
    } catch (error) {
      throw castFailure(error);
    }
  }
}

/** For `WorkerOptions.interceptors.activity`. */
export const castingInterceptor: ActivityInterceptorsFactory = () => ({ inbound: new CastingInterceptor() });
