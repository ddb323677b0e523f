/** What is missing is told in one sentence that says what to install; a stack trace is for our own faults. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let bin: string;

beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'rollover-path-'));
  for (const tool of ['bash', 'env', 'dirname']) symlinkSync(`/usr/bin/${tool}`, join(bin, tool));
});

afterEach(() => rmSync(bin, { recursive: true }));

function run(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync('/usr/bin/env', ['bash', command, ...args], {
    encoding: 'utf8',
    env: { PATH: bin, HOME: bin },
  });
  return { status, stdout, lines: stderr.trim().split('\n') };
}

const commands = ['bin/test', 'bin/demo', 'bin/rollover', '.ci/run'];

test.each(commands)('%s without Node', (command) => {
  const { status, lines } = run(command);
  expect(status).toBe(9);
  expect(lines).toEqual([expect.stringMatching(/^Node\.js is missing: install Node\.js 20\.12 or newer/)]);
});

test.each(commands)('%s with an old Node', (command) => {
  // answers the question for its version as an old one would
  writeFileSync(join(bin, 'node'), '#!/usr/bin/env bash\n[ "$1" = --version ] && echo v18.20.4 || exit 1\n');
  chmodSync(join(bin, 'node'), 0o755);
  const { status, lines } = run(command);
  expect(status).toBe(9);
  expect(lines).toEqual(['Node.js v18.20.4 is too old: install Node.js 20.12 or newer.']);
});

test.each(commands)('%s without npm', (command) => {
  symlinkSync(process.execPath, join(bin, 'node'));
  const { status, lines } = run(command);
  expect(status).toBe(9);
  expect(lines).toEqual([expect.stringMatching(/^npm is missing: install npm/)]);
});

test('an option that bin/test does not know is refused, and help needs no set-up', () => {
  symlinkSync(process.execPath, join(bin, 'node'));
  symlinkSync('/bin/true', join(bin, 'npm'));
  expect(run('bin/test', '--perhaps')).toMatchObject({
    status: 2,
    lines: ['bin/test knows no option --perhaps: see bin/test --help.'],
  });
  expect(run('bin/test', '--conformance', 'only-one-file').status).toBe(2);
  expect(run('bin/test', '--faults').status).toBe(2);
  expect(run('bin/test', '--faults', 'many').status).toBe(2);
  expect(run('bin/test', '--help').stdout).toMatch(/^Usage: bin\/test/);
});

test('the versions that set-up fetches are the ones that the product looks for', () => {
  const version = /VERSION = '([\d.]+)'/.exec(readFileSync('bin/lib/time-skipping.mjs', 'utf8'))?.[1];
  expect(readFileSync('test/support/time-skipping.ts', 'utf8')).toContain(`time-skipping-${version}`);
  const temporal = /VERSION = '(v[\d.]+)'/.exec(readFileSync('bin/lib/temporal.mjs', 'utf8'))?.[1];
  expect(readFileSync('embedded/temporal.ts', 'utf8')).toContain(`temporal@${temporal}`);
});
