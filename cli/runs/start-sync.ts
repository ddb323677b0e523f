/** Starts a sync under its one id; a second start finds the first. */
import { searchAttributes, syncWorkflowId, workflowTypes, type SyncInput } from '../../workflows/messages.js';
import type { Session } from '../session.js';

export async function startSync(session: Session, input: SyncInput): Promise<void> {
  const { client, taskQueue } = await session.temporal();
  await client.workflow.start(workflowTypes.sync, {
    workflowId: syncWorkflowId(input.school),
    taskQueue,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `Sync of ${input.school}, ${input.uploadId === null ? 'database' : `upload ${input.uploadId}`}`,
    typedSearchAttributes: [
      { key: searchAttributes.school, value: input.school },
      { key: searchAttributes.stage, value: 'freeze' },
    ],
  });
}
