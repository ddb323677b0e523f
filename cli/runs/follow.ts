/** Following a run until it waits for somebody or has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../session.js';
import { printable } from '../text/format.js';
import { displayWidth } from '../text/table.js';
import { renderRun, renderRunLine } from '../text/run.js';
import { findRun, type FoundRun } from './find.js';
import { viewRun, type RunView } from './view.js';

const EVERY_MS = 1_000;

export interface FollowOptions {
  /** Stop after this time even if the run goes on; absent: never. */
  readonly forMs?: number;
  /** Default: until it waits for somebody or has ended. */
  readonly until?: 'ended';
  /** Shown views: the whole run on a terminal, lines elsewhere, nothing. */
  readonly show: 'screen' | 'lines' | 'live' | 'nothing';
}

/** Whether nothing more happens without a person, or for days: in the time to object, in term time. */
export function isSettled({ running, status }: RunView): boolean {
  if (!running) return true;
  if (status === null) return false;
  return (
    status.open !== null || (status.graceUntil ?? null) !== null || (status.awaitsHolidays ?? null) !== null
  );
}

/** Reads a run again by its id. */
export async function lookAgain(session: Session, found: FoundRun): Promise<RunView> {
  return viewRun(session, await findRun(session, found.workflowId));
}

/** Writes a view where the one before stood. */
function createScreen(session: Session): (view: RunView) => Promise<void> {
  const { output, school } = session;
  let lines = 0;
  return async (view) => {
    const text = renderRun(view, school.name, (words) => session.command(words), output.style);
    const up = lines > 0 ? `\u001b[${lines}A\u001b[J` : '';
    await output.write(`${up}${text}\n`);
    lines = rowsOf(text, output.width);
  };
}

/** Rows that a text takes on a terminal, long lines wrapped. */
function rowsOf(text: string, width: number): number {
  return text
    .split('\n')
    .reduce((rows, line) => rows + Math.max(1, Math.ceil(displayWidth(line) / (width || 80))), 0);
}

function createLines(session: Session): (view: RunView) => Promise<void> {
  let last = '';
  return async (view) => {
    const line = renderRunLine(view);
    if (line === last) return;
    last = line;
    await session.output.write(`${new Date().toISOString()} ${printable(line)}\n`);
  };
}

function createShow(session: Session, show: FollowOptions['show']): (view: RunView) => Promise<void> {
  if (show === 'screen') return createScreen(session);
  if (show === 'lines') return createLines(session);
  if (show === 'nothing') return async () => undefined;
  return async (view) => session.output.live(renderRunLine(view));
}

/** Looks every second until nothing more happens without a person; returns the last look. */
export async function followRun(session: Session, found: FoundRun, options: FollowOptions): Promise<RunView> {
  const show = createShow(session, options.show);
  const until = options.forMs === undefined ? Infinity : Date.now() + options.forMs;
  for (;;) {
    const view = await lookAgain(session, found);
    await show(view);
    const done = options.until === 'ended' ? !view.running : isSettled(view);
    if (done || Date.now() >= until) {
      session.output.clear();
      return view;
    }
    await sleep(EVERY_MS);
  }
}
