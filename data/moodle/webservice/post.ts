/** One POST of a form by HTTP or HTTPS: time-out, private authority, a limit to the answer, no redirects. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { rootCertificates } from 'node:tls';

export interface PostOptions {
  readonly url: string;
  readonly body: string;
  /** PEM of an authority that is trusted besides the usual ones. */
  readonly ca?: string;
  readonly timeoutMs: number;
  readonly limitBytes: number;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Why there is no answer. Names and codes only: addresses and bodies stay out. */
export class NoAnswer extends Error {
  constructor(readonly reason: string) {
    super(reason);
    this.name = 'NoAnswer';
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error instanceof NoAnswer) return error.reason;
  return typeof error.code === 'string' && /^[A-Z0-9_]{1,60}$/.test(error.code)
    ? error.code
    : 'connection failed';
}

/** @throws NoAnswer */
export function postForm({ url, body, ca, timeoutMs, limitBytes, signal }: PostOptions): Promise<Answer> {
  const secure = url.startsWith('https:');
  const send = secure ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
        accept: 'application/json',
        'user-agent': 'moodle-rollover',
      },
      agent: false,
      ...(secure && ca !== undefined ? { ca: [...rootCertificates, ca] } : {}),
      ...(signal === undefined ? {} : { signal }),
    });
    // one limit for everything: a server that sends a byte a second is not waited for
    const timer = setTimeout(() => request.destroy(new NoAnswer('no answer in time')), timeoutMs);
    const fail = (error: NodeJS.ErrnoException): void => {
      clearTimeout(timer);
      reject(new NoAnswer(reasonOf(error)));
    };
    request.on('error', fail);
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('error', fail);
      response.on('data', (part: Buffer) => {
        size += part.length;
        if (size > limitBytes) request.destroy(new NoAnswer('the answer is too large'));
        else parts.push(part);
      });
      response.on('aborted', () => fail(new NoAnswer('the answer was cut off')));
      response.on('end', () => {
        clearTimeout(timer);
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers['content-type'] ?? '',
          body: Buffer.concat(parts).toString('utf8'),
        });
      });
    });
    request.end(body);
  });
}
