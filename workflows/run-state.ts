/** What a run knows of itself, shown in Temporal UI and answered to `status`. One object per workflow execution. */
import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { OpenGate } from '../data/model/gate.js';
import { rolloverStages, syncStages, undoStages, type RunStatus, type Stage } from '../data/model/run.js';
import { exceededIn } from '../data/rules/guards/objection.js';
import { searchAttributes, status } from './messages.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The state and the only ways in which it changes. */
export interface RunState {
  readonly now: Readonly<RunStatus>;
  enterStage(stage: Stage): void;
  setOpen(open: OpenGate | null): void;
  update(changes: Partial<Omit<RunStatus, 'stage' | 'open' | 'refused'>>): void;
  noteRefusal(refusal: RunStatus['refused'][number]): void;
  /** Channels that a notice could not be sent by; empty when all were told. */
  noteUntold(channels: readonly string[]): void;
  /** A line under the stage table, e.g. the counts of what is applied. */
  setNote(note: string): void;
}

const REFUSALS_SHOWN = 5;

function stageRow(stage: Stage, state: RunStatus, order: readonly Stage[]): string {
  const position = order.indexOf(stage) - order.indexOf(state.stage);
  const mark =
    state.outcome !== null
      ? ''
      : position < 0
        ? 'done'
        : position > 0
          ? ''
          : state.open
            ? `**waits for a decision** (opening ${state.open.opening})`
            : '**running**';
  return `| ${stage} | ${mark} |`;
}

function renderOpen(open: OpenGate): string {
  const exceeded = exceededIn(open.counts);
  const usual =
    exceeded === 0
      ? []
      : [`**More than usual** (${exceeded} guards): an approval must say \`"beyondUsual": true\``];
  const counts = Object.entries(open.counts).map(([name, count]) => `${name} ${count}`);
  return [
    `Gate **${open.gate}**, opening ${open.opening}, ${open.subject.kind} ${open.subject.id}, hash \`${open.hash}\``,
    counts.join(' · '),
    ...usual,
  ].join('\n\n');
}

const stagesOf: Readonly<Record<RunStatus['kind'], readonly Stage[]>> = {
  rollover: rolloverStages,
  sync: syncStages,
  undo: undoStages,
};

/** The run as a short table in markdown, for Temporal UI's Current Details. */
export function renderDetails(state: RunStatus, note: string): string {
  const order = stagesOf[state.kind];
  const lines = ['| stage | |', '|---|---|', ...order.map((stage) => stageRow(stage, state, order))];
  if (state.outcome !== null) lines.push('', `Ended: **${state.outcome}**`);
  if (state.paused) lines.push('', '**Paused.**');
  if (state.open !== null) lines.push('', renderOpen(state.open));
  if (note !== '') lines.push('', note);
  if (state.refused.length > 0)
    lines.push(
      '',
      ...state.refused.map(
        (refusal) => `- refused: ${refusal.code} (gate ${refusal.gate}, opening ${refusal.opening})`,
      ),
    );
  return lines.join('\n');
}

/** Makes the state of a run and registers the `status` query. */
export function createRunState(kind: RunStatus['kind'], school: string, year: number | null): RunState {
  const now: Mutable<RunStatus> = {
    kind,
    school,
    year,
    runId: null,
    stage: 'freeze',
    open: null,
    paused: false,
    uploadId: null,
    snapshotId: null,
    planId: null,
    shownPlanId: null,
    applying: null,
    refused: [],
    outcome: null,
  };
  let note = '';
  let untold = '';
  const show = (): void =>
    setCurrentDetails(renderDetails(now, [note, untold].filter((line) => line !== '').join('\n\n')));
  setHandler(status, () => now, { description: 'Where the run stands' });
  return {
    now,
    enterStage(stage) {
      now.stage = stage;
      note = '';
      upsertSearchAttributes([
        { key: searchAttributes.school, value: school },
        { key: searchAttributes.stage, value: stage },
      ]);
      show();
    },
    setOpen(open) {
      now.open = open;
      upsertSearchAttributes([{ key: searchAttributes.waiting, value: open === null ? null : open.gate }]);
      show();
    },
    update(changes) {
      Object.assign(now, changes);
      show();
    },
    noteRefusal(refusal) {
      now.refused = [refusal, ...now.refused].slice(0, REFUSALS_SHOWN);
      show();
    },
    noteUntold(channels) {
      const text = channels.length === 0 ? '' : `**The last notice was not sent**: ${channels.join(', ')}`;
      if (text === untold) return;
      untold = text;
      show();
    },
    setNote(text) {
      note = text;
      show();
    },
  };
}
