/** The codec server over real HTTP, asked as Temporal's UI and CLI ask. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPayloadCodec, SEALED_ENCODING } from '../../codec/payload-codec.js';
import { createCodecServer } from '../../codec/server.js';

const codec = createPayloadCodec({ keyId: 'k1', keys: new Map([['k1', randomBytes(32)]]) });
const origin = 'https://temporal.school.test';
const token = 'a-token';
const to64 = (text: string) => Buffer.from(text).toString('base64');
const plain = { metadata: { encoding: to64('json/plain') }, data: to64('{"person":"Aroha"}') };

const open = await createCodecServer({ codec, origins: [origin] });
const guarded = await createCodecServer({ codec, origins: [origin], token });
let openUrl: string;
let guardedUrl: string;

beforeAll(async () => {
  openUrl = await open.listen({ host: '127.0.0.1', port: 0 });
  guardedUrl = await guarded.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await open.close();
  await guarded.close();
});

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-namespace': 'default', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

test('what it encodes is sealed, and it decodes that again', async () => {
  const encoded = (await (await post(`${openUrl}/encode`, { payloads: [plain] })).json()) as {
    payloads: (typeof plain)[];
  };
  expect(encoded.payloads[0]?.metadata.encoding).toBe(to64(SEALED_ENCODING));
  expect(JSON.stringify(encoded)).not.toContain(plain.data);
  const decoded = await (await post(`${openUrl}/decode`, { payloads: [...encoded.payloads, plain] })).json();
  expect(decoded).toEqual({ payloads: [plain, plain] });
});

test('a browser at the listed address may ask, another may not', async () => {
  const preflight = await fetch(`${openUrl}/decode`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-namespace,authorization',
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
  expect(preflight.headers.get('access-control-allow-headers')).toMatch(/x-namespace/);
  const own = await post(`${openUrl}/decode`, { payloads: [plain] }, { origin });
  expect(own.headers.get('access-control-allow-origin')).toBe(origin);
  const stranger = await post(`${openUrl}/decode`, { payloads: [plain] }, { origin: 'https://evil.test' });
  expect(stranger.status).toBe(403);
  expect(await stranger.text()).not.toContain(plain.data);
});

test('where a token is set, nobody is answered without it', async () => {
  const ask = (headers?: Record<string, string>) =>
    post(`${guardedUrl}/decode`, { payloads: [plain] }, headers);
  expect((await ask()).status).toBe(401);
  expect((await ask({ authorization: 'Bearer another' })).status).toBe(401);
  expect((await ask({ authorization: `Bearer ${token}` })).status).toBe(200);
  expect((await fetch(`${guardedUrl}/healthz`)).status).toBe(200);
});

test('a payload under an unknown key is refused with the key id, not with its bytes', async () => {
  const other = createPayloadCodec({ keyId: 'lost', keys: new Map([['lost', randomBytes(32)]]) });
  const [sealed] = await other.encode([{ metadata: {}, data: Buffer.from('x') }]);
  const payload = {
    metadata: Object.fromEntries(
      Object.entries(sealed!.metadata!).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
    data: Buffer.from(sealed!.data!).toString('base64'),
  };
  const answer = await post(`${openUrl}/decode`, { payloads: [payload] });
  expect(answer.status).toBe(422);
  const text = await answer.text();
  expect(text).toMatch(/"code":"PayloadSealed".*lost/);
  expect(text).not.toContain(payload.data);
});

test.each([
  ['not JSON', '{"payloads": [{"data": "Aroha', 400],
  ['no payloads', { payloads: 'Aroha' }, 400],
  ['no base64', { payloads: [{ metadata: {}, data: 'Aroha!' }] }, 400],
  ['too large', JSON.stringify({ payloads: [], more: 'a'.repeat(17 * 1024 * 1024) }), 413],
])('%s is refused without repeating it', async (_name, body, status) => {
  const answer = await post(`${openUrl}/decode`, body);
  expect(answer.status).toBe(status);
  expect(await answer.text()).not.toContain('Aroha');
});
