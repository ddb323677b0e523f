import { afterAll, expect, test } from 'vitest';
import { isAlive, until } from '../../embedded/process.js';
import { killAll, startProcess, waitForPort, waitForPortClosed } from './processes.js';

afterAll(killAll);

const node = process.execPath;

test('a process ends with its exit code and its whole output', async () => {
  const child = startProcess(node, ['-e', 'console.log("out"); console.error("err"); process.exitCode = 7']);
  expect(await child.ended).toBe(7);
  expect(child.output()).toContain('out\n');
  expect(child.output()).toContain('err\n');
});

test('waiting for a text fails at once when the process ends without it', async () => {
  const child = startProcess(node, ['-e', 'console.log("something else")']);
  await expect(child.waitFor('ready')).rejects.toThrow('something else');
});

test('killing takes the children along', async () => {
  const child = startProcess('/bin/sh', ['-c', 'sleep 60 & echo "child $!"; wait']);
  await child.waitFor(/child \d+/);
  const grandchild = Number(/child (\d+)/.exec(child.output())?.[1]);
  expect(isAlive(grandchild)).toBe(true);
  await child.kill();
  expect(await child.ended).toBe('SIGKILL');
  expect(await until(() => !isAlive(grandchild), 2_000)).toBe(true);
});

test('a frozen process does nothing until it is thawed', async () => {
  const child = startProcess(node, ['-e', 'setInterval(() => console.log("tick"), 20)']);
  await child.waitFor('tick');
  child.freeze();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const frozen = child.output();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(child.output()).toBe(frozen);
  child.thaw();
  expect(await until(() => child.output().length > frozen.length, 5_000)).toBe(true);
  expect(await child.stop()).toBe('SIGTERM');
});

test('ports are waited for, open and closed', async () => {
  const child = startProcess(node, [
    '-e',
    'const s = require("net").createServer().listen(0, "127.0.0.1", () => console.log("port " + s.address().port))',
  ]);
  await child.waitFor(/port \d+/);
  const port = Number(/port (\d+)/.exec(child.output())?.[1]);
  await waitForPort(port);
  await child.stop();
  await waitForPortClosed(port);
});
