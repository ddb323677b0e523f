/** Temporal's payloads, sealed before they leave the process and opened when they come back: AES-256-GCM. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { Encryption } from '../data/configuration.js';
import { RolloverError } from '../data/model/errors.js';
import { decodePayload, encodePayload } from './wire.js';

/** Metadata `encoding` of a sealed payload; names the cipher, not our product. */
export const SEALED_ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm';
const CIPHER_KEY = 'encryption-cipher';
const KEY_ID = 'encryption-key-id';

const IV_BYTES = 12;
const TAG_BYTES = 16;

function textOf(payload: Payload, key: string): string | undefined {
  const bytes = payload.metadata?.[key];
  return bytes == null ? undefined : Buffer.from(bytes).toString('utf8');
}

/** What a sealed payload is bound to: it cannot be passed off under another key id or encoding. */
function boundTo(keyId: string): Buffer {
  return Buffer.from([SEALED_ENCODING, CIPHER, keyId].join('\n'), 'utf8');
}

function seal(payload: Payload, keyId: string, key: Buffer): Payload {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo(keyId));
  const sealed = Buffer.concat([cipher.update(encodePayload(payload)), cipher.final()]);
  return {
    metadata: {
      encoding: Buffer.from(SEALED_ENCODING),
      [CIPHER_KEY]: Buffer.from(CIPHER),
      [KEY_ID]: Buffer.from(keyId),
    },
    data: Buffer.concat([iv, cipher.getAuthTag(), sealed]),
  };
}

/** Only what could be an id is repeated in a message: the name comes from outside. */
function nameOf(keyId: string): string {
  return /^[A-Za-z0-9._-]{1,64}$/.test(keyId) ? keyId : 'of an unusable name';
}

function open(payload: Payload, keyId: string, key: Buffer): Payload {
  const data = Buffer.from(payload.data ?? []);
  try {
    const decipher = createDecipheriv(CIPHER, key, data.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(keyId));
    decipher.setAuthTag(data.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const plain = Buffer.concat([decipher.update(data.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    return decodePayload(plain);
  } catch (cause) {
    throw new RolloverError(
      'PayloadSealed',
      `A payload was not sealed with the key ${nameOf(keyId)} that is configured, or was altered.`,
      { key: nameOf(keyId) },
      { cause },
    );
  }
}

/**
 * Seals with `encryption.keyId`; opens with any key that is listed. A payload that nobody sealed is passed on as it is:
 * signals typed into Temporal's UI, and histories from before encryption was configured.
 */
export function createPayloadCodec({ keyId, keys }: Encryption): PayloadCodec {
  const current = keys.get(keyId);
  if (current === undefined)
    throw new RolloverError('ConfigInvalid', `encryption.keyFiles has no file for the key ${nameOf(keyId)}.`);
  return {
    async encode(payloads) {
      return payloads.map((payload) => seal(payload, keyId, current));
    },
    async decode(payloads) {
      return payloads.map((payload) => {
        if (textOf(payload, 'encoding') !== SEALED_ENCODING) return payload;
        const sealedWith = textOf(payload, KEY_ID) ?? '';
        const key = keys.get(sealedWith);
        if (key === undefined)
          throw new RolloverError(
            'PayloadSealed',
            `A payload is sealed with the key ${nameOf(sealedWith)}, which is not configured.`,
            { key: nameOf(sealedWith) },
          );
        return open(payload, sealedWith, key);
      });
    },
  };
}
