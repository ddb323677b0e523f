/** Passwords are taken out of an upload before it is kept anywhere. */
import { createHash } from 'node:crypto';
import { RolloverError } from '../../model/errors.js';
import { askThread, untilDone } from './ask-thread.js';
import { isCsv, type SourceFile } from './source-file.js';
import { defaultLimits, type SourceLimits } from './limits.js';
import type { FoundPassword } from './password-columns.js';

export type { FoundPassword } from './password-columns.js';

/** An upload without its passwords, and the passwords apart from it. */
export interface EmptiedUpload {
  readonly files: readonly SourceFile[];
  /** Of the files as they were given; see `hashFiles`. */
  readonly originalSha256: string;
  /** Of the files as returned. */
  readonly sha256: string;
  /** Keyed by the External ID that the row has, before any `New External Id`. */
  readonly passwords: readonly FoundPassword[];
  /** Cells that were emptied. */
  readonly found: number;
}

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * SHA-256 of an upload, lower-case hex: of a workbook its bytes'; of CSV files, whose names say what they hold, that of
 * the text that `sha256sum` would print for them in order of their names.
 */
export function hashFiles(files: readonly SourceFile[]): string {
  const [only] = files;
  if (only !== undefined && files.length === 1 && !isCsv(only)) return sha256(only.bytes);
  const named = [...files].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return sha256(named.map((file) => `${sha256(file.bytes)}  ${file.name}\n`).join(''));
}

/**
 * Takes every password out of an upload, on every sheet that has a Password column. Files without any come back byte
 * for byte; a rewritten file gives the same snapshot. Nothing is kept here.
 *
 * @throws RolloverError as `readSource` does
 */
export async function emptyPasswords(
  files: readonly SourceFile[],
  options: { readonly limits?: Partial<SourceLimits>; readonly signal?: AbortSignal } = {},
): Promise<EmptiedUpload> {
  const limits = { ...defaultLimits, ...options.limits };
  const answers = askThread({ task: 'empty-passwords', files, limits }, options.signal);
  for await (const answer of untilDone(answers)) {
    if (answer.is !== 'emptied') continue;
    const { emptied } = answer;
    const kept = emptied.files.map((file) => asGiven(file, files));
    return {
      files: kept,
      originalSha256: hashFiles(files),
      sha256: hashFiles(kept),
      passwords: emptied.passwords,
      found: emptied.found,
    };
  }
  throw new RolloverError('Internal', 'The thread ended without an answer.');
}

/** The caller's own file where nothing was changed. */
function asGiven(file: SourceFile, given: readonly SourceFile[]): SourceFile {
  const original = given.find((one) => one.name === file.name);
  return original !== undefined && Buffer.compare(original.bytes, file.bytes) === 0 ? original : file;
}
