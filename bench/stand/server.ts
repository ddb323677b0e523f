/** The private MariaDB that we and the floor share: one server, one durability, as Moodle's hosts have it. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseAddress } from '../../data/database/connect.js';
import { startMariadb } from '../../embedded/mariadb.js';

export const serverArguments = [
  '--innodb-flush-log-at-trx-commit=1',
  '--innodb-doublewrite=1',
  '--innodb-buffer-pool-size=1G',
  '--innodb-log-file-size=512M',
  '--max-allowed-packet=64M',
  '--skip-log-bin',
] as const;

export interface BenchServer {
  readonly address: DatabaseAddress;
  readonly pid: number;
  /** Everything of this bench lies below. */
  readonly folder: string;
  close(): Promise<void>;
}

export async function startServer(): Promise<BenchServer> {
  const folder = await mkdtemp(join(tmpdir(), 'rollover-bench-'));
  // another server that starts empties the folder of temporary tables that it shares with us
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  const server = await startMariadb(join(folder, 'mariadb'), {
    extraArguments: [...serverArguments, `--tmpdir=${temporary}`],
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
