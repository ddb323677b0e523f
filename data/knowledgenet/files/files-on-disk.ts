/** Local files as an upload: one workbook, or the CSV files of a folder. They are read, never altered. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { UploadFile } from '../../journal/uploads.js';
import { RolloverError } from '../../model/errors.js';

const csvName = /\.(csv|tsv|txt)$/i;

/** A file system's refusal in our words; the path is the reader's own. */
function refuse(path: string, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
  throw new RolloverError('SourceUnreadable', `"${basename(path)}" ${reason}.`, {}, { cause: error });
}

async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => csvName.test(name) && !name.startsWith('.')).sort();
  if (names.length === 0) throw new RolloverError('SourceUnreadable', 'The folder holds no CSV file.');
  return names.map((name) => join(path, name));
}

async function sizeOf(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * Reads a file, or every CSV file of a folder, if they are not more than `limit` bytes together.
 *
 * @throws RolloverError SourceUnreadable, SourceTooLarge
 */
export async function readFiles(path: string, cwd: string, limit: number): Promise<UploadFile[]> {
  const place = resolve(cwd, path);
  try {
    const paths = await filesOf(place);
    const size = await sizeOf(paths);
    if (size > limit)
      throw new RolloverError('SourceTooLarge', `The upload has ${size} bytes; the limit is ${limit}.`);
    return await Promise.all(paths.map(async (one) => ({ name: basename(one), bytes: await readFile(one) })));
  } catch (error) {
    if (error instanceof RolloverError) throw error;
    refuse(place, error);
  }
}
