/** `rollover approve` and `rollover reject`: a person decides at an open gate. */
import type { Command } from 'commander';
import { selectNewestBackup } from '../../data/journal/backups.js';
import type { Gate, Verdict } from '../../data/model/gate.js';
import { RolloverError } from '../../data/model/errors.js';
import { seasonOf } from '../../data/model/guard.js';
import { askText, askYes } from '../ask.js';
import { carryOut, selectDecided, type Result } from '../decision/send.js';
import {
  parseGate,
  parseHash,
  parseOpening,
  resolveWish,
  type Consent,
  type Resolved,
  type Wish,
} from '../decision/resolve.js';
import { parseTypedCounts } from '../decision/typed-counts.js';
import { findRun, isRunning, type FoundRun } from '../runs/find.js';
import { followRun } from '../runs/follow.js';
import { viewRun, type RunView } from '../runs/view.js';
import { offerReading } from '../source/offer.js';
import { uploadSource } from '../source/upload.js';
import type { Session } from '../session.js';
import { renderNewest } from '../text/backups.js';
import { renderRun, renderWaiting, titleOf } from '../text/run.js';
import { gateWords } from '../text/words.js';
import { examples, type Runner, type Verb } from '../verb.js';

interface DecideOptions {
  readonly hash?: string;
  readonly opening?: string;
  readonly comment?: string;
  readonly yes?: boolean;
  readonly run?: string;
  readonly watch?: boolean;
  readonly workbook?: string;
  readonly changes?: boolean;
  /** False: `--no-backup`. */
  readonly backup?: boolean;
  readonly beyondUsual?: boolean;
  readonly typeCounts?: string;
}

function readWish(verdict: Verdict, gate: string | undefined, options: DecideOptions): Wish {
  return {
    verdict,
    gate: parseGate(gate),
    hash: parseHash(options.hash),
    opening: parseOpening(options.opening),
  };
}

/** Without a terminal nobody has looked: the hash says what was looked at. */
function requireHash(session: Session, wish: Wish): void {
  if (wish.hash === null && !session.output.interactive)
    throw new RolloverError(
      'UsageInvalid',
      'Without a terminal, say what was looked at: --hash with the hash that `rollover status` prints.',
    );
}

/** Without an answer there is nothing to decide about; that is not the same as a gate that is not open. */
function requireAnswer(view: RunView): void {
  if (view.running && view.status === null)
    throw new RolloverError('WorkerUnavailable', 'The run does not answer, so what waits is not known.');
}

async function confirm(session: Session, view: RunView, verdict: Verdict): Promise<boolean> {
  const { status } = view;
  const open = status?.open ?? null;
  if (status === null || open === null) return true;
  const { output } = session;
  await output.write(
    `${renderWaiting(open, seasonOf(status.kind), (words) => session.command(words), output.style, view.guards)}\n\n`,
  );
  const effect = gateWords[open.gate].effect[verdict];
  return askYes(session, `${verdict === 'approve' ? 'Approve' : 'Reject'} ${open.gate}: ${effect}?`);
}

/** A workbook given with the approval comes first: gate knowledgenet wants one. */
async function offerWorkbook(session: Session, found: FoundRun, options: DecideOptions): Promise<void> {
  if (options.workbook === undefined) return;
  const uploaded = await uploadSource(
    session,
    options.workbook,
    options.changes === true ? 'changes' : 'complete',
  );
  await offerReading(session, found, uploaded.uploadId);
}

function refuseWorkbook(resolved: Resolved, options: DecideOptions): void {
  if (options.workbook === undefined) return;
  if (resolved.kind !== 'open' || resolved.about.gate !== 'knowledgenet')
    throw new RolloverError(
      'UsageInvalid',
      'A workbook is only taken with the approval of gate knowledgenet.',
    );
}

/** What is deleted for good is counted by hand: by the option, or on the terminal. */
async function readTypedCounts(
  session: Session,
  resolved: Resolved,
  verdict: Verdict,
  { typeCounts, yes }: DecideOptions,
): Promise<Consent> {
  if (typeCounts !== undefined) return { typedCounts: parseTypedCounts(typeCounts) };
  const asks = resolved.kind === 'open' && resolved.about.gate === 'deletion' && verdict === 'approve';
  if (!asks || !session.output.interactive || yes === true) return {};
  const typed = await askText(session, 'How many of each go? Type users=N,courses=N,enrolments=N:');
  return { typedCounts: parseTypedCounts(typed) };
}

async function report(
  session: Session,
  found: FoundRun,
  resolved: Resolved,
  verdict: Verdict,
  result: Result,
): Promise<void> {
  const { about } = resolved;
  if (about === null) return;
  const done = verdict === 'approve' ? 'approved' : 'rejected';
  const effect = gateWords[about.gate].effect[verdict];
  const text =
    result === 'first'
      ? `Your approval of gate ${about.gate} is written down. Another account must approve the same before anything happens.`
      : result === 'accepted'
        ? `Gate ${about.gate} of ${titleOf(found.workflowId)} is ${done}: ${effect}.`
        : `Gate ${about.gate} of ${titleOf(found.workflowId)} was ${done} before; nothing is done twice.`;
  const document = { workflowId: found.workflowId, ...about, verdict, result };
  await session.output.show(
    document,
    () => `${text}\nSee what happens: ${session.command('status --watch')}`,
  );
}

