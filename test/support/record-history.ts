/** Histories of real executions: replayed by this code, and with `RECORD_HISTORIES=1` kept for later versions. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { findTemporal } from '../../embedded/temporal.js';
import type { TestTemporal } from './temporal.js';

const run = promisify(execFile);
/** Stack traces name it; where somebody's project is belongs into no history. */
const projectFolder = fileURLToPath(new URL('../../', import.meta.url));

/** Where the histories of released versions are. */
export const histories = new URL('../histories/', import.meta.url);

/**
 * Writes a history as the temporal program prints it, for the version in package.json. `name`: the file's; with `/` for
 * `-` it is the workflow id under which it is replayed.
 */
export async function recordHistory(temporal: TestTemporal, workflowId: string, name: string): Promise<void> {
  const args = ['workflow', 'show', '--address', temporal.address, '-w', workflowId, '-o', 'json'];
  const { stdout } = await run((await findTemporal()) ?? 'temporal', args, { maxBuffer: 50_000_000 });
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  await mkdir(new URL(`${version}/`, histories), { recursive: true });
  await writeFile(new URL(`${version}/${name}.json`, histories), stdout.replaceAll(projectFolder, ''));
}

/** Replays what has just ended, and keeps it when histories are recorded. */
export async function replayAndRecord(
  temporal: TestTemporal,
  workflowBundle: WorkflowBundleWithSourceMap,
  workflowId: string,
  name: string,
): Promise<void> {
  const history = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
  if (process.env['RECORD_HISTORIES'] === '1') await recordHistory(temporal, workflowId, name);
}
