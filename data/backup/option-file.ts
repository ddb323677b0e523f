/** How a database program is told where to connect: by a file that only we can read, never by its arguments. */
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import type { DatabaseAddress } from '../database/connect.js';

/** A value as an option file takes it: quoted, backslashes doubled. */
function quote(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** `[client]` section. "loose" options are ignored by the programs that do not know them. */
export function renderOptions(address: DatabaseAddress, caFile: string | null): string {
  const place =
    address.socketPath === undefined
      ? [`host=${quote(address.host)}`, `port=${address.port}`, 'protocol=TCP']
      : [`socket=${quote(address.socketPath)}`];
  const tls =
    caFile === null
      ? []
      : [`ssl-ca=${quote(caFile)}`, 'loose-ssl-verify-server-cert', 'loose-ssl-mode=VERIFY_CA'];
  return [
    '[client]',
    `user=${quote(address.user)}`,
    `password=${quote(address.password)}`,
    ...place,
    ...tls,
    '',
  ].join('\n');
}

/** Writes the file, lends it, and removes it whatever happens. `beginning`: of its path. */
export async function withOptionFile<T>(
  beginning: string,
  address: DatabaseAddress,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const path = `${beginning}${randomBytes(8).toString('hex')}`;
  const caFile = address.tlsCa === undefined ? null : `${path}.ca`;
  try {
    if (caFile !== null) await writeFile(caFile, address.tlsCa ?? '', { mode: 0o600, flag: 'wx' });
    await writeFile(path, renderOptions(address, caFile), { mode: 0o600, flag: 'wx' });
    return await work(path);
  } finally {
    await rm(path, { force: true });
    if (caFile !== null) await rm(caFile, { force: true });
  }
}
