/** The private MariaDB that we and the floor share: one server, one durability, as Moodle's hosts have it. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseAddress } from '../../data/database/connect.js';
import { startMariadb } from '../../embedded/mariadb.js';
import type { SchoolSize } from '../school/sizes.js';

type Size = SchoolSize['name'];

/** The server's memory and redo log, as large as a host gives a Moodle of that size; ours and the floor's alike. */
const memory: Readonly<Record<Size, readonly [bufferPool: string, redoLog: string]>> = {
  tiny: ['1G', '512M'],
  school: ['1G', '512M'],
  district: ['4G', '2G'],
};

function serverArguments(size: Size): string[] {
  const [bufferPool, redoLog] = memory[size];
  return [
    '--innodb-flush-log-at-trx-commit=1',
    '--innodb-doublewrite=1',
    `--innodb-buffer-pool-size=${bufferPool}`,
    `--innodb-log-file-size=${redoLog}`,
    '--max-allowed-packet=64M',
    '--skip-log-bin',
  ];
}

export interface BenchServer {
  readonly address: DatabaseAddress;
  readonly pid: number;
  /** Everything of this bench lies below. */
  readonly folder: string;
  close(): Promise<void>;
}

export async function startServer(size: Size): Promise<BenchServer> {
  const folder = await mkdtemp(join(tmpdir(), 'rollover-bench-'));
  // another server that starts empties the folder of temporary tables that it shares with us
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  const server = await startMariadb(join(folder, 'mariadb'), {
    extraArguments: [...serverArguments(size), `--tmpdir=${temporary}`],
  });
  return {
    address: server.address,
    pid: server.pid,
    folder,
    async close() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
