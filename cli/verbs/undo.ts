/** `rollover undo`: takes a run back, shows what can be and what was, and releases what was to be planned again. */
import { randomUUID } from 'node:crypto';
import { selectRun, selectRunOfYear, selectRuns, type Run } from '../../data/journal/runs.js';
import { insertUndoWish } from '../../data/journal/undo-wishes.js';
import {
  countUndone,
  releaseClass,
  releasePerson,
  releaseRun,
  selectUndone,
} from '../../data/journal/undone.js';
import { RolloverError } from '../../data/model/errors.js';
import type { UndoScope } from '../../data/model/undo.js';
import { RETENTION_DAYS } from '../../data/model/settings.js';
import { settingsInForce } from '../../data/stages/settings-in-force.js';
import { refuseLater, selectDone, selectInScope, undoability } from '../../data/undo/what-is-left.js';
import {
  searchAttributes,
  undoWorkflowId,
  workflowTypes,
  type DraftPlanResult,
  type UndoInput,
} from '../../workflows/messages.js';
import { describeRun, findRun } from '../runs/find.js';
import { followRun } from '../runs/follow.js';
import { holderOf } from '../runs/holder.js';
import { failureOf } from '../runs/outcome.js';
import { runShort } from '../runs/short.js';
import type { Session } from '../session.js';
import { count, countOf, printable } from '../text/format.js';
import { renderCounts, renderRun, runDocument, titleOf } from '../text/run.js';
import { renderTable } from '../text/table.js';
import { examples, type Verb } from '../verb.js';

interface ScopeOptions {
  readonly only?: string;
  readonly class?: string;
  readonly person?: string;
}

interface UndoOptions extends ScopeOptions {
  readonly dryRun?: boolean;
  readonly wait: boolean;
}

const types = ['users', 'courses', 'enrolments'] as const;

/** @throws RolloverError UsageInvalid */
export function parseScope(options: ScopeOptions): UndoScope {
  const { only, class: group, person } = options;
  if ([only, group, person].filter((one) => one !== undefined).length > 1)
    throw new RolloverError('UsageInvalid', 'Say only one of --only, --class and --person.');
  if (group !== undefined) return { kind: 'class', externalId: group };
  if (person !== undefined) return { kind: 'person', externalId: person };
  if (only === undefined) return { kind: 'whole' };
  const type = types.find((one) => one === only);
  if (type === undefined) throw new RolloverError('UsageInvalid', `--only takes ${types.join(', ')}.`);
  return { kind: 'type', type };
}

/** A run by its number, or the newest one of a school year. @throws RolloverError UsageInvalid, RunNotFound */
async function namedRun(session: Session, words: string | undefined): Promise<Run> {
  if (words === undefined || !/^\d{1,9}$/.test(words))
    throw new RolloverError(
      'UsageInvalid',
      'Name the run by its number (`rollover undo show` lists them), or a rollover by its year.',
    );
  const journal = await session.journal();
  const run = (await selectRun(journal, Number(words))) ?? (await selectRunOfYear(journal, Number(words)));
  if (run === null) throw new RolloverError('RunNotFound', `This school has no run ${words}.`);
  return run;
}

/** Refused here at once; the run itself looks again. */
async function keepWish(session: Session, run: Run, scope: UndoScope): Promise<number> {
  const journal = await session.journal();
  const done = await selectDone(journal, run.id);
  await refuseLater(journal, run.id, selectInScope(run.id, done, scope));
  return insertUndoWish(journal, { undoneRunId: run.id, scope }, session.account);
}

async function draft(session: Session, run: Run, scope: UndoScope): Promise<void> {
  const school = session.school.code;
  const wishId = await keepWish(session, run, scope);
  const plan = await runShort<DraftPlanResult>(session, {
    type: workflowTypes.draftUndo,
    workflowId: `undo-draft/${school}/${randomUUID()}`,
    input: { school, wishId },
    summary: `Plan what taking run ${run.id} back would do in ${school}`,
    doing: 'Planning what comes back',
  });
  await session.output.show({ ...plan, undoneRunId: run.id, dryRun: true }, () =>
    [
      renderCounts(plan.counts),
      `Nothing was changed. Every line of it: ${session.command(`plan ${plan.planId}`)}`,
    ].join('\n'),
  );
}

async function start(session: Session, run: Run, scope: UndoScope): Promise<void> {
  const school = session.school.code;
  const workflowId = undoWorkflowId(school, run.id);
  if ((await describeRun(session, workflowId))?.status.name === 'RUNNING') return;
  const input: UndoInput = {
    school,
    wishId: await keepWish(session, run, scope),
    startedBy: session.account,
  };
  const { client, taskQueue } = await session.temporal();
  await client.workflow.start(workflowTypes.undo, {
    workflowId,
    taskQueue,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `Take run ${run.id} of ${school} back`,
    typedSearchAttributes: [
      { key: searchAttributes.school, value: school },
      { key: searchAttributes.stage, value: 'freeze' },
    ],
  });
}

