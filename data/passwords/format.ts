/** Moodle's password hashes and what they can hold (docs/moodle-writes.md). */
import { randomBytes } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { sha512Crypt } from './sha512-crypt.js';

/** `bcrypt` = `$2y$10$…`, native up to Moodle 4.2; `sha512crypt` = `$6$rounds=10000$…`, native from 4.3. */
export type PasswordFormat = 'bcrypt' | 'sha512crypt';

/** First Moodle branch whose own hashes are SHA-512 crypt. */
const SHA512_BRANCH = 403;

/** The format that a Moodle of this branch (`config.branch`, e.g. "401") writes itself. */
export function passwordFormat(branch: string): PasswordFormat {
  return Number(branch) >= SHA512_BRANCH ? 'sha512crypt' : 'bcrypt';
}

/** Longest password that Moodle takes, in characters. */
export const MAX_PASSWORD_LENGTH = 128;
/** What bcrypt reads; it would ignore the rest, so that a shorter password opened the account too. */
const BCRYPT_BYTES = 72;
const BCRYPT_COST = 10;
const SHA512_ROUNDS = 10_000;
const SALT_LENGTH = 16;
const SALT_ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Why a password is not written; the account is made without one. */
export type PasswordProblem = 'empty' | 'too-long' | 'control-characters';

/** What is wrong with a password, or undefined. Without a format: what no format can take. */
export function passwordProblem(password: string, format?: PasswordFormat): PasswordProblem | undefined {
  if (password === '') return 'empty';
  if ([...password].length > MAX_PASSWORD_LENGTH) return 'too-long';
  if (format === 'bcrypt' && Buffer.byteLength(password, 'utf8') > BCRYPT_BYTES) return 'too-long';
  // PHP's bcrypt refuses NUL, and nobody types the others.
  return /\p{Cc}/u.test(password) ? 'control-characters' : undefined;
}

/** 16 random characters of crypt's alphabet; 64 letters, so that a byte's low bits pick evenly. */
function randomSalt(): string {
  return Array.from(randomBytes(SALT_LENGTH), (byte) => SALT_ALPHABET[byte & 63]).join('');
}

/**
 * Hashes one password; takes about 0.1 s of a core, so never on the main thread. `salt`, for tests with known answers:
 * 16 characters for `sha512crypt`, 22 for `bcrypt`.
 */
export function hashPassword(password: string, format: PasswordFormat, salt?: string): string {
  if (format === 'sha512crypt') return sha512Crypt(password, salt ?? randomSalt(), SHA512_ROUNDS);
  const settings = salt === undefined ? bcrypt.genSaltSync(BCRYPT_COST) : `$2b$${BCRYPT_COST}$${salt}`;
  // PHP names the same algorithm 2y.
  return bcrypt.hashSync(password, settings).replace(/^\$2b\$/, '$2y$');
}
