/** Posts a message as JSON. The address may be a secret itself (chat programs), so no error names it. */
import { createHmac } from 'node:crypto';
import { RolloverError } from '../model/errors.js';
import type { Message } from './message.js';

export interface Webhook {
  readonly url: string;
  readonly secret?: string;
}

const TIMEOUT_MS = 10_000;

/** Name of the header that shows who called: `t=SECONDS,v1=HEX`. */
export const signatureHeader = 'Rollover-Signature';

/** HMAC-SHA256 of "SECONDS.BODY"; the time is signed with it, so that an old call cannot be played again. */
export function sign(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

function causeOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'the receiver does not answer in time';
  const cause = error instanceof Error ? (error.cause as { readonly code?: unknown } | undefined) : undefined;
  const code = typeof cause?.code === 'string' && /^[A-Z_0-9]{1,60}$/.test(cause.code) ? cause.code : null;
  return `the receiver cannot be reached${code === null ? '' : ` (${code})`}`;
}

async function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  timeoutMs: number,
): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    // a redirect would carry the message to where nobody configured it
    return await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
  } catch (error) {
    throw new RolloverError('NotificationFailed', causeOf(error));
  }
}

/** @throws RolloverError NotificationFailed unless the receiver answers 2xx */
export async function postWebhook(webhook: Webhook, message: Message, timeoutMs = TIMEOUT_MS): Promise<void> {
  const body = JSON.stringify(message.json);
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': 'moodle-rollover',
    'rollover-delivery': message.id,
  };
  if (webhook.secret !== undefined)
    headers[signatureHeader] = sign(webhook.secret, Math.floor(Date.now() / 1000), body);
  const response = await post(webhook.url, headers, body, timeoutMs);
  // nobody reads the answer's body; an unread one would keep the connection
  await response.body?.cancel().catch(() => undefined);
  if (response.status >= 300 && response.status < 400)
    throw new RolloverError(
      'NotificationFailed',
      `the receiver redirects (${response.status}), and redirects are not followed`,
    );
  if (!response.ok) throw new RolloverError('NotificationFailed', `the receiver answered ${response.status}`);
}
