/** A whole rollover whose payloads are sealed: nothing to read in Temporal, everything as always for people. */
import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundle } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { converting, failureConverterPath } from '../../codec/data-converter.js';
import { createPayloadCodec, SEALED_ENCODING } from '../../codec/payload-codec.js';
import { createCodecServer } from '../../codec/server.js';
import { castError } from '../../cli/failure.js';
import { loadConfiguration, type Configuration } from '../../data/configuration.js';
import { selectDecisions } from '../../data/journal/runs.js';
import { nextYear, sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { findTemporal } from '../../embedded/temporal.js';
import { workflowsPath } from '../../workers/bundle.js';
import { createWorker } from '../../workers/worker.js';
import { decisionSent } from '../../workflows/messages.js';
import { createCliSchool, type CliSchool } from '../cli/school.js';
import { testServer } from '../support/database.js';

interface StatusDocument {
  readonly status: {
    readonly open: { readonly gate: string; readonly opening: number; readonly hash: string } | null;
  };
}

const run = promisify(execFile);
const WORKFLOW = 'rollover/kowhai/2027';
const people = nextYear(sampleSchool({ year: 2026, students: 30 }));
let school: CliSchool;
let original: string;
/** A workflow from before encryption was configured. */
let plain = '';
let stopWorker: () => Promise<void> = async () => undefined;

function configured(): Configuration {
  return loadConfiguration(school.configuration.path, { TEST_DATABASE_PASSWORD: testServer().password });
}

/** Writes the section `encryption` and starts a worker with it. */
async function encryptWith(keyId: string, listed: readonly string[]): Promise<void> {
  await stopWorker();
  const lines = listed.map((id) => `    ${id}: ${id}.key`).join('\n');
  await writeFile(school.configuration.path, original);
  await appendFile(school.configuration.path, `encryption:\n  keyId: ${keyId}\n  keyFiles:\n${lines}\n`);
  const worker = await createWorker(configured());
  const ended = worker.run();
  stopWorker = async () => {
    worker.stop();
    await ended;
    stopWorker = async () => undefined;
  };
}

async function openGate(gate: string): Promise<NonNullable<StatusDocument['status']['open']>> {
  await school.run(['status', '--watch']);
  const { open } = (await school.ask<StatusDocument>('status')).status;
  expect(open?.gate).toBe(gate);
  return open!;
}

async function approve(gate: string, ...more: string[]): Promise<void> {
  const { hash } = await openGate(gate);
  const ended = await school.run(['approve', gate, '--hash', hash, ...more]);
  expect(ended.stderr).toBe('');
}

interface RawPayload {
  readonly metadata?: Readonly<Record<string, Uint8Array>> | null;
  readonly data?: Uint8Array | null;
}

/** Every payload of a history as Temporal keeps it, by the event it stands in; search attributes apart. */
function* rawPayloads(value: unknown, place: string): Generator<[string, RawPayload]> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if ('metadata' in value && 'data' in value && value.data instanceof Uint8Array) {
    yield [place, value as RawPayload];
    return;
  }
  for (const [key, member] of Object.entries(value))
    if (key !== 'searchAttributes') yield* rawPayloads(member, `${place}.${key}`);
}

async function history(workflowId: string): Promise<History> {
  return school.temporal.client.workflow.getHandle(workflowId).fetchHistory();
}

function encodingOf(payload: RawPayload): string {
  return Buffer.from(payload.metadata?.['encoding'] ?? []).toString();
}

function keyIdOf(payload: RawPayload): string {
  return Buffer.from(payload.metadata?.['encryption-key-id'] ?? []).toString();
}

beforeAll(async () => {
  school = await createCliSchool();
  original = await readFile(school.configuration.path, 'utf8');
  for (const id of ['k2026', 'k2027', 'other'])
    await writeFile(join(school.folder, `${id}.key`), randomBytes(32).toString('base64'));
  await writeFile(join(school.folder, 'kn.xlsx'), toWorkbook(people, 'xlsx'));
  await school.startWorker();
  expect((await school.run(['snapshot', 'kn.xlsx'])).code).toBe(0);
  await school.stopWorker();
  for await (const one of school.temporal.client.workflow.list()) plain = one.workflowId;
  await encryptWith('k2026', ['k2026']);
  await school.run(['settings', 'set', 'groupTypes.default.provisioning', 'enabled']);
});
afterAll(async () => {
  await stopWorker();
  await school?.close();
});

