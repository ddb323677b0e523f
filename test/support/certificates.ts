/** A private certificate authority and a certificate of it for this machine, made once per file. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Certificates {
  /** PEM of the authority. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const run = promisify(execFile);

/** For `localhost` and 127.0.0.1. */
export async function makeCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'rollover-certificates-'));
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    await openssl(
      ...['req', '-x509', ...key, '-subj', '/CN=School authority', '-days', '2'],
      ...['-keyout', at('ca.key'), '-out', at('ca.pem')],
    );
    await openssl(
      ...['req', '-new', ...key, '-subj', '/CN=localhost', '-keyout', at('key.pem'), '-out', at('csr.pem')],
    );
    await writeFile(at('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    await openssl(
      ...['x509', '-req', '-in', at('csr.pem'), '-CA', at('ca.pem'), '-CAkey', at('ca.key')],
      ...['-CAcreateserial', '-days', '2', '-extfile', at('names'), '-out', at('cert.pem')],
    );
    const read = (name: string): Promise<string> => readFile(at(name), 'utf8');
    return { ca: await read('ca.pem'), cert: await read('cert.pem'), key: await read('key.pem') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
