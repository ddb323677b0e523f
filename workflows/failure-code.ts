/** The registry's code under the failures of activities and child workflows. */
import { ApplicationFailure } from '@temporalio/workflow';
import { isErrorCode, type ErrorCode } from '../data/model/errors.js';

/** What lies under the failures that Temporal wraps around it. */
export function rootCause(error: unknown): unknown {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  return root;
}

/** Undefined when it is none of ours. */
export function failureCode(error: unknown): ErrorCode | undefined {
  const root = rootCause(error);
  const type = root instanceof ApplicationFailure ? root.type : undefined;
  return isErrorCode(type) ? type : undefined;
}
