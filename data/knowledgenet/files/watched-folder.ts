/** A folder where exports are put: the newest one that is whole. Files are read, never altered or moved [T46]. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RolloverError } from '../../model/errors.js';

/** Somebody may still be copying a file that changed a moment ago. */
const QUIET_MS = 10_000;

interface Found {
  readonly path: string;
  readonly changedAt: number;
}

const workbook = /\.(xlsx|ods)$/i;
/** Office programs and copying tools put such files beside the real one. */
const passing = /^(\.|~\$)|\.(part|tmp|crdownload)$/i;

async function look(folder: string): Promise<Found[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter(
    (entry) => entry.isFile() && workbook.test(entry.name) && !passing.test(entry.name),
  );
  return Promise.all(
    names.map(async ({ name }) => {
      const path = join(folder, name);
      return { path, changedAt: (await stat(path)).mtimeMs };
    }),
  );
}

/**
 * Path of the newest workbook that nobody has written to for ten seconds, or null when there is none yet.
 *
 * @throws RolloverError SourceUnavailable when the folder cannot be read
 */
export async function newestWorkbook(folder: string, now: number): Promise<string | null> {
  try {
    const whole = (await look(folder)).filter(({ changedAt }) => now - changedAt >= QUIET_MS);
    whole.sort((a, b) => b.changedAt - a.changedAt || (a.path < b.path ? 1 : -1));
    return whole[0]?.path ?? null;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new RolloverError(
      'SourceUnavailable',
      `The watched folder cannot be read (${code}).`,
      {},
      { cause: error },
    );
  }
}
