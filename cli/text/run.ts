/** A run as text: its stages, what waits, and the commands that answer it. Pure. */
import type { OpenGate } from '../../data/model/gate.js';
import { seasonOf, type GuardVerdict, type Season } from '../../data/model/guard.js';
import {
  rolloverStages,
  stageNumbers,
  syncStages,
  undoStages,
  type RunStatus,
  type Stage,
} from '../../data/model/run.js';
import { exceededIn } from '../../data/rules/guards/objection.js';
import type { RunView } from '../runs/view.js';
import { count, printable, progressBar, shortHash, when } from './format.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';
import { renderGuards, withoutTotals } from './guards.js';
import { countTitle, gateWords, orderCounts, outcomeWords, stageTitles } from './words.js';

/** How commands are written out for this call. */
export type CommandWriter = (words: string) => string;

/** What a person can type at an open gate. */
export interface Answers {
  readonly approve: string;
  readonly reject: string;
  /** Shows what is decided about; null where it is a checklist. */
  readonly look: readonly string[];
}

function lookAt(open: OpenGate): string[] {
  if (open.subject.kind === 'plan') return [`plan ${open.subject.id}`];
  if (open.subject.kind === 'snapshot')
    return [`findings ${open.subject.id}`, `findings ${open.subject.id} --comparison`];
  if (open.subject.kind === 'deletion') return [`deletion show ${open.subject.id}`];
  return [];
}

/** What an approval has to say besides what it is about; numbers of deletions are typed by hand. */
function consentTo({ gate, counts }: OpenGate): string {
  const usual = exceededIn(counts) > 0 ? ' --beyond-usual' : '';
  return gate === 'deletion' ? `${usual} --type-counts users=…,courses=…,enrolments=…` : usual;
}

/** The commands that answer what waits. */
export function answersTo(open: OpenGate, command: CommandWriter): Answers {
  const hash = `--hash ${shortHash(open.hash)}`;
  return {
    approve: command(`approve ${open.gate} ${hash}${consentTo(open)}`),
    reject: command(`reject ${open.gate} ${hash}`),
    look: lookAt(open).map(command),
  };
}

/** Numbers with their names, one per line. */
export function renderCounts(counts: Readonly<Record<string, number>>): string {
  const rows = orderCounts(withoutTotals(counts)).map(([name, value]) => [`  ${countTitle(name)}`, value]);
  return rows.length === 0 ? '' : renderTable([{ title: '' }, { title: '' }], rows);
}

function renderBlocked(open: OpenGate, style: Style): string {
  if ((open.counts['findings stops-run'] ?? 0) === 0) return '';
  return style.bad(
    'Some findings stop the run, and approving is refused. Mend them in KnowledgeNET and upload the workbook again;\n' +
      'or mend them in the settings, reject this gate and approve knowledgenet: the same workbook is read again.',
  );
}