test('a failure reaches the command line under its code, and nobody else as text', async () => {
  const ended = await school.run(['sync', 'kn.xlsx']);
  expect(ended.stderr).toMatch(/^ModeDisabled: The synchronisation of this school is Disabled\./m);
  const ids: string[] = [];
  for await (const one of school.temporal.client.workflow.list({ query: `WorkflowType = 'sync'` }))
    ids.push(one.workflowId);
  const raw = JSON.stringify(await history(ids[0]!), (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  expect(raw).toMatch(/Encoded failure/);
  expect(raw).not.toMatch(/synchronisation of this school/);
});

test(
  'a rollover goes its way, also when the key is changed while it waits',
  { timeout: 240_000 },
  async () => {
    await school.run(['settings', 'set', 'mode', 'snapshot-only']);
    expect((await school.run(['start', '2027'])).code).toBe(0);
    await openGate('backups');
    await encryptWith('k2027', ['k2026', 'k2027']);
    await approve('backups');
    await approve('knowledgenet', '--workbook', 'kn.xlsx');
    // typed into Temporal's UI, which has no key
    const { gate, opening, hash } = await openGate('data');
    const plainClient = new Client({ connection: school.temporal.client.connection });
    await plainClient.workflow.getHandle(WORKFLOW).signal(decisionSent, {
      decisionId: 'typed',
      gate,
      opening,
      hash,
      verdict: 'approve',
      by: 'kiri',
    } as never);
    await openGate('plan');
    await approve('plan', '--no-backup');
    await approve('tidy');
    await approve('removals');
    expect((await school.run(['status', '--watch'])).stdout).toMatch(/has ended: completed/);
    const decisions = await selectDecisions(school.journal, WORKFLOW);
    expect(
      decisions.filter(({ outcome }) => outcome.startsWith('accepted')).map((one) => one.channel),
    ).toEqual(['update', 'update', 'signal', 'update', 'update', 'update']);
  },
);

test('in Temporal every payload but the typed one is sealed, before the rotation with the old key', async () => {
  const raw = [...rawPayloads(await history(WORKFLOW), 'history')];
  expect(raw.length).toBeGreaterThan(50);
  const readable = raw.filter(([, payload]) => encodingOf(payload) !== SEALED_ENCODING);
  expect(readable.map(([, payload]) => Buffer.from(payload.data ?? []).toString())).toEqual([
    expect.stringMatching(/"decisionId":"typed"/),
  ]);
  const keys = raw.map(([, payload]) => keyIdOf(payload)).filter((id) => id !== '');
  expect(keys[0]).toBe('k2026');
  expect(keys.at(-1)).toBe('k2027');
  expect(keys.lastIndexOf('k2026')).toBeLessThan(keys.indexOf('k2027'));
});

test('Temporal’s own command line reads it through the codec server', async () => {
  const { encryption } = configured();
  const server = await createCodecServer({
    codec: createPayloadCodec(encryption!),
    origins: [],
    token: 't0ken',
  });
  const endpoint = await server.listen({ host: '127.0.0.1', port: 0 });
  const show = async (...more: string[]): Promise<string> => {
    const args = ['workflow', 'show', '--workflow-id', WORKFLOW, '--output', 'json'];
    const { stdout } = await run(
      (await findTemporal())!,
      [...args, '--address', school.temporal.address, ...more],
      {
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    return stdout;
  };
  try {
    const input = Buffer.from('{"school":"kowhai","year":2027').toString('base64').slice(0, 38);
    expect(await show()).not.toContain(input);
    const opened = await show('--codec-endpoint', endpoint, '--codec-auth', 'Bearer t0ken');
    expect(opened).toContain(input);
    expect(opened).not.toMatch(/binary\/encrypted|YmluYXJ5L2VuY3J5cHRlZA/);
  } finally {
    await server.close();
  }
});

test('sealed histories replay, and so do those from before encryption', { timeout: 240_000 }, async () => {
  const logger = new DefaultLogger('ERROR');
  const sealed: WorkflowBundle = await bundleWorkflowCode({ workflowsPath, failureConverterPath, logger });
  const options = { workflowBundle: sealed, ...converting(configured().encryption) };
  await Worker.runReplayHistory(options, await history(WORKFLOW), WORKFLOW);
  await Worker.runReplayHistory(options, await history(plain), plain);
});

test('without the right key a person is told which one is missing', async () => {
  await stopWorker();
  await writeFile(school.configuration.path, original);
  await appendFile(
    school.configuration.path,
    'encryption:\n  keyId: other\n  keyFiles:\n    other: other.key\n',
  );
  const client = new Client({
    connection: school.temporal.client.connection,
    ...converting(configured().encryption),
  });
  const error: unknown = await client.workflow
    .getHandle(WORKFLOW)
    .result()
    .catch((cause: unknown) => cause);
  expect(castError(error)).toMatchObject({
    code: 'PayloadSealed',
    message: expect.stringMatching(/sealed with the key k2027, which is not configured/) as string,
  });
});
