/** Sealing and opening of payloads, without servers. */
import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPayloadCodec, SEALED_ENCODING } from '../../codec/payload-codec.js';
import { decodePayload, encodePayload } from '../../codec/wire.js';

const [first, second] = [randomBytes(32), randomBytes(32)];
const old = createPayloadCodec({ keyId: '2026', keys: new Map([['2026', first]]) });
const both = createPayloadCodec({
  keyId: '2027',
  keys: new Map([
    ['2026', first],
    ['2027', second],
  ]),
});
const onlyNew = createPayloadCodec({ keyId: '2027', keys: new Map([['2027', second]]) });

const plain = defaultPayloadConverter.toPayload({ stage: 'Whetū', count: 12 });
const text = (payload: Payload | undefined, key: string) =>
  Buffer.from(payload?.metadata?.[key] ?? []).toString();
const valueOf = (payloads: Payload[]) => payloads.map((one) => defaultPayloadConverter.fromPayload(one));

test('what is sealed shows its key id and nothing of its content, and opens again', async () => {
  const [sealed] = await old.encode([plain]);
  expect(text(sealed, 'encoding')).toBe(SEALED_ENCODING);
  expect(text(sealed, 'encryption-key-id')).toBe('2026');
  expect(JSON.stringify(sealed?.metadata)).not.toMatch(/json/);
  expect(Buffer.from(sealed?.data ?? []).includes('stage')).toBe(false);
  expect(valueOf(await old.decode([sealed!]))).toEqual([{ stage: 'Whetū', count: 12 }]);
});

test('the same payload is sealed differently each time', async () => {
  const [one, other] = await old.encode([plain, plain]);
  expect(Buffer.from(one!.data!).equals(Buffer.from(other!.data!))).toBe(false);
  expect(Buffer.from(one!.data!).subarray(0, 12).equals(Buffer.from(other!.data!).subarray(0, 12))).toBe(
    false,
  );
});

test('after a rotation old payloads open, and new ones are sealed with the new key', async () => {
  const sealedBefore = await old.encode([plain]);
  expect(valueOf(await both.decode(sealedBefore))).toEqual(valueOf([plain]));
  const sealedAfter = await both.encode([plain]);
  expect(text(sealedAfter[0], 'encryption-key-id')).toBe('2027');
  expect(valueOf(await onlyNew.decode(sealedAfter))).toEqual(valueOf([plain]));
});

test('a key that is not configured is named, with the way out', async () => {
  const sealed = await old.encode([plain]);
  await expect(onlyNew.decode(sealed)).rejects.toMatchObject({
    code: 'PayloadSealed',
    message: 'A payload is sealed with the key 2026, which is not configured.',
    details: { key: '2026' },
  });
});

test('what nobody sealed passes as it is: signals typed by hand, old histories', async () => {
  expect(await both.decode([plain])).toEqual([plain]);
});

test('an altered payload does not open: data, tag, key id', async () => {
  const sealed = (await both.encode([plain]))[0]!;
  for (const at of [0, 12, 28, sealed.data!.length - 1]) {
    const data = Buffer.from(sealed.data!);
    data[at]! ^= 1;
    await expect(both.decode([{ ...sealed, data }])).rejects.toMatchObject({ code: 'PayloadSealed' });
  }
  const twice = createPayloadCodec({
    keyId: 'a',
    keys: new Map([
      ['a', first],
      ['b', first],
    ]),
  });
  const [bound] = await twice.encode([plain]);
  const relabelled = { ...bound!, metadata: { ...bound!.metadata, 'encryption-key-id': Buffer.from('b') } };
  await expect(twice.decode([relabelled])).rejects.toMatchObject({ code: 'PayloadSealed' });
  await expect(twice.decode([{ ...bound!, data: Buffer.from('short') }])).rejects.toMatchObject({
    code: 'PayloadSealed',
  });
});

test("a payload's bytes are Temporal's own, whatever is in it", () => {
  const anyBytes = fc.uint8Array({ maxLength: 300 });
  const anyPayload = fc.record({
    metadata: fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 40 }), anyBytes, {
      noNullPrototype: true,
    }),
    data: anyBytes,
  });
  fc.assert(
    fc.property(anyPayload, (payload) => {
      const type = temporal.api.common.v1.Payload;
      const read = type.decode(encodePayload(payload));
      expect(Object.entries(read.metadata).map(([key, value]) => [key, [...value]])).toEqual(
        Object.entries(payload.metadata).map(([key, value]) => [key, [...value]]),
      );
      expect([...read.data]).toEqual([...payload.data]);
      const back = decodePayload(Buffer.from(type.encode(payload).finish()));
      expect([...(back.data ?? [])]).toEqual([...payload.data]);
      expect(Object.keys(back.metadata ?? {}).sort()).toEqual(Object.keys(payload.metadata).sort());
    }),
  );
});
