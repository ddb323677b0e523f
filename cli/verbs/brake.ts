/** `rollover pause` and `rollover resume`: the brake that every batch reads. */
import { setBrake, type Brake } from '../../data/journal/targets.js';
import { pauseRequested, resumeRequested } from '../../workflows/messages.js';
import { castError } from '../failure.js';
import { findRun, isRunning } from '../runs/find.js';
import type { Session } from '../session.js';
import { titleOf } from '../text/run.js';
import { examples, type Verb } from '../verb.js';

/** Who was told: the run, nobody because none is under way, or nobody because Temporal does not answer. */
type Told = { readonly run: string } | { readonly run: null; readonly because: 'no run' | 'Temporal' };

async function tellRun(session: Session, brake: Brake): Promise<Told> {
  const word = { by: session.account, alreadySet: true };
  try {
    const found = await findRun(session);
    if (!isRunning(found)) return { run: null, because: 'no run' };
    await found.handle.signal(brake === 'pause' ? pauseRequested : resumeRequested, word);
    return { run: found.workflowId };
  } catch (error) {
    const { code } = castError(error);
    if (code === 'RunNotFound') return { run: null, because: 'no run' };
    if (code === 'TemporalUnavailable') return { run: null, because: 'Temporal' };
    throw error;
  }
}

const sentences: Readonly<Record<Brake, Readonly<Record<'run' | 'no run' | 'Temporal', string>>>> = {
  pause: {
    run: 'is paused: the batch under way is finished, then nothing more is written.',
    'no run': 'No run is under way. The next one waits before its first change until `rollover resume`.',
    Temporal:
      'The brake is set: the batch under way is finished, then nothing more is written. Temporal does not answer, so the run does not show it yet.',
  },
  go: {
    run: 'goes on.',
    'no run': 'The brake is released. No run is under way.',
    Temporal:
      'The brake is released. Temporal does not answer; a run that waits goes on within seconds of its return.',
  },
};

async function setAndTell(session: Session, brake: Brake): Promise<void> {
  // the journal first: every batch reads it, with or without Temporal
  await setBrake(await session.journal(), brake, session.account);
  const told = await tellRun(session, brake);
  const text =
    told.run === null ? sentences[brake][told.because] : `${titleOf(told.run)} ${sentences[brake].run}`;
  await session.output.show({ brake, workflowId: told.run }, () => text);
}

export const pause: Verb = (program, run) => {
  program
    .command('pause')
    .description('stop writing to Moodle after the batch under way')
    .addHelpText('after', examples('pause                              works without Temporal, too'))
    .action(run<[], object>((session) => setAndTell(session, 'pause')));
};

export const resume: Verb = (program, run) => {
  program
    .command('resume')
    .description('go on after a pause')
    .addHelpText('after', examples('resume'))
    .action(run<[], object>((session) => setAndTell(session, 'go')));
};
