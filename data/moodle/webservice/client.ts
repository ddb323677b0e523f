/** Calls functions of Moodle's web services by REST. The token travels in the body: addresses are written to logs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebService } from '../../configuration/web-service.js';
import { RolloverError } from '../../model/errors.js';
import { readAnswer } from './answer.js';
import { flatten, type Parameter } from './parameters.js';
import { NoAnswer, postForm } from './post.js';

export interface CallOptions {
  /** Waits before each further attempt, in milliseconds. Only for calls that change nothing. */
  readonly waits?: readonly number[];
  readonly signal?: AbortSignal;
}

/** Waits between attempts of calls that only read. */
export const readingWaits: readonly number[] = [500, 2_000, 5_000];

const LIMIT_BYTES = 8 * 1024 * 1024;

async function callOnce(
  service: WebService,
  name: string,
  parameters: Readonly<Record<string, Parameter>>,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const body = new URLSearchParams([
    ['wstoken', service.token],
    ['wsfunction', name],
    ['moodlewsrestformat', 'json'],
    ...flatten(parameters),
  ]).toString();
  try {
    const answer = await postForm({
      url: `${service.url}/webservice/rest/server.php`,
      body,
      timeoutMs: service.timeoutMs,
      limitBytes: LIMIT_BYTES,
      ...(service.ca === undefined ? {} : { ca: service.ca }),
      ...(signal === undefined ? {} : { signal }),
    });
    return readAnswer(name, answer);
  } catch (error) {
    if (error instanceof NoAnswer)
      throw new RolloverError(
        'WebServiceUnavailable',
        `Moodle's web address gives no answer: ${error.reason}.`,
        { function: name },
      );
    throw error;
  }
}

/**
 * Calls a function. The result is whatever Moodle answers; callers check its shape.
 *
 * @throws RolloverError WebServiceRefused (token, service, capability, parameter), WebServiceUnavailable (network,
 *   time-out, maintenance)
 */
export async function callFunction(
  service: WebService,
  name: string,
  parameters: Readonly<Record<string, Parameter>> = {},
  { waits = [], signal }: CallOptions = {},
): Promise<unknown> {
  for (const wait of waits) {
    try {
      return await callOnce(service, name, parameters, signal);
    } catch (error) {
      const again = error instanceof RolloverError && error.code === 'WebServiceUnavailable';
      if (!again || signal?.aborted === true) throw error;
      await sleep(wait, undefined, signal === undefined ? {} : { signal });
    }
  }
  return callOnce(service, name, parameters, signal);
}
