/** Logs on standard error: one JSON line each. Codes, ids and counts; the SDK's own lines are filtered to warnings. */
import { DefaultLogger, Runtime, type LogEntry, type LogLevel } from '@temporalio/worker';
import type { Monitoring } from '../data/configuration/production.js';
import { redact, redactFields, redactText } from './redact.js';

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
  'school',
  'rows',
]);

function describe({ error, ...meta }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields = redactFields(Object.fromEntries(Object.entries(meta).filter(([key]) => shown.has(key))));
  if (error === undefined) return fields;
  // a failure that came through a bridge is a plain object
  return { ...fields, error: redact(Object.assign(new Error(), error)) };
}

/** A log entry as it is written. */
export function formatEntry({ level, timestampNanos, message, meta }: LogEntry): string {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  return JSON.stringify({ time, level, message: redactText(message), ...describe(meta ?? {}) });
}

/** A logger that writes no values of rows. */
export function createLogger(level: LogLevel): DefaultLogger {
  return new DefaultLogger(level, (entry) => void process.stderr.write(`${formatEntry(entry)}\n`));
}

/** Must come before any connection of this process. */
export function installRuntime(level: LogLevel, { metrics }: Monitoring = {}): void {
  Runtime.install({
    logger: createLogger(level),
    // we listen ourselves: a second signal must end the process at once
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(metrics === undefined
        ? {}
        : {
            metrics: {
              prometheus: {
                bindAddress: addressOf(metrics),
                countersTotalSuffix: true,
                unitSuffix: true,
                useSecondsForDurations: true,
              },
            },
          }),
    },
  });
}

function addressOf({ host, port }: NonNullable<Monitoring['metrics']>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
