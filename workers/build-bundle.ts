/** Builds the workflow bundles; part of `npm run build`. */
import { copyFile, writeFile } from 'node:fs/promises';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { failureConverterPath } from '../codec/data-converter.js';
import { bundlePaths, workflowsPath } from './bundle.js';

// the compiler leaves plain JavaScript where it is
await copyFile('codec/failure-converter.cjs', failureConverterPath);

const logger = new DefaultLogger('WARN');
const readable = await bundleWorkflowCode({ workflowsPath, logger });
await writeFile(bundlePaths.readable, readable.code);
const sealed = await bundleWorkflowCode({ workflowsPath, failureConverterPath, logger });
await writeFile(bundlePaths.sealed, sealed.code);
