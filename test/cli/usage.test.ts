/** Help, arguments, and the documentation that is held against the program. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createOutput } from '../../cli/output.js';
import { createProgram, packageVersion } from '../../cli/program.js';
import { parseYear } from '../../cli/verbs/start.js';
import { errorCodes, exitCodeOf } from '../../data/model/errors.js';
import { runCommand } from './school.js';

const docs = readFileSync(fileURLToPath(new URL('../../docs/command-line.md', import.meta.url)), 'utf8');

function allVerbs(): readonly Command[] {
  const io = {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: {},
    cwd: '/',
    userName: () => 'kiri',
  };
  return createProgram(io, createOutput(io, false)).commands;
}

const verbNames = allVerbs().map((verb) => verb.name());

test('every verb of the product is there', () => {
  const wanted =
    'check snapshot findings plan start status approve reject pause resume cancel sync links settings report worker ' +
    'rules explain history comment notify schedule retention forget backup codec-server relink removals deletion undo';
  expect([...verbNames].sort()).toEqual(wanted.split(' ').sort());
});

test.each(verbNames)('%s has help with examples and the global options', async (verb) => {
  const { code, stdout, stderr } = await runCommand([verb, '--help']);
  expect(code).toBe(0);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/Examples:\n {2}\$ rollover /);
  for (const option of ['--config', '--school', '--json', '--as']) expect(stdout).toContain(option);
});

test('the documentation has every verb', () => {
  for (const verb of verbNames) expect(docs).toMatch(new RegExp(`^\\| .*\`${verb}[ \`]`, 'm'));
});

test('the documentation has every code beside its exit code', () => {
  const rows = [...docs.matchAll(/^\| (\d+) +\| (.*)\|$/gm)].map(
    ([, exit, codes]) => [Number(exit), codes] as const,
  );
  const documented = new Map<string, number>();
  for (const [exit, codes = ''] of rows)
    for (const [, code = ''] of codes.matchAll(/`(\w+)`/g)) documented.set(code, exit);
  expect(documented).toEqual(new Map(errorCodes.map((code) => [code, exitCodeOf(code)])));
});

test('without arguments it says how a rollover goes', async () => {
  const { code, stdout } = await runCommand([]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/A rollover in short/);
});

test('the version is the package’s', async () => {
  const content = JSON.parse(
    readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
  ) as { version: string };
  expect(packageVersion()).toBe(content.version);
  expect((await runCommand(['--version'])).stdout).toBe(`${content.version}\n`);
});

test.each([
  [['conjure'], /^UsageInvalid: unknown command 'conjure'\./],
  [['status', '--wach'], /^UsageInvalid: unknown option '--wach'/],
  [['snapshot'], /^UsageInvalid: Name a file, or say --database .* or --again/],
  [['sync'], /^UsageInvalid: Name a file, or say --database/],
  [['start'], /^UsageInvalid: Say which school year begins/],
  [['start', '27'], /^UsageInvalid: Say which school year begins/],
  [['approve', 'everything', '--hash', 'abcdef01'], /^UsageInvalid: There is no such gate/],
  [['approve', '--hash', 'abc'], /^UsageInvalid: A hash is given as its first 8 to 64/],
  [['approve', '--hash', 'not-a-hash'], /^UsageInvalid: A hash/],
  [['approve', '--hash', 'abcdef01', '--opening', '0'], /^UsageInvalid: An opening/],
  [['plan', '--list', 'everything'], /^UsageInvalid: A list is one of/],
  [['findings', '--severity', 'awful'], /^UsageInvalid: A severity is one of/],
])('%j is refused in one sentence with exit code 2', async (args, sentence) => {
  const { code, stdout, stderr } = await runCommand(args);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(sentence);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('a missing configuration is said, not shown as a stack', async () => {
  const { code, stderr } = await runCommand(['status'], { cwd: '/nonexistent' });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^ConfigInvalid: There is no configuration file/);
});

test('with --json a failure is a document on standard output', async () => {
  const ended = await runCommand(['status', '--json'], { cwd: '/nonexistent' });
  expect(ended.json<{ error: object }>().error).toMatchObject({ code: 'ConfigInvalid', exit: ended.code });
});

test('a year is a school year, given once', () => {
  expect(parseYear('2027', undefined)).toBe(2027);
  expect(parseYear(undefined, '2027')).toBe(2027);
  expect(parseYear('2027', '2027')).toBe(2027);
  expect(() => parseYear('2027', '2028')).toThrow(/Two different years/);
});
