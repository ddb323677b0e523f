/**
 * SHA-512 crypt, `$6$rounds=…$salt$digest`, as crypt(3) and PHP compute it.
 * Specification: U. Drepper, "Unix crypt using SHA-256 and SHA-512" (public domain); the step numbers are its own.
 * Written here because the library at hand is wrong for passwords of 64 and 128 bytes, which could never log in.
 */
import { createHash, hash } from 'node:crypto';

const DIGEST = 64;
const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function sha512(parts: readonly Uint8Array[]): Buffer {
  const digest = createHash('sha512');
  for (const part of parts) digest.update(part);
  return digest.digest();
}

/** `length` bytes of the digest over and over (steps 9–10, 16, 20). */
function stretch(digest: Buffer, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += DIGEST) digest.copy(bytes, at);
  return bytes;
}

function repeat(bytes: Buffer, times: number): Buffer {
  return Buffer.alloc(bytes.length * times, bytes);
}

/** Steps 1–12. */
function firstDigest(password: Buffer, salt: Buffer): Buffer {
  const alternate = sha512([password, salt, password]);
  const parts: Buffer[] = [password, salt, stretch(alternate, password.length)];
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? alternate : password);
  return sha512(parts);
}

/**
 * Step 21: the rounds. One buffer holds what a round hashes, so that a round is one call. A digest comes as a string of
 * one character a byte: ten thousand buffers take twice the time, and threads that make them hold each other up.
 */
function runRounds(start: Buffer, password: Buffer, salt: Buffer, rounds: number): Buffer {
  const scratch = Buffer.alloc(DIGEST + salt.length + password.length * 2);
  let digest = start.toString('binary');
  for (let round = 0; round < rounds; round += 1) {
    const odd = round % 2 === 1;
    let length = odd ? password.copy(scratch, 0) : scratch.write(digest, 0, 'binary');
    if (round % 3 !== 0) length += salt.copy(scratch, length);
    if (round % 7 !== 0) length += password.copy(scratch, length);
    length += odd ? scratch.write(digest, length, 'binary') : password.copy(scratch, length);
    digest = hash('sha512', scratch.subarray(0, length), 'binary');
  }
  scratch.fill(0);
  return Buffer.from(digest, 'binary');
}

/** Step 22: three bytes at a time, in an order that runs through the digest in thirds, six bits a letter. */
function encode(digest: Buffer): string {
  let text = '';
  const letters = (value: number, count: number): void => {
    for (let left = value, written = 0; written < count; left >>= 6, written += 1)
      text += ALPHABET[left & 63];
  };
  let [a, b, c] = [0, 21, 42];
  for (let group = 0; group < 21; group += 1) {
    letters((digest[a]! << 16) | (digest[b]! << 8) | digest[c]!, 4);
    [a, b, c] = [b + 1, c + 1, a + 1];
  }
  letters(digest[63]!, 2);
  return text;
}

/** Hashes a password. `salt`: 1 to 16 characters of `[./0-9A-Za-z]`; `rounds`: 1,000 to 999,999,999. */
export function sha512Crypt(password: string, salt: string, rounds: number): string {
  const key = Buffer.from(password, 'utf8');
  const seed = Buffer.from(salt, 'ascii');
  const first = firstDigest(key, seed);
  const p = key.length === 0 ? key : stretch(sha512([repeat(key, key.length)]), key.length);
  const s = stretch(sha512([repeat(seed, 16 + first[0]!)]), seed.length);
  const digest = runRounds(first, p, s, rounds);
  key.fill(0);
  p.fill(0);
  return `$6$rounds=${rounds}$${salt}$${encode(digest)}`;
}
