/** A dump's file read again: its hash, its length and whether it ends as a dump does. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { RolloverError } from '../model/errors.js';
import { RowCounter } from './row-counts.js';

export interface FileRead {
  readonly bytes: number;
  readonly sha256: string;
  /** The text's last line is a dump's end mark; false too where the archive is cut off. */
  readonly whole: boolean;
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

async function hashFile(file: string, signal?: AbortSignal): Promise<Omit<FileRead, 'whole'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) {
    signal?.throwIfAborted();
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Feeds a file's text to somebody, unzipped where it is zipped. */
export async function readText(file: string, target: Writable, signal?: AbortSignal): Promise<void> {
  const source = createReadStream(file);
  const options = signal === undefined ? {} : { signal };
  if (await isGzip(file)) await pipeline(source, createGunzip(), target, options);
  else await pipeline(source, target, options);
}

async function isWhole(file: string, signal?: AbortSignal): Promise<boolean> {
  const counter = new RowCounter();
  const sink = new Writable({
    write(piece: Buffer, _encoding, done) {
      counter.look(piece);
      done();
    },
  });
  try {
    await readText(file, sink, signal);
  } catch (error) {
    // a zip that is cut off or altered (Z_BUF_ERROR, Z_DATA_ERROR) is an answer, not a failure
    if (/^Z_/.test((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
  return counter.ended;
}

/** @throws RolloverError BackupNotFound when this machine has no such file or may not read it */
export async function readDumpFile(file: string, signal?: AbortSignal): Promise<FileRead> {
  try {
    if (!(await stat(file)).isFile()) throw new RolloverError('BackupNotFound', 'That is not a file.');
    return { ...(await hashFile(file, signal)), whole: await isWhole(file, signal) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (/^E[A-Z]+$/.test(code))
      throw new RolloverError(
        'BackupNotFound',
        `The dump's file cannot be read on the worker's machine (${code}).`,
        {},
        { cause: error },
      );
    throw error;
  }
}
