/** Any error as one sentence with a code and the way out. */
import {
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  ServiceError,
} from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, CancelledFailure, RetryState } from '@temporalio/common';
import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { castError, failureDocument, sentenceOf } from '../../cli/failure.js';
import { errorCodes, mendOf, RolloverError } from '../../data/model/errors.js';

function grpc(code: number, details: string): Error {
  return Object.assign(new Error(details), { code, details, metadata: {} });
}

function activityFailure(cause: Error): WorkflowFailedError {
  const failure = new ActivityFailure('failed', 'x', '1', RetryState.NON_RETRYABLE_FAILURE, 'worker', cause);
  return new WorkflowFailedError('failed', failure, RetryState.NON_RETRYABLE_FAILURE);
}

const secret = "Duplicate entry 'aroha@school.example' for key 'user_email'";

test.each([
  ['an error of ours', new RolloverError('NoReading', 'None.'), 'NoReading'],
  [
    'a refused update',
    new WorkflowUpdateFailedError('x', ApplicationFailure.nonRetryable('x', 'StaleDecision')),
    'StaleDecision',
  ],
  [
    'an activity that failed',
    activityFailure(ApplicationFailure.nonRetryable('x', 'MoodleBusy')),
    'MoodleBusy',
  ],
  ['an unknown type', activityFailure(ApplicationFailure.nonRetryable('x', 'Whatever')), 'Internal'],
  [
    'a cancelled run',
    new WorkflowFailedError('x', new CancelledFailure('x'), RetryState.NON_RETRYABLE_FAILURE),
    'Interrupted',
  ],
  ['an unknown workflow', new WorkflowNotFoundError('x', 'id', undefined), 'RunNotFound'],
  ['an update nobody takes', new WorkflowUpdateRPCTimeoutOrCancelledError('x'), 'WorkerUnavailable'],
  [
    'no connection',
    new ServiceError('x', { cause: grpc(14, 'No connection established') }),
    'TemporalUnavailable',
  ],
  [
    'no namespace',
    new ServiceError('x', { cause: grpc(5, 'Namespace other is not found.') }),
    'ConfigInvalid',
  ],
  ['no rights', new ServiceError('x', { cause: grpc(7, 'Request unauthorized.') }), 'ConfigInvalid'],
  [
    'search attributes that are not registered',
    new ServiceError('x', {
      cause: grpc(3, 'Namespace default has no mapping defined for search attribute School'),
    }),
    'WorkerUnavailable',
  ],
  [
    'a database that is away',
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    'DatabaseUnavailable',
  ],
  [
    'a misspelt option',
    new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'"),
    'UsageInvalid',
  ],
  ['anything else', new TypeError('x is not a function'), 'Internal'],
])('%s becomes %3$s', (_, error, code) => {
  expect(castError(error).code).toBe(code);
});

test('what a driver quotes is not printed', () => {
  const error = castError(Object.assign(new Error(secret), { code: 'ER_DUP_ENTRY', errno: 1062 }));
  expect(sentenceOf(error)).not.toContain('aroha');
  expect(JSON.stringify(failureDocument(error))).not.toContain('aroha');
});

test('the way out is said once, though activities write it behind their message', () => {
  const mend = mendOf('MoodleBusy');
  const failure = ApplicationFailure.nonRetryable(`Moodle is in maintenance mode. ${mend}`, 'MoodleBusy');
  expect(sentenceOf(castError(activityFailure(failure)))).toBe(
    `MoodleBusy: Moodle is in maintenance mode. ${mend}`,
  );
});

test('every code makes one line with code, message and way out', () => {
  for (const code of errorCodes) {
    const sentence = sentenceOf(new RolloverError(code, 'Something happened'));
    expect(sentence).toBe(`${code}: Something happened. ${mendOf(code)}`);
    expect(sentence).not.toContain('\n');
  }
});
