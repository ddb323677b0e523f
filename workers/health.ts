/** `/healthz`: the process answers. `/readyz`: it polls Temporal and reaches every school's journal. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { castDatabaseError } from '../data/database/errors.js';
import { RolloverError } from '../data/model/errors.js';

/** One thing that must be so before work can be done; rejects with the reason. */
export type Check = () => Promise<void>;

export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  /** Name → check; names are shown, values never. */
  readonly checks: Readonly<Record<string, Check>>;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** An answer that takes longer is none. */
const PATIENCE_MS = 3_000;

async function outcomeOf(check: Check): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('no answer'), PATIENCE_MS);
  });
  const asked = check().then(
    () => 'ok',
    (error: unknown) => castDatabaseError(error).code,
  );
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readiness(checks: HealthOptions['checks']): Promise<Record<string, string>> {
  const entries = Object.entries(checks).map(
    async ([name, check]) => [name, await outcomeOf(check)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

function answer(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}

async function handle(
  url: string | undefined,
  options: HealthOptions,
  response: ServerResponse,
): Promise<void> {
  if (url === '/healthz') return answer(response, 200, { status: 'ok' });
  if (url !== '/readyz') return answer(response, 404, { status: 'unknown' });
  const checks = await readiness(options.checks);
  const ready = Object.values(checks).every((outcome) => outcome === 'ok');
  return answer(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', checks });
}

function listen(server: Server, { host, port }: HealthOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const message = `The address monitoring.health cannot be used (${error.code ?? 'unknown'}).`;
      reject(new RolloverError('ConfigInvalid', message, {}, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}

/** @throws RolloverError ConfigInvalid when the address is taken */
export async function startHealth(options: HealthOptions): Promise<HealthServer> {
  const server = createServer((request, response) => void handle(request.url, options, response));
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}
