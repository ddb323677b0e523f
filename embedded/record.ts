/** What a private server leaves beside its data, readable for its owner only: process id, ports, passwords. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { RolloverError } from '../data/model/errors.js';

/** The record, or undefined when there is none. Written by {@link writeRecord} only, so its shape is ours. */
export async function readRecord<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new RolloverError('ConfigInvalid', `${file} cannot be read; remove it and start again.`);
  }
}

/** Replaces the record as a whole: a reader never sees half of one. */
export async function writeRecord(file: string, record: object): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