async function watch(session: Session, found: FoundRun): Promise<void> {
  const { output, school } = session;
  const view = await followRun(session, found, { show: output.width > 0 ? 'live' : 'lines' });
  if (!output.json && output.width > 0)
    await output.write(
      `\n${renderRun(view, school.name, (words) => session.command(words), output.style)}\n`,
    );
}

/** What a run may refuse for want of a word, as a question on the terminal and what to do instead. Null: it is none. */
async function questionFor(
  session: Session,
  error: RolloverError,
  gate: Gate | undefined,
): Promise<{ readonly question: string; readonly instead: string; readonly consent: Consent } | null> {
  if (error.code === 'BackupMissing' && gate !== 'deletion') {
    session.output.note(
      `${error.message} ${renderNewest(await selectNewestBackup(await session.journal()))}`,
    );
    const instead = `Make one: ${session.command('backup')}`;
    const question = 'Go on without a fresh backup of Moodle?';
    return { question, instead, consent: { withoutBackup: true } };
  }
  if (error.code !== 'GuardExceeded') return null;
  session.output.note(error.message);
  return {
    question: 'Is it meant that this is more than usual?',
    instead: `Look at it: ${session.command('plan')}`,
    consent: { beyondUsual: true },
  };
}

/** The run knows what an approval has to say; on a terminal its refusal is a question. Null: nothing was decided. */
async function decideKnowingly(
  session: Session,
  found: FoundRun,
  resolved: Resolved,
  verdict: Verdict,
  options: DecideOptions,
): Promise<Result | null> {
  const comment = options.comment === undefined ? {} : { comment: options.comment };
  const typed = await readTypedCounts(session, resolved, verdict, options);
  const asks = session.output.interactive && options.yes !== true;
  let consent: Consent = {
    ...(options.backup === false ? { withoutBackup: true } : {}),
    ...(options.beyondUsual === true ? { beyondUsual: true } : {}),
    ...typed,
  };
  for (;;)
    try {
      return await carryOut(session, found, resolved, verdict, { ...comment, ...consent });
    } catch (error) {
      if (!asks || !(error instanceof RolloverError)) throw error;
      const asked = await questionFor(session, error, resolved.about?.gate);
      if (asked === null) throw error;
      if (!(await askYes(session, asked.question))) {
        session.output.note(`Nothing was decided. ${asked.instead}`);
        return null;
      }
      consent = { ...consent, ...asked.consent };
    }
}

async function decideGate(
  session: Session,
  verdict: Verdict,
  gate: string | undefined,
  options: DecideOptions,
): Promise<void> {
  const wish = readWish(verdict, gate, options);
  requireHash(session, wish);
  const found = await findRun(session, options.run);
  const view = await viewRun(session, found);
  requireAnswer(view);
  const open = isRunning(found) ? (view.status?.open ?? null) : null;
  const resolved = resolveWish(wish, open, await selectDecided(session, found));
  refuseWorkbook(resolved, options);
  const ask = resolved.kind === 'open' && session.output.interactive && options.yes !== true;
  if (ask && !(await confirm(session, view, verdict))) {
    session.output.note('Nothing was decided.');
    return;
  }
  await offerWorkbook(session, found, options);
  const result = await decideKnowingly(session, found, resolved, verdict, options);
  if (result === null) return;
  await report(session, found, resolved, verdict, result);
  if (options.watch === true && !session.output.json) await watch(session, found);
}

function common(command: Command, run: Runner, verdict: Verdict): Command {
  return command
    .argument('[gate]', 'the gate (default: the one that waits)')
    .option('--hash <hash>', 'what was looked at: at least the first 8 digits of the hash that status prints')
    .option('--opening <n>', 'which opening of the gate was looked at')
    .option('--comment <text>', 'kept in the journal beside the decision')
    .option('--yes', 'do not ask')
    .option('--run <run>', 'a year, "sync" or a workflow id (default: the run under way)')
    .option('--watch', 'follow until something waits again')
    .action(
      run<[string?], DecideOptions>((session, [gate], options) =>
        decideGate(session, verdict, gate, options),
      ),
    );
}

export const approve: Verb = (program, run) => {
  common(program.command('approve').description('approve what waits at a gate'), run, 'approve')
    .option('--workbook <file>', 'gate knowledgenet: upload this workbook first')
    .option('--changes', 'the workbook holds changes only')
    .option('--no-backup', "gate plan: go on although no dump of Moodle's database is younger than 24 hours")
    .option(
      '--beyond-usual',
      'gates plan and removals: go on although the plan is more than usual, and that is meant',
    )
    .option(
      '--type-counts <counts>',
      'gate deletion: how many of each go, e.g. users=12,courses=3,enrolments=40',
    )
    .addHelpText(
      'after',
      examples(
        'approve                                          shows what waits and asks',
        'approve plan --hash 1f0c9a7b22de                 in a script: names what was looked at',
        'approve knowledgenet --hash 1f0c9a7b --workbook 2027.xlsx',
      ),
    );
};

export const reject: Verb = (program, run) => {
  common(program.command('reject').description('reject what waits at a gate'), run, 'reject').addHelpText(
    'after',
    examples(
      'reject plan                                      back to users and classes; then it plans again',
      'reject data --hash 1f0c9a7b22de --comment "Year 9 is missing"',
    ),
  );
};
