/** `rollover start`: begins the year's rollover, once. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { selectRuns } from '../../data/journal/runs.js';
import { storeSettings } from '../../data/journal/settings.js';
import { RolloverError } from '../../data/model/errors.js';
import { moveToYear } from '../../data/settings/edit.js';
import { settingsHash } from '../../data/settings/hash.js';
import { settingsInForce } from '../../data/stages/settings-in-force.js';
import {
  rolloverWorkflowId,
  searchAttributes,
  workflowTypes,
  type RolloverInput,
} from '../../workflows/messages.js';
import { describeRun, findRun } from '../runs/find.js';
import { followRun } from '../runs/follow.js';
import { holderOf } from '../runs/holder.js';
import type { RunView } from '../runs/view.js';
import type { Session } from '../session.js';
import { offerReading } from '../source/offer.js';
import { describeUpload, uploadSource, type Uploaded } from '../source/upload.js';
import { renderRun, runDocument } from '../text/run.js';
import { failureOf } from '../runs/outcome.js';
import { examples, type Verb } from '../verb.js';

interface StartOptions {
  readonly year?: string;
  readonly workbook?: string;
  readonly changes?: boolean;
  readonly wait: boolean;
}

/** How long `start` looks on: until the first gate opens, or something is in the way. */
const LOOK_ON_MS = 60_000;
const RUNS_SEEN = 1000;

/** @throws RolloverError UsageInvalid */
export function parseYear(argument: string | undefined, option: string | undefined): number {
  if (argument !== undefined && option !== undefined && argument !== option)
    throw new RolloverError('UsageInvalid', 'Two different years were given.');
  const text = argument ?? option;
  if (text === undefined || !/^20\d\d$/.test(text))
    throw new RolloverError(
      'UsageInvalid',
      'Say which school year begins, for example `rollover start 2027`.',
    );
  return Number(text);
}

function refuseCompleted(year: number): never {
  throw new RolloverError('RunCompleted', `The rollover of ${year} is completed.`);
}

/** Temporal forgets histories after a while; the journal does not. */
async function refuseIfCompleted(session: Session, year: number): Promise<void> {
  const runs = await selectRuns(await session.journal(), RUNS_SEEN);
  if (runs.some((run) => run.kind === 'rollover' && run.year === year && run.outcome === 'completed'))
    refuseCompleted(year);
}

/** Starts the workflow or finds it; whether it ran already. */
async function startRollover(session: Session, input: RolloverInput): Promise<boolean> {
  const workflowId = rolloverWorkflowId(input.school, input.year);
  const before = await describeRun(session, workflowId);
  if (before?.status.name === 'RUNNING') return true;
  const { client, taskQueue } = await session.temporal();
  try {
    await client.workflow.start(workflowTypes.rollover, {
      workflowId,
      taskQueue,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      staticSummary: `Rollover ${input.year} of ${input.school}`,
      typedSearchAttributes: [
        { key: searchAttributes.school, value: input.school },
        { key: searchAttributes.year, value: input.year },
        { key: searchAttributes.stage, value: 'freeze' },
      ],
    });
    return false;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) refuseCompleted(input.year);
    throw error;
  }
}

/** What the run will read, where that is known already. */
function sourceLines({ school, configuration }: Session, uploaded: Uploaded | null): string[] {
  if (uploaded !== null) return [describeUpload(uploaded, configuration.passwordKey !== undefined)];
  if (school.knowledgenet.database === undefined) return [];
  return ["KnowledgeNET's database is read once gate knowledgenet is approved; no workbook is needed."];
}

async function report(
  session: Session,
  view: RunView,
  existed: boolean,
  uploaded: Uploaded | null,
): Promise<void> {
  const { output, school } = session;
  const command = (words: string): string => session.command(words);
  await output.show({ existed, upload: uploaded, ...runDocument(view, command) }, () =>
    [
      existed
        ? 'This rollover is under way already; it was not started a second time.'
        : 'The rollover has begun.',
      ...sourceLines(session, uploaded),
      '',
      renderRun(view, school.name, command, output.style),
    ].join('\n'),
  );
}

/** The settings of a year that another run works with stay as they are. */
async function refuseIfHeld(session: Session, workflowId: string): Promise<void> {
  const holder = await holderOf(session);
  if (holder !== null && holder !== workflowId)
    throw new RolloverError('TargetHeld', `Another run holds this Moodle: ${holder}.`);
}

/** Courses of the new year belong to that year; said aloud, because it changes what new courses are called. */
async function moveSettings(session: Session, year: number): Promise<void> {
  const journal = await session.journal();
  const { settings } = await settingsInForce(journal);
  if (settings.year === year) return;
  const moved = moveToYear(settings, year);
  await storeSettings(journal, moved, settingsHash(moved), session.account);
  session.output.note(
    `The settings were moved from ${settings.year} to ${year}: names and dates of new courses.`,
  );
}

async function start(session: Session, year: number, options: StartOptions): Promise<void> {
  await refuseIfCompleted(session, year);
  const { code } = session.school;
  const workflowId = rolloverWorkflowId(code, year);
  await refuseIfHeld(session, workflowId);
  // before anything is changed for a run that could not begin
  await session.temporal();
  const uploaded =
    options.workbook === undefined
      ? null
      : await uploadSource(session, options.workbook, options.changes === true ? 'changes' : 'complete');
  const uploadId = uploaded?.uploadId ?? null;
  await moveSettings(session, year);
  const existed = await startRollover(session, { school: code, year, uploadId, startedBy: session.account });
  const found = await findRun(session, workflowId);
  if (existed && uploadId !== null) await offerReading(session, found, uploadId);
  const view = await followRun(session, found, { show: 'live', forMs: options.wait ? LOOK_ON_MS : 0 });
  if (!view.running) throw await failureOf(found.handle);
  await report(session, view, existed, uploaded);
}

export const startVerb: Verb = (program, run) => {
  program
    .command('start')
    .description("begin a school year's rollover")
    .argument('[year]', 'the school year that begins, for example 2027')
    .option('--year <year>', 'the same as an option')
    .option('--workbook <file>', "the new year's workbook or folder of CSV files, if it is there already")
    .option('--changes', 'the workbook holds changes only')
    .option('--no-wait', 'do not look on until the first gate opens')
    .addHelpText(
      'after',
      examples(
        'start 2027                         the synchronisation is off from here; waits at gate backups',
        'start 2027 --workbook kn-2027.xlsx   without one, a configured database is read',
        'start 2027                         once more: nothing is started twice',
      ),
    )
    .action(
      run<[string?], StartOptions>((session, [year], options) =>
        start(session, parseYear(year, options.year), options),
      ),
    );
};
