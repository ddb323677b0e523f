/** The key that seals passwords while they wait for approval. */
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { RolloverError } from '../model/errors.js';

const KEY_BYTES = 32;

/** A 256-bit key; prints as its id only. */
export class PasswordKey {
  readonly #bytes: Buffer;
  /** First 8 hex digits of the key's SHA-256: tells keys apart without showing them. */
  readonly id: string;

  /** `bytes` must be 32 long; throws `ConfigInvalid`. */
  constructor(bytes: Buffer) {
    if (bytes.length !== KEY_BYTES)
      throw new RolloverError('ConfigInvalid', `The password key has ${bytes.length} bytes instead of 32.`);
    this.#bytes = Buffer.from(bytes);
    this.id = createHash('sha256').update(this.#bytes).digest('hex').slice(0, 8);
  }

  /** Lends the raw key to a cipher; do not keep it. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  toJSON(): string {
    return `PasswordKey(${this.id})`;
  }

  [inspect.custom](): string {
    return this.toJSON();
  }
}

/** A key from its text, 64 hex digits or 32 bytes in base64. Throws `ConfigInvalid` naming `origin`, never the text. */
export function parsePasswordKey(text: string, origin: string): PasswordKey {
  const trimmed = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(trimmed)) return new PasswordKey(Buffer.from(trimmed, 'hex'));
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return new PasswordKey(Buffer.from(trimmed, 'base64'));
  throw new RolloverError(
    'ConfigInvalid',
    `The password key of ${origin} is neither 64 hex digits nor 32 bytes in base64 (openssl rand -base64 32 makes one).`,
  );
}
