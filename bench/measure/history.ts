/** What Temporal's histories say of a run: how many events, when the first task began, what each step took. */
import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';

export interface RunHistory {
  readonly events: number;
  /** Milliseconds since the epoch; of the first workflow task that a worker took. */
  readonly firstTaskAt: number;
  /** Activity type → seconds from scheduled to completed, all its calls together. */
  readonly activities: Readonly<Record<string, number>>;
}

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;
type Event = NonNullable<History['events']>[number];

function millisecondsOf({ eventTime }: Event): number {
  return Number(eventTime?.seconds ?? 0) * 1000 + Number(eventTime?.nanos ?? 0) / 1e6;
}

function activitiesOf(events: readonly Event[]): Record<string, number> {
  const scheduled = new Map<string, { readonly name: string; readonly at: number }>();
  const seconds: Record<string, number> = {};
  for (const event of events) {
    const name = event.activityTaskScheduledEventAttributes?.activityType?.name;
    if (name != null) scheduled.set(String(event.eventId), { name, at: millisecondsOf(event) });
    const done = event.activityTaskCompletedEventAttributes?.scheduledEventId;
    const begun = done == null ? undefined : scheduled.get(String(done));
    if (begun !== undefined)
      seconds[begun.name] = (seconds[begun.name] ?? 0) + (millisecondsOf(event) - begun.at) / 1000;
  }
  return seconds;
}

/** Null: there is no such workflow. */
async function describe(client: Client, workflowId: string): Promise<WorkflowExecutionDescription | null> {
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** Of those of some workflows that exist; with all that they continued as. */
export async function readHistory(client: Client, workflowIds: readonly string[]): Promise<RunHistory> {
  const all: Event[][] = [];
  for (const id of workflowIds) {
    const first = await describe(client, id);
    if (first === null) continue;
    let runId: string | undefined = first.raw.workflowExecutionInfo?.firstRunId || first.runId;
    while (runId !== undefined) {
      const history: History = await client.workflow.getHandle(id, runId).fetchHistory();
      const events: Event[] = history.events ?? [];
      all.push(events);
      const next: string | null | undefined =
        events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
      runId = next == null || next === '' ? undefined : next;
    }
  }
  const began = all[0]?.find((event) => event.workflowTaskStartedEventAttributes != null);
  return {
    events: all.reduce((sum, events) => sum + events.length, 0),
    firstTaskAt: began === undefined ? Number.NaN : millisecondsOf(began),
    activities: all.map(activitiesOf).reduce((sum, one) => {
      for (const [name, seconds] of Object.entries(one)) sum[name] = (sum[name] ?? 0) + seconds;
      return sum;
    }, {}),
  };
}
