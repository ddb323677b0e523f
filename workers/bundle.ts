/** Workflow code as one file: built with the product, or compiled at start when running from source. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkflowBundleOption } from '@temporalio/worker';

const built = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
const isSource = import.meta.url.endsWith('.ts');

/** Where `npm run build` puts the bundle, beside the compiled folders. */
export const bundlePath = built;

/** Entry of the workflows: their registry. */
export const workflowsPath = fileURLToPath(
  new URL(isSource ? '../workflows/index.ts' : '../workflows/index.js', import.meta.url),
);

/** What to give a worker: the prebuilt bundle where there is one. */
export function workflowSource(): { workflowBundle: WorkflowBundleOption } | { workflowsPath: string } {
  return !isSource && existsSync(built) ? { workflowBundle: { codePath: built } } : { workflowsPath };
}
