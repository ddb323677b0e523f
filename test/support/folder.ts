/** Where tests keep servers' data. */
import { existsSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Free bytes that make memory a good place; a whole Moodle takes about 90 MB. */
const ROOM_IN_MEMORY = 6 * 1024 ** 3;

/**
 * Memory where a machine offers it: creating the 480 tables of a Moodle waits for a busy disk again and again (a
 * minute instead of three seconds was measured). Killing a server is as hard a test there as on a disk.
 */
export function fastFolder(): string {
  if (!existsSync(MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize > ROOM_IN_MEMORY ? MEMORY : tmpdir();
}

/** A new folder for a server's data; the caller removes it. */
export function makeTestFolder(prefix: string): string {
  return mkdtempSync(join(fastFolder(), `rollover-${prefix}-`));
}
