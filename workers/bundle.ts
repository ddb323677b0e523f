/** Workflow code as one file: built with the product, or compiled at start when running from source. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkflowBundleOption } from '@temporalio/worker';

const isSource = import.meta.url.endsWith('.ts');

/** Where `npm run build` puts the bundles, beside the compiled folders: one of them seals failures' messages. */
export const bundlePaths = {
  readable: fileURLToPath(new URL('../workflow-bundle.js', import.meta.url)),
  sealed: fileURLToPath(new URL('../workflow-bundle-sealed.js', import.meta.url)),
} as const;

/** Entry of the workflows: their registry. */
export const workflowsPath = fileURLToPath(
  new URL(isSource ? '../workflows/index.ts' : '../workflows/index.js', import.meta.url),
);

/** What to give a worker: the prebuilt bundle where there is one. The converter inside must be the worker's. */
export function workflowSource(
  encrypted: boolean,
  given?: string,
): { workflowBundle: WorkflowBundleOption } | { workflowsPath: string } {
  if (given !== undefined) return { workflowBundle: { codePath: given } };
  const codePath = bundlePaths[encrypted ? 'sealed' : 'readable'];
  return !isSource && existsSync(codePath) ? { workflowBundle: { codePath } } : { workflowsPath };
}
