#!/usr/bin/env node
/** Entry of the command line. */
import { userInfo } from 'node:os';
import { exitCodeOf } from '../data/model/errors.js';
import { runCommandLine } from './program.js';

/** `rollover … | head` ends us quietly. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

/** An account that the machine has no name for (in a container) has to be named with --as. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

const args = process.argv.slice(2);

// servers finish what they do first; every other verb just ends: what was started goes on without it
if (!args.includes('worker') && !args.includes('codec-server'))
  process.once('SIGINT', () => {
    process.stderr.write('\n');
    process.exit(exitCodeOf('Interrupted'));
  });

process.exitCode = await runCommandLine(args, {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  userName,
});
