/** Logs on standard error: one JSON line each. Codes, ids and counts; the SDK's own lines are filtered to warnings. */
import { DefaultLogger, Runtime, type LogEntry, type LogLevel } from '@temporalio/worker';
import type { Monitoring } from '../data/configuration/production.js';
import { RolloverError } from '../data/model/errors.js';
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

type Telemetry = NonNullable<Parameters<typeof Runtime.install>[0]['telemetryOptions']>;

function addressOf({ host, port }: NonNullable<Monitoring['metrics']>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function exporting(metrics: Monitoring['metrics']): Pick<Telemetry, 'metrics'> {
  if (metrics === undefined) return {};
  const prometheus = {
    bindAddress: addressOf(metrics),
    countersTotalSuffix: true,
    unitSuffix: true,
    useSecondsForDurations: true,
  };
  return { metrics: { prometheus } };
}

/**
 * Must come before any connection of this process.
 *
 * @throws RolloverError ConfigInvalid when the address of the metrics is taken
 */
export function installRuntime(level: LogLevel, { metrics }: Monitoring = {}): void {
  try {
    Runtime.install({
      logger: createLogger(level),
      // we listen ourselves: a second signal must end the process at once
      shutdownSignals: [],
      telemetryOptions: {
        logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
        ...exporting(metrics),
      },
    });
  } catch (cause) {
    if (metrics === undefined) throw cause;
    const message = 'The address monitoring.metrics cannot be used.';
    throw new RolloverError('ConfigInvalid', message, {}, { cause });
  }
}