async function undo(session: Session, words: string | undefined, options: UndoOptions): Promise<void> {
  const { output, school } = session;
  const scope = parseScope(options);
  const run = await namedRun(session, words);
  if (options.dryRun === true) return draft(session, run, scope);
  await holderOf(session);
  await start(session, run, scope);
  const found = await findRun(session, undoWorkflowId(school.code, run.id));
  const view = await followRun(session, found, { show: 'live', ...(options.wait ? {} : { forMs: 0 }) });
  if (!view.running && view.execution !== 'COMPLETED') throw await failureOf(found.handle);
  const command = (text: string): string => session.command(text);
  await output.show({ undoneRunId: run.id, ...runDocument(view, command) }, () =>
    [
      'The synchronisation of this school is Disabled and stays so until you set it again.',
      renderRun(view, school.name, command, output.style),
    ].join('\n\n'),
  );
}

const RUNS_SHOWN = 20;

async function show(session: Session): Promise<void> {
  const { output } = session;
  const journal = await session.journal();
  const { settings } = await settingsInForce(journal);
  const runs = await Promise.all(
    (await selectRuns(journal, RUNS_SHOWN)).map(async (run) => ({
      workflowId: run.workflowId,
      ...(await undoability(journal, run, settings.retentionDays ?? RETENTION_DAYS)),
    })),
  );
  const listed = runs.filter((run) => run.left + run.takenBack > 0);
  const held = await countUndone(journal);
  const subjects = await selectUndone(journal);
  await output.show({ runs: listed, held, subjects }, () => {
    const table = renderTable(
      [
        { title: 'run' },
        { title: '' },
        { title: 'in effect' },
        { title: 'taken back' },
        { title: 'can be until' },
      ],
      listed.map((run) => [
        String(run.runId),
        printable(titleOf(run.workflowId)),
        count(run.left),
        count(run.takenBack),
        run.until ?? '—',
      ]),
    );
    const lines = held.map(
      (one) =>
        `Of run ${one.runId}, ${countOf(one.count, one.kind)} taken back and not planned again: ${session.command(`undo release ${one.runId}`)}`,
    );
    return [listed.length === 0 ? 'No run has changed anything in Moodle.' : table, ...lines].join('\n');
  });
}

async function release(session: Session, words: string | undefined, options: ScopeOptions): Promise<void> {
  const { account, output } = session;
  const journal = await session.journal();
  const named = [words, options.person, options.class].filter((one) => one !== undefined);
  if (named.length !== 1)
    throw new RolloverError('UsageInvalid', 'Name one: a run by its number, --person ID or --class ID.');
  const released =
    options.person !== undefined
      ? await releasePerson(journal, options.person, account)
      : options.class !== undefined
        ? await releaseClass(journal, options.class, account)
        : await releaseRun(journal, (await namedRun(session, words)).id, account);
  await output.show({ released }, () =>
    released === 0
      ? 'Nothing of that is held.'
      : `${count(released)} changes that were taken back are planned again from now on.`,
  );
}

export const undoVerb: Verb = (program, run) => {
  const command = program
    .command('undo')
    .description('take a run back: what it wrote to Moodle, as far as nobody has used or changed it')
    .argument('[run]', 'its number, or the year of a rollover')
    .option('--only <type>', 'users, courses or enrolments only')
    .option('--class <id>', 'one class and its enrolments only, by External ID')
    .option('--person <id>', 'one person and the enrolments only, by External ID')
    .option('--dry-run', 'show what would come back; changes nothing')
    .option('--no-wait', 'do not follow until something waits')
    .addHelpText(
      'after',
      examples(
        'undo show                          which runs can be taken back, and until when',
        'undo 12 --dry-run                  what would come back, and what cannot and why',
        'undo 12                            plans it and waits for you at gate undo',
        'undo 12 --person 01234',
        'undo release 12                    what was taken back may be planned again',
      ),
    )
    .action(run<[string?], UndoOptions>((session, [words], options) => undo(session, words, options)));
  command
    .command('show')
    .description('which runs can be taken back and until when, and what was')
    .action(run<[], object>((session) => show(session)));
  command
    .command('release')
    .description('let what was taken back be planned again')
    .argument('[run]', 'the run that was taken back')
    .option('--person <id>', 'one person, by External ID')
    .option('--class <id>', 'one class, by External ID')
    .action(run<[string?], ScopeOptions>((session, [words], options) => release(session, words, options)));
};
