/** How far a step says it is, from its last sign of life. */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';

/** Null before the first sign of life. What a step says is shown, never relied on. */
export async function progressOf(
  client: Client,
  execution: WorkflowExecutionDescription,
): Promise<Readonly<Record<string, unknown>> | null> {
  const payloads = execution.raw.pendingActivities?.[0]?.heartbeatDetails?.payloads;
  if (payloads === undefined || payloads === null || payloads.length === 0) return null;
  const [first] = await decodeArrayFromPayloads(client.options.loadedDataConverter, payloads);
  return typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : null;
}
