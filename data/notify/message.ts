/**
 * What people are told, composed of ids, counts and codes. No personal data: mail and webhooks leave the school's
 * machines, and their receivers keep them.
 */
import { mendOf, isErrorCode } from '../model/errors.js';
import type { OpenGate } from '../model/gate.js';
import type { Notice } from '../model/notice.js';
import type { RunOutcome } from '../model/run.js';
import { countWords, gateQuestions, outcomeWords } from './words.js';

/** One message for every channel. */
export interface Message {
  /** The same for a message that is sent again. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  /** The webhook's body. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** What a notice is composed with; all from the configuration and the journal. */
export interface NoticeContext {
  readonly schoolName: string;
  /** What the gate is about; null when no gate or not found. */
  readonly open: Pick<OpenGate, 'hash' | 'subject' | 'counts'> | null;
  /** Run id of the workflow, for the link; null when unknown. */
  readonly workflowRunId: string | null;
  /** `notify.link` of the school. */
  readonly link: string | undefined;
}

interface Commands {
  readonly look: readonly string[];
  readonly approve?: string;
  readonly reject?: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const HASH_DIGITS = 12;

/** Which reminder of its opening this is: as told, else by whole days, rounded since clocks differ. */
export function reminderOf(notice: Notice, now: number): number {
  if (notice.reminder !== undefined) return notice.reminder;
  const opened = Date.parse(notice.openedAt ?? '');
  return Number.isNaN(opened) ? 1 : Math.max(1, Math.round((now - opened) / DAY_MS));
}

/** Names what is told within its run: a second attempt has the same key, the next day's reminder another. */
export function eventKey(notice: Notice, now: number): string {
  const { event, gate, opening } = notice;
  if (gate === undefined) return event;
  const at = `${event} ${gate} ${opening ?? 1}`;
  return event === 'gate-waiting' ? `${at} ${reminderOf(notice, now)}` : at;
}

/** One line without control characters; names of schools are written by people. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
}

/** Codes are ours or Temporal's; whatever else arrives is not repeated. */
function safeCode(code: string | undefined): string | undefined {
  return code !== undefined && /^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(code) ? code : undefined;
}

function safeCounts(counts: Readonly<Record<string, number>>): Record<string, number> {
  const known = new Set(countWords.map(([name]) => name));
  return Object.fromEntries(
    Object.entries(counts).filter(([name, count]) => known.has(name) && Number.isFinite(count)),
  );
}

/** "Rollover 2027" or "The synchronisation", from the workflow's id. */
function runTitle(workflowId: string): string {
  const [kind, , year] = workflowId.split('/');
  return kind === 'rollover' ? `Rollover ${year ?? ''}`.trim() : 'The synchronisation';
}

function outcomeInWords(code: string | undefined): string | undefined {
  return code !== undefined && Object.hasOwn(outcomeWords, code)
    ? outcomeWords[code as RunOutcome]
    : undefined;
}

function headline(notice: Notice, now: number): string {
  const title = runTitle(notice.workflowId);
  const code = safeCode(notice.code);
  switch (notice.event) {
    case 'gate-opened':
      return `${title} waits for you at gate ${notice.gate ?? ''}`;
    case 'gate-waiting': {
      const days = reminderOf(notice, now);
      return `${title} has waited ${days === 1 ? 'a day' : `${days} days`} at gate ${notice.gate ?? ''}`;
    }
    case 'run-failed':
      return `${title} ${outcomeInWords(code) ?? `has failed${code === undefined ? '' : `: ${code}`}`}`;
    case 'run-ended':
      return `${title} ${outcomeInWords(code) ?? 'has ended'}`;
  }
}

function commandsOf(notice: Notice, open: NoticeContext['open']): Commands {
  const command = (words: string): string => `rollover ${words} --school ${notice.school}`;
  if (notice.gate === undefined)
    return { look: [command(notice.runId > 0 ? `report ${notice.runId}` : 'status')] };
  const look = [command('status')];
  if (open?.subject.kind === 'plan') look.push(command(`plan ${open.subject.id}`));
  if (open?.subject.kind === 'snapshot') look.push(command(`findings ${open.subject.id}`));
  if (open === null) return { look };
  const hash = `--hash ${open.hash.slice(0, HASH_DIGITS)}`;
  return {
    look,
    approve: command(`approve ${notice.gate} ${hash}`),
    reject: command(`reject ${notice.gate} ${hash}`),
  };
}

/** The link with workflow and run filled in. Without a run it is not shown: it would lead nowhere. */
export function fillLink(
  link: string | undefined,
  workflowId: string,
  workflowRunId: string | null,
): string | undefined {
  if (link === undefined || (link.includes('{run}') && workflowRunId === null)) return undefined;
  return oneLine(link)
    .replaceAll('{workflow}', encodeURIComponent(workflowId))
    .replaceAll('{run}', encodeURIComponent(workflowRunId ?? ''));
}

function countLines(counts: Readonly<Record<string, number>>): string {
  return countWords
    .filter(([name]) => counts[name] !== undefined)
    .map(([name, words]) => `  ${String(counts[name]).padStart(7)}  ${words}`)
    .join('\n');
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}

function paragraphs(
  notice: Notice,
  first: string,
  counts: Readonly<Record<string, number>>,
  commands: Commands,
  link: string | undefined,
): string[] {
  const code = safeCode(notice.code);
  const since = notice.openedAt === undefined ? '' : ` It opened at ${oneLine(notice.openedAt)}.`;
  return [
    first,
    ...(notice.gate === undefined ? [] : [`${gateQuestions[notice.gate]}${since}`]),
    ...(notice.event === 'run-failed' && isErrorCode(code) ? [mendOf(code)] : []),
    countLines(counts),
    `Look at it:\n${indent(commands.look)}`,
    ...(commands.approve === undefined || commands.reject === undefined
      ? []
      : [`Then answer:\n${indent([commands.approve, commands.reject])}`]),
    link === undefined ? '' : `See the run: ${link}`,
    'No names are in this message; the commands above show them to those who may see them.',
  ];
}

/** Composes what is told about a run. `now`: milliseconds, for reminders. */
export function composeNotice(notice: Notice, context: NoticeContext, now: number): Message {
  const school = oneLine(context.schoolName);
  const subject = `${school}: ${headline(notice, now)}`;
  const counts = safeCounts(notice.counts ?? context.open?.counts ?? {});
  const commands = commandsOf(notice, context.open);
  const link = fillLink(context.link, notice.workflowId, context.workflowRunId);
  const text = paragraphs(notice, `${subject}.`, counts, commands, link)
    .filter((part) => part !== '')
    .join('\n\n');
  const id = `${notice.school}.${notice.runId}.${eventKey(notice, now).replaceAll(' ', '.')}`;
  const { event, gate, opening, openedAt } = notice;
  return {
    id,
    subject,
    text: `${text}\n`,
    json: {
      version: 1,
      id,
      event,
      school: { code: notice.school, name: school },
      run: { id: notice.runId, workflow: notice.workflowId },
      ...(gate === undefined ? {} : { gate, opening: opening ?? 1, question: gateQuestions[gate] }),
      ...(openedAt === undefined ? {} : { openedAt }),
      ...(event === 'gate-waiting' ? { reminder: reminderOf(notice, now) } : {}),
      ...(safeCode(notice.code) === undefined ? {} : { code: safeCode(notice.code) }),
      counts,
      commands,
      ...(link === undefined ? {} : { link }),
      text,
    },
  };
}

/** What `rollover notify --test` sends. `id`: another each time. */
export function composeTest(school: { readonly code: string; readonly name: string }, id: string): Message {
  const name = oneLine(school.name);
  const subject = `${name}: this is a test of notifications`;
  const text = `${subject}.\n\nWhoever reads this is told when a rollover waits for a decision, and when it fails.`;
  return {
    id: `${school.code}.test.${id}`,
    subject,
    text: `${text}\n`,
    json: {
      version: 1,
      id: `${school.code}.test.${id}`,
      event: 'test',
      school: { code: school.code, name },
      text,
    },
  };
}
