/** Golden traces: what one call of Moodle's own API changed, row by row. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** PHP may write a number as text, a flag as a word, and an empty row or table list as []. */
const value = z.union([z.string(), z.number(), z.null(), z.boolean().transform(Number)]);
const row = z.union([z.record(z.string(), value), z.array(z.never()).transform(() => ({}))]);
const change = z.object({
  id: z.union([z.number(), z.string()]),
  before: row.optional().default({}),
  after: row.optional().default({}),
});

const tableChanges = z.object({
  inserted: z.array(row).optional().default([]),
  updated: z.array(change).optional().default([]),
  deleted: z.array(row).optional().default([]),
});

const trace = z.object({
  label: z.string(),
  operation: z.string(),
  input: z.unknown(),
  result: z.unknown(),
  tables: z.union([z.record(z.string(), tableChanges), z.array(z.never()).transform(() => ({}))]),
});

const traceFile = z.object({
  prefix: z.string().default('mdl_'),
  traces: z.array(trace),
});

export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;
export interface RowChange {
  readonly id: number | string;
  readonly before: Row;
  readonly after: Row;
}
export interface TableChanges {
  readonly inserted: readonly Row[];
  readonly updated: readonly RowChange[];
  readonly deleted: readonly Row[];
}
/** Table without prefix → what changed in it. */
export type Changes = Readonly<Record<string, TableChanges>>;

export interface Trace {
  readonly label: string;
  readonly operation: string;
  readonly input: unknown;
  readonly result: unknown;
  readonly tables: Changes;
}

export interface TraceFile {
  readonly prefix: string;
  readonly traces: readonly Trace[];
}

export async function readTraces(file: string): Promise<TraceFile> {
  return traceFile.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** The operations that are ours to make. */
const ours = new Set([
  'user.create.manual',
  'user.create.ldap',
  'user.create.oauth2',
  'user.create.nologin',
  'user.create.teacher',
  'user.update.names',
  'user.update.noop',
  'course.create.form_topics',
  'course.create.form_weeks',
  'course.create.api_singleactivity',
  'course.create.api_social',
  'course.create.in_hidden_category',
  'course.update.rename',
  'enrol.manual.student',
  'enrol.manual.student.again_idempotent',
  'enrol.manual.teacher',
  'enrol.manual.window',
  'user.suspend',
  'user.unsuspend',
  'user.suspend_with_session',
  'course.update.hide',
  'course.update.show',
  'course.update.showall',
  'enrol.manual.suspend',
  'enrol.manual.suspend.noop',
  'enrol.manual.unsuspend',
]);

export function isOurs(label: string): boolean {
  return label.startsWith('category.create.') || ours.has(label);
}

/** Messages to people are left to Moodle; so are the log rows about them. */
const messageTables = new Set(['notifications', 'message_popup_notifications', 'messages']);

/** A trace's changes without what a direct writer leaves out on purpose. */
export function withoutMessages(changes: Changes): Changes {
  const kept = Object.entries(changes).filter(([table]) => !messageTables.has(table));
  return Object.fromEntries(
    kept.map(([table, one]) =>
      table === 'logstore_standard_log'
        ? [table, { ...one, inserted: one.inserted.filter((row) => !isAboutMessages(row)) }]
        : [table, one],
    ),
  );
}

function isAboutMessages(row: Row): boolean {
  return /\\(notification_sent|email_failed|message_sent)$/.test(String(row['eventname']));
}
