/** The Temporal development server: found, built with Go, or fetched by Temporal's SDK. */
import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, missing, projectFolder, run, succeeds, which } from './command.mjs';

const VERSION = 'v1.5.1';
const DOWNLOAD_LIMIT_MS = 60_000;
const bin = join(cacheFolder, 'bin');

/** A `temporal` that runs, or undefined. The places are those of embedded/temporal.ts. */
export function findTemporal() {
  const { GOBIN, GOPATH } = process.env;
  const folders = [
    GOBIN,
    GOPATH && join(GOPATH, 'bin'),
    join(homedir(), 'go/bin'),
    join(homedir(), '.temporalio/bin'),
    bin,
  ].filter(Boolean);
  const program = which('temporal', folders);
  return program !== undefined && succeeds(program, ['--version']) ? program : undefined;
}

export async function provideTemporal() {
  const found = findTemporal();
  if (found !== undefined) return found;
  mkdirSync(bin, { recursive: true });
  if ((await buildWithGo()) || (await downloadWithSdk())) return findTemporal();
  throw missing(
    `Temporal is missing and could not be installed: install the Temporal CLI (https://temporal.io/setup, or with Go: go install github.com/temporalio/cli/cmd/temporal@${VERSION}).`,
  );
}

async function buildWithGo() {
  const go = which('go', ['/usr/local/go/bin']);
  if (go === undefined) return false;
  process.stdout.write(`  building Temporal ${VERSION} with Go; once, about 7 minutes on two cores\n`);
  const code = await run(go, ['install', `github.com/temporalio/cli/cmd/temporal@${VERSION}`], {
    env: { GOBIN: bin },
    quiet: true,
  });
  return code === 0 && findTemporal() !== undefined;
}

/** The SDK fetches a binary from Temporal's own site; where that cannot be reached it must not hang. */
async function downloadWithSdk() {
  process.stdout.write(`  fetching Temporal by its SDK, for at most ${DOWNLOAD_LIMIT_MS / 1000} s\n`);
  const folder = join(cacheFolder, 'download');
  mkdirSync(folder, { recursive: true });
  const script = join(projectFolder, 'bin/lib/download-temporal.mjs');
  const code = await run(process.execPath, [script, folder, VERSION], {
    quiet: true,
    timeoutMs: DOWNLOAD_LIMIT_MS,
  });
  const file = readdirSync(folder).find(
    (name) => name.startsWith('temporal') && !name.endsWith('.downloading'),
  );
  if (code !== 0 || file === undefined) return false;
  rmSync(join(bin, 'temporal'), { force: true });
  symlinkSync(join(folder, file), join(bin, 'temporal'));
  return findTemporal() !== undefined;
}
