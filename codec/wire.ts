/**
 * A payload as bytes, the same as Temporal's own `temporal.api.common.v1.Payload` in protobuf: metadata is field 1 (a
 * map of text to bytes), data is field 2. Written here because protobufs are not among our packages.
 */
import type { Payload } from '@temporalio/common';

const METADATA = 0x0a;
const DATA = 0x12;
/** Within an entry of the map. */
const KEY = 0x0a;
const VALUE = 0x12;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

function field(tag: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag]), varint(bytes.length), bytes]);
}

/** Bytes of a payload. */
export function encodePayload({ metadata, data }: Payload): Buffer {
  const entries = Object.entries(metadata ?? {}).map(([key, value]) =>
    field(METADATA, Buffer.concat([field(KEY, Buffer.from(key, 'utf8')), field(VALUE, value)])),
  );
  return Buffer.concat([...entries, field(DATA, data ?? Buffer.alloc(0))]);
}

/** The fields of a message whose fields all have a length; anything else is not ours. */
function* fieldsOf(bytes: Buffer): Generator<[number, Buffer]> {
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at++] ?? 0;
    let length = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 2 ** 35) throw new RangeError('A payload is cut off.');
      length += (byte % 128) * shift;
      if (byte < 128) break;
    }
    if (at + length > bytes.length) throw new RangeError('A payload is cut off.');
    yield [tag, bytes.subarray(at, at + length)];
    at += length;
  }
}

/** The payload of some bytes. @throws RangeError when they are none */
export function decodePayload(bytes: Buffer): Payload {
  const metadata: Record<string, Uint8Array> = {};
  let data: Uint8Array = Buffer.alloc(0);
  for (const [tag, content] of fieldsOf(bytes)) {
    if (tag === DATA) data = content;
    if (tag !== METADATA) continue;
    const entry = new Map(fieldsOf(content));
    metadata[(entry.get(KEY) ?? Buffer.alloc(0)).toString('utf8')] = entry.get(VALUE) ?? Buffer.alloc(0);
  }
  return { metadata, data };
}
