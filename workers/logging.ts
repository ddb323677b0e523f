/** Logs on standard error: one JSON line each. Codes, ids and counts; the SDK's own lines are filtered to warnings. */
import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';

/** Keys of log metadata that may be shown; everything else could hold what an error quoted. */
const shown = new Set([
  'workflowId',
  'runId',
  'workflowType',
  'activityId',
  'activityType',
  'attempt',
  'taskQueue',
  'namespace',
  'durationMs',
  'sdkComponent',
  'code',
  'counts',
]);

interface Failure {
  readonly name?: string;
  readonly type?: string;
  readonly code?: string;
}

function describe(meta: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields = Object.fromEntries(Object.entries(meta).filter(([key]) => shown.has(key)));
  const error = meta['error'] as Failure | undefined;
  return error === undefined
    ? fields
    : { ...fields, error: error.type ?? error.code ?? error.name ?? 'unknown' };
}

/** A logger that writes no values of rows. */
export function createLogger(level: LogLevel): DefaultLogger {
  return new DefaultLogger(level, ({ level: at, timestampNanos, message, meta }) => {
    const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
    process.stderr.write(`${JSON.stringify({ time, level: at, message, ...describe(meta ?? {}) })}\n`);
  });
}

/** Must come before any connection of this process. */
export function installRuntime(level: LogLevel): void {
  Runtime.install({
    logger: createLogger(level),
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
  });
}
