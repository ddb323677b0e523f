/** Workflow code compiled once for all worker processes of a test file; each would take seconds to compile it anew. */
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { workflowsPath } from '../../workers/bundle.js';

let file: Promise<string> | undefined;

async function compile(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'rollover-workflows-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  const path = join(folder, 'workflows.js');
  await writeFile(path, code);
  return path;
}

/** For `WORKFLOW_BUNDLE` of a worker process (worker-process.ts). The file lives as long as this process. */
export function compiledWorkflows(): Promise<string> {
  file ??= compile();
  return file;
}
