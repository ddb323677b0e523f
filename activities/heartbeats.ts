/** Signs of life of long activities, and how they learn that they were cancelled. */
import { Context } from '@temporalio/activity';

const INTERVAL_MS = 1_000;

/** Runs the work while telling Temporal every second that this process lives. `details` is shown, not relied on. */
export async function alive<T>(
  work: (signal: AbortSignal) => Promise<T>,
  details: () => unknown = () => undefined,
): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(details()), INTERVAL_MS);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
