/** Where a page goes: to standard output, or into a file that only its owner can read. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RolloverError } from '../../data/model/errors.js';
import { refusalOf } from '../files.js';
import type { Session } from '../session.js';

/** What commander makes of `--html [file]`. */
export type PageTarget = string | true;

/** The file; a page beside it takes its place at once, so that nobody opens half of one. */
async function replaceFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.${process.pid}.new`;
  try {
    await writeFile(fresh, text, { mode: 0o600, flag: 'wx' });
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw new RolloverError(
      'UsageInvalid',
      `The page is not written: its place ${refusalOf(error)}.`,
      {},
      { cause: error },
    );
  }
}

/**
 * Prints the page, or writes it and says where.
 *
 * @throws RolloverError UsageInvalid
 */
export async function writePage(session: Session, target: PageTarget, html: string): Promise<void> {
  const { output, io } = session;
  if (target === true || target === '-') {
    if (output.json) throw new RolloverError('UsageInvalid', 'With --json, name a file: --html FILE.');
    await output.write(html);
    return;
  }
  const path = resolve(io.cwd, target);
  await replaceFile(path, html);
  await output.show(
    { file: path, bytes: Buffer.byteLength(html) },
    () => `Written to ${path}. It holds names: only this account can read it.`,
  );
}

/** Options that name another form exclude each other. @throws RolloverError UsageInvalid */
export function refuseOtherForms(others: Readonly<Record<string, unknown>>): void {
  const given = Object.keys(others).find((name) => others[name] !== undefined && others[name] !== false);
  if (given !== undefined)
    throw new RolloverError('UsageInvalid', `--html does not go together with --${given}.`);
}
