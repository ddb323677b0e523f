/** Passwords while they wait: AES-256-GCM, bound to the school and the person. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { RolloverError } from '../model/errors.js';
import { KEY_SEPARATOR } from '../model/snapshot.js';
import { passwordProblem } from './format.js';
import type { PasswordKey } from './key.js';

/*
 * A sealed value: version (1 byte), key id (4), nonce (12), tag (16), ciphertext. The plain text is its length in two
 * bytes, the password in UTF-8, and zeros up to a multiple of 64, so that the sealed length does not tell it.
 */
const VERSION = 1;
const HEADER = 1 + 4;
const NONCE = 12;
const TAG = 16;
const BLOCK = 64;

function bindTo(school: string, externalId: string): Buffer {
  return Buffer.from(school + KEY_SEPARATOR + externalId, 'utf8');
}

function header(key: PasswordKey): Buffer {
  return Buffer.concat([Buffer.from([VERSION]), Buffer.from(key.id, 'hex')]);
}

/**
 * Seals a person's password: at most 609 bytes. Null when no Moodle would take it (longer than 128 characters, control
 * characters, empty).
 */
export function sealPassword(
  key: PasswordKey,
  school: string,
  externalId: string,
  password: string,
): Buffer | null {
  if (passwordProblem(password) !== undefined) return null;
  const length = Buffer.byteLength(password, 'utf8');
  const plain = Buffer.alloc(Math.ceil((length + 2) / BLOCK) * BLOCK);
  plain.writeUInt16BE(length, 0);
  plain.write(password, 2, 'utf8');
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce);
  const head = header(key);
  cipher.setAAD(Buffer.concat([head, bindTo(school, externalId)]));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  plain.fill(0);
  return Buffer.concat([head, nonce, cipher.getAuthTag(), sealed]);
}

/** Throws `ConfigInvalid` when a value was sealed with another key, `Internal` when it is no sealed value. */
export function refuseOtherKey(key: PasswordKey, sealed: Uint8Array): void {
  if (sealed.length < HEADER + NONCE + TAG + BLOCK || sealed[0] !== VERSION)
    throw new RolloverError('Internal', 'A sealed password is not in our form.');
  const sealedWith = Buffer.from(sealed.subarray(1, HEADER)).toString('hex');
  if (sealedWith !== key.id)
    throw new RolloverError(
      'ConfigInvalid',
      'Passwords were sealed with another key than the one configured.',
      { key: key.id, sealedWith },
    );
}

/**
 * Opens a sealed password. Throws `ConfigInvalid` when it was sealed with another key and `Internal` when it is not
 * this person's or was altered; no message holds anything of it.
 */
export function openPassword(key: PasswordKey, school: string, externalId: string, sealed: Buffer): string {
  refuseOtherKey(key, sealed);
  const nonce = sealed.subarray(HEADER, HEADER + NONCE);
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG });
  decipher.setAAD(Buffer.concat([header(key), bindTo(school, externalId)]));
  decipher.setAuthTag(sealed.subarray(HEADER + NONCE, HEADER + NONCE + TAG));
  const plain = decipher.update(sealed.subarray(HEADER + NONCE + TAG));
  try {
    decipher.final();
  } catch {
    plain.fill(0);
    throw new RolloverError('Internal', 'A sealed password belongs to somebody else or was altered.');
  }
  const password = plain.toString('utf8', 2, 2 + plain.readUInt16BE(0));
  plain.fill(0);
  return password;
}
