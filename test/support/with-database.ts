/**
 * Runs another script with a database server at hand: `tsx with-database.ts SCRIPT ARGUMENT…`. The script finds
 * the server in ROLLOVER_TEST_DATABASE; unless a person set that, it is a private one that ends with the script.
 */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { startMariadb } from '../../embedded/mariadb.js';
import { makeTestFolder } from './folder.js';

function runScript(args: readonly string[], databaseUrl: string): Promise<number> {
  return new Promise((done) => {
    const env = { ...process.env, ROLLOVER_TEST_DATABASE: databaseUrl };
    const child = spawn(process.execPath, ['--import', 'tsx', ...args], { stdio: 'inherit', env });
    child.on('close', (code) => done(code ?? 128));
  });
}

async function withPrivateServer(args: readonly string[]): Promise<number> {
  const folder = makeTestFolder('database');
  const server = await startMariadb(folder);
  // Ctrl-C reaches the script too; it ends, and then we end the server
  process.on('SIGINT', () => undefined);
  try {
    const { user, password, host, port } = server.address;
    return await runScript(args, `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}`);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const args = process.argv.slice(2);
const given = process.env['ROLLOVER_TEST_DATABASE'];
process.exitCode =
  given === undefined || given === '' ? await withPrivateServer(args) : await runScript(args, given);
