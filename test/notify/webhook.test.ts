/** Webhooks: what arrives, who vouches for it, and what is not taken for an answer. */
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { RolloverError } from '../../data/model/errors.js';
import type { Message } from '../../data/notify/message.js';
import { postWebhook, sign } from '../../data/notify/webhook.js';
import { receiveWebhooks, verifySignature, type WebhookReceiver } from '../support/webhook-receiver.js';

const message: Message = {
  id: 'kowhai.7.run-failed',
  subject: 'Kōwhai College: Rollover 2027 has failed',
  text: 'It has failed.\n',
  json: { version: 1, event: 'run-failed', school: { code: 'kowhai', name: 'Kōwhai College' } },
};

let receiver: WebhookReceiver | undefined;

async function failure(work: Promise<void>): Promise<RolloverError> {
  const error: unknown = await work.then(
    () => expect.fail('it was taken for delivered'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RolloverError);
  expect((error as RolloverError).code).toBe('NotificationFailed');
  expect(`${String(error)} ${(error as Error).stack ?? ''}`).not.toContain('s3cret');
  return error as RolloverError;
}

describe('a webhook', () => {
  afterEach(async () => {
    await receiver?.close();
    receiver = undefined;
  });

  test('is one POST of JSON', async () => {
    receiver = await receiveWebhooks();
    await postWebhook({ url: receiver.url }, message);
    expect(receiver.received).toHaveLength(1);
    const [call] = receiver.received;
    expect(call).toMatchObject({ method: 'POST', path: '/hook/s3cret-path' });
    expect(call?.headers['content-type']).toBe('application/json');
    expect(call?.headers['rollover-delivery']).toBe(message.id);
    expect(call?.headers).not.toHaveProperty('rollover-signature');
    expect(JSON.parse(call?.body ?? '')).toEqual(message.json);
  });

  test('is signed over its time and the very bytes of its body', async () => {
    receiver = await receiveWebhooks();
    await postWebhook({ url: receiver.url, secret: 'shared' }, message);
    const [call] = receiver.received;
    const header = String(call?.headers['rollover-signature']);
    const body = call?.body ?? '';
    const now = Date.now() / 1000;
    expect(verifySignature('shared', header, body, now)).toBe(true);
    expect(verifySignature('other', header, body, now)).toBe(false);
    expect(verifySignature('shared', header, `${body} `, now)).toBe(false);
    expect(verifySignature('shared', header, body, now + 3600)).toBe(false);
    expect(verifySignature('shared', header.replace(/t=\d+/, 't=1'), body, 1)).toBe(false);
    expect(verifySignature('shared', 'nonsense', body, now)).toBe(false);
  });

  test('has the signature that the documentation computes', () => {
    // printf '%s' '1767225600.{"a":1}' | openssl dgst -sha256 -hmac shared
    expect(sign('shared', 1_767_225_600, '{"a":1}')).toBe(
      't=1767225600,v1=8590eccec9320e2f54a68d547d8e76cd8b1e236add980a2800cc7e932160e14d',
    );
  });

  test.each([400, 404, 500, 503])('is not delivered where the receiver answers %i', async (status) => {
    receiver = await receiveWebhooks((response) => response.writeHead(status).end('s3cret words'));
    const error = await failure(postWebhook({ url: receiver.url }, message));
    expect(error.message).toBe(`the receiver answered ${status}`);
  });

  test('follows no redirect', async () => {
    const elsewhere = await receiveWebhooks();
    receiver = await receiveWebhooks((response) =>
      response.writeHead(307, { location: elsewhere.url }).end(),
    );
    const error = await failure(postWebhook({ url: receiver.url, secret: 'shared' }, message));
    expect(error.message).toContain('redirects (307)');
    expect(elsewhere.received).toEqual([]);
    await elsewhere.close();
  });

  test('does not wait for a receiver that says nothing', async () => {
    receiver = await receiveWebhooks(() => undefined);
    const error = await failure(postWebhook({ url: receiver.url }, message, 200));
    expect(error.message).toBe('the receiver does not answer in time');
  });

  test('says that nobody listens', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const error = await failure(postWebhook({ url: `http://127.0.0.1:${port}/s3cret` }, message));
    expect(error.message).toBe('the receiver cannot be reached (ECONNREFUSED)');
  });
});
