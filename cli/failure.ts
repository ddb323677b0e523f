/** Any error as one sentence with a code and the way out. */
import {
  isGrpcServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import { CommanderError } from 'commander';
import { castDatabaseError } from '../data/database/errors.js';
import { isErrorCode, mendOf, RolloverError, type ErrorCode } from '../data/model/errors.js';

/** Numbers of gRPC's own. */
const grpc = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unavailable: 14,
  unauthenticated: 16,
} as const;

function* causesOf(error: unknown): Generator<unknown> {
  for (let at = error, depth = 0; at !== undefined && at !== null && depth < 10; depth++) {
    yield at;
    at = (at as { cause?: unknown }).cause;
  }
}

/** Activities write the way out behind the message; it is printed on its own. */
function withoutMend(message: string, code: ErrorCode): string {
  const mend = mendOf(code);
  return message.endsWith(mend) ? message.slice(0, -mend.length).trimEnd() : message;
}

/** What a workflow or update failed with. */
function fromTemporalFailure(error: unknown): RolloverError | null {
  const options = { cause: error };
  for (const cause of causesOf(error)) {
    if (cause instanceof ApplicationFailure && isErrorCode(cause.type))
      return new RolloverError(cause.type, withoutMend(cause.message, cause.type), {}, options);
    if (cause instanceof CancelledFailure)
      return new RolloverError('Interrupted', 'It was cancelled.', {}, options);
    if (cause instanceof TerminatedFailure)
      return new RolloverError('Interrupted', 'It was terminated in Temporal.', {}, options);
    if (cause instanceof TimeoutFailure)
      return new RolloverError('WorkerUnavailable', 'No worker finished it in time.', {}, options);
  }
  return null;
}

/** What the connection to Temporal failed with. The server's own words name search attributes and namespaces only. */
function fromGrpc(error: unknown): RolloverError | null {
  const options = { cause: error };
  for (const cause of causesOf(error)) {
    if (!isGrpcServiceError(cause)) continue;
    const { details } = cause;
    const code: number = cause.code;
    if (/search attribute/i.test(details))
      return new RolloverError(
        'WorkerUnavailable',
        'Temporal lacks our search attributes School, RolloverYear, Stage and Waiting; a worker registers them.',
        {},
        options,
      );
    if (code === grpc.permissionDenied || code === grpc.unauthenticated)
      return new RolloverError('ConfigInvalid', 'Temporal refuses this account.', {}, options);
    if (code === grpc.notFound && /namespace/i.test(details))
      return new RolloverError('ConfigInvalid', 'Temporal has no such namespace.', {}, options);
    if (code === grpc.notFound)
      return new RolloverError('RunNotFound', 'Temporal knows no such run.', {}, options);
    if (code === grpc.unavailable || code === grpc.deadlineExceeded || code === grpc.resourceExhausted)
      return new RolloverError('TemporalUnavailable', 'Temporal does not answer.', {}, options);
    return new RolloverError('Internal', `Temporal refused the request (gRPC ${code}).`, {}, options);
  }
  return null;
}

/** Our error for any other. */
export function castError(error: unknown): RolloverError {
  if (error instanceof RolloverError) return error;
  if (error instanceof CommanderError)
    return new RolloverError(
      'UsageInvalid',
      error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' '),
      {},
      { cause: error },
    );
  if (error instanceof WorkflowNotFoundError)
    return new RolloverError('RunNotFound', 'Temporal knows no such run.', {}, { cause: error });
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return new RolloverError('WorkerUnavailable', 'No worker answered in time.', {}, { cause: error });
  const failure = fromTemporalFailure(error) ?? fromGrpc(error);
  if (failure !== null) return failure;
  if (error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError)
    return new RolloverError(
      'Internal',
      'The workflow failed in a way that we do not know.',
      {},
      { cause: error },
    );
  const cast = castDatabaseError(error);
  return new RolloverError(cast.code, cast.message, cast.details, { cause: error });
}

function endSentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** "CODE: what happened. What to do." */
export function sentenceOf(error: RolloverError): string {
  const message = endSentence(error.message);
  return `${error.code}: ${message} ${error.mend}`;
}

/** The stack and its causes, for ROLLOVER_DEBUG=1 only: it may quote values. */
export function traceOf(error: unknown): string {
  return [...causesOf(error)]
    .map((cause) => (cause instanceof Error ? (cause.stack ?? cause.message) : JSON.stringify(cause)))
    .join('\ncaused by ');
}

/** The failure as `--json` prints it. */
export function failureDocument(error: RolloverError): object {
  const { code, message, mend, exitCode, details } = error;
  return {
    error: { code, message, mend, exit: exitCode, ...(Object.keys(details).length > 0 ? { details } : {}) },
  };
}