/** What waits, what it is about, and how to answer. */
export function renderWaiting(
  open: OpenGate,
  season: Season,
  command: CommandWriter,
  style: Style,
  guards: readonly GuardVerdict[] = [],
): string {
  const words = gateWords[open.gate];
  const answers = answersTo(open, command);
  const again = open.opening > 1 ? `, opening ${open.opening}` : '';
  const subject = open.subject.kind === 'checklist' ? '' : `, ${open.subject.kind} ${open.subject.id}`;
  const parts = [
    `${style.careful('Waits for you')}: gate ${style.bold(open.gate)}${again}${subject}, since ${when(open.openedAt)}`,
    `${style.bold(words.question)}`,
    words.checklist.map((line) => `  - ${line}`).join('\n'),
    renderCounts(open.counts),
    renderGuards(guards, open.counts, season, style),
    renderBlocked(open, style),
    ...(answers.look.length === 0
      ? []
      : [['Look at it first:', ...answers.look.map((line) => `  ${line}`)].join('\n')]),
    [
      'Then answer:',
      `  ${answers.approve}   (${words.effect.approve})`,
      `  ${answers.reject}    (${words.effect.reject})`,
    ].join('\n'),
    `${style.dim(`Hash ${open.hash}`)}`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function markOf(stage: Stage, status: RunStatus, order: readonly Stage[]): string {
  const position = order.indexOf(stage) - order.indexOf(status.stage);
  if (position < 0) return 'done';
  if (position > 0) return '';
  if (status.open !== null) return 'waits for you';
  return status.paused ? 'paused' : 'under way';
}

/** The stages in order with where the run stands. */
export function renderStages(status: RunStatus, style: Style): string {
  const order: readonly Stage[] =
    status.kind === 'rollover' ? rolloverStages : status.kind === 'undo' ? undoStages : syncStages;
  const rows = order.map((stage, index) => {
    const mark = markOf(stage, status, order);
    const shown = mark === 'done' ? style.good(mark) : mark === '' ? mark : style.careful(mark);
    const number = status.kind === 'rollover' ? stageNumbers[stage] : index + 1;
    return [{ raw: `${String(number).padStart(4)}` }, stageTitles[stage], { raw: shown }];
  });
  return renderTable([{ title: '' }, { title: '' }, { title: '', right: false }], rows);
}

/** "Rollover 2027" or "Sync", from the workflow's id. */
export function titleOf(workflowId: string): string {
  const [kind, , year] = workflowId.split('/');
  if (kind === 'undo') return `Undo of run ${year ?? ''}`;
  return kind === 'rollover' ? `Rollover ${year ?? ''}` : 'Sync';
}

function renderTrouble(view: RunView, command: CommandWriter): string {
  const lines = view.trouble.map(
    ({ step, code, attempt, mend }) =>
      `Step ${step} has failed ${count(attempt - 1)} times and is tried again: ${printable(code)}. ${mend}`,
  );
  if (view.worker === false)
    lines.push(`No worker is running, so nothing moves. Start one: ${command('worker')}`);
  else if (view.running && view.status === null)
    lines.push(
      'The run has not answered yet; ask again in a moment. A worker that has just died is noticed within a minute; ' +
        `start another: ${command('worker')}`,
    );
  return lines.join('\n');
}

/** How long there is to object, and how to end it. */
function renderGrace(status: RunStatus | null, command: CommandWriter): string {
  const until = status?.graceUntil ?? null;
  if (until === null) return '';
  return [
    `Nothing is deleted before ${when(until)}, and never without gate deletion.`,
    `  ${command('removals keep')}        (ends it: nothing is deleted)`,
    `  ${command('removals end-grace')}   (asks at gate deletion now)`,
  ].join('\n');
}

/** Why removals that are approved do not begin yet, and what a person can do about it. */
function renderHolidays(status: RunStatus | null, command: CommandWriter): string {
  const waits = status?.awaitsHolidays ?? null;
  if (status === null || waits === null) return '';
  const lines =
    waits.until === null
      ? [
          'Waits: the calendar in the settings has no terms of this year or a later one, and nothing is removed in term time.',
          'Add the terms (docs/guards.md), or:',
        ]
      : [
          `Waits for the holidays, until ${when(waits.until)}: nothing is removed in term time (docs/guards.md).`,
        ];
  lines.push(`  ${command('settings set calendar.removals any-time')}   (does not wait for holidays)`);
  if (status.stage === 'removals')
    lines.push(`  ${command('removals keep')}   (leaves everything as it is, and goes on)`);
  return lines.join('\n');
}

function renderRefused(status: RunStatus | null): string {
  const lines = (status?.refused ?? []).map(
    ({ code, gate, opening }) => `  ${printable(code)}: gate ${printable(gate)}, opening ${opening}`,
  );
  return lines.length === 0 ? '' : ['Refused decisions, newest first:', ...lines].join('\n');
}

function renderBrake(view: RunView, command: CommandWriter, style: Style): string {
  if (view.brake === 'go') return '';
  return `${style.careful('Paused')}: nothing is written to Moodle. Go on with: ${command('resume')}`;
}

function renderEnded(view: RunView, command: CommandWriter): string {
  const { run, execution } = view;
  const outcome = run?.outcome ?? null;
  const known = outcome !== null && Object.hasOwn(outcomeWords, outcome);
  const word = known
    ? outcomeWords[outcome as keyof typeof outcomeWords]
    : `ended (${execution.toLowerCase()})`;
  const at = run === null || run.endedAt === null ? '' : `, ${when(run.endedAt)}`;
  const report = run === null ? '' : `\nReport: ${command(`report ${run.id}`)}`;
  const why =
    view.failure === null ? '' : `\n${view.failure.code}: ${view.failure.message} ${view.failure.mend}`;
  return `${titleOf(view.workflowId)} has ended: ${word}${at}.${why}${report}`;
}

/** What is known while nobody answers. */
function renderRemembered({ stage, waiting }: RunView): string {
  if (stage === null) return '';
  return `Last known stage: ${printable(stage)}${waiting === null ? '' : `, waiting at gate ${printable(waiting)}`}`;
}

/** Everything about a run. */
export function renderRun(view: RunView, school: string, command: CommandWriter, style: Style): string {
  const { status, progress } = view;
  const open = status?.open ?? null;
  const head = `${style.bold(`${titleOf(view.workflowId)} of ${printable(school)}`)}  ${style.dim(view.workflowId)}`;
  if (!view.running) return [head, renderEnded(view, command)].join('\n');
  const waiting =
    status === null || open === null
      ? ''
      : renderWaiting(open, seasonOf(status.kind), command, style, view.guards);
  const bar =
    progress === null
      ? ''
      : `Applying  ${progressBar(sum(progress) - progress.pending, sum(progress))}` +
        (progress.conflict > 0 ? `, ${count(progress.conflict)} in conflict` : '');
  return [
    head,
    status === null ? renderRemembered(view) : renderStages(status, style),
    bar,
    renderBrake(view, command, style),
    renderTrouble(view, command),
    waiting,
    renderGrace(status, command),
    renderHolidays(status, command),
    renderRefused(status),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, value) => total + value, 0);
}

/** One line for followers without a terminal; the same line means that nothing has changed. */
export function renderRunLine(view: RunView): string {
  const { status, progress } = view;
  if (!view.running) return `ended ${view.run?.outcome ?? view.execution.toLowerCase()}`;
  if (status === null) return view.worker === false ? 'no worker is running' : 'starting';
  const parts: string[] = [status.stage];
  if (status.open !== null)
    parts.push(
      `waits at gate ${status.open.gate} (opening ${status.open.opening}, hash ${status.open.hash})`,
    );
  if ((status.graceUntil ?? null) !== null) parts.push(`time to object until ${status.graceUntil}`);
  if ((status.awaitsHolidays ?? null) !== null)
    parts.push(`waits for the holidays until ${status.awaitsHolidays?.until ?? 'the calendar has them'}`);
  if (view.brake === 'pause') parts.push('paused');
  if (progress !== null) parts.push(progressBar(sum(progress) - progress.pending, sum(progress)));
  for (const { step, code, attempt } of view.trouble)
    parts.push(`${step} fails: ${code}, attempt ${attempt}`);
  return parts.join(', ');
}

/** The run as `--json` prints it. */
export function runDocument(view: RunView, command: CommandWriter): object {
  const { run } = view;
  const open = view.status?.open ?? null;
  return {
    ...view,
    run: run === null ? null : { id: run.id, stage: run.stage, outcome: run.outcome },
    answers: open === null ? null : answersTo(open, command),
  };
}
