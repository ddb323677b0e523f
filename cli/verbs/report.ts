/** `rollover report`: what a run has done, from the journal. */
import type { Journal } from '../../data/journal/journal.js';
import { selectRunComments, type RunComment } from '../../data/journal/comments.js';
import {
  selectDecisions,
  selectRun,
  selectRunOfYear,
  selectRuns,
  type Run,
} from '../../data/journal/runs.js';
import { RolloverError } from '../../data/model/errors.js';
import type { RunReport } from '../../data/model/run.js';
import { renderReportPage } from '../../pages/report.js';
import { onePage } from '../csv.js';
import { decisionsWithin } from '../decision/within.js';
import { gatherReport } from '../pages/report-page.js';
import { refuseOtherForms, writePage, type PageTarget } from '../pages/write-page.js';
import { parseId } from '../parse.js';
import { showReportCsv } from '../report/csv.js';
import { gatherBeside } from '../report/gather.js';
import type { Session } from '../session.js';
import { toIso } from '../text/format.js';
import { renderBeside } from '../text/report-safety.js';
import { renderReport, renderRuns, type TimedDecision } from '../text/report.js';
import { examples, type Verb } from '../verb.js';

interface ReportOptions {
  readonly list?: boolean;
  readonly csv?: boolean;
  readonly html?: PageTarget;
}

const RUNS_LISTED = 200;

/** A number that is a year of this school's rollovers means the year; `report --list` shows the numbers of runs. */
async function numberedRun(journal: Journal, number: number): Promise<Run | null> {
  return (await selectRunOfYear(journal, number)) ?? (await selectRun(journal, number));
}

async function runOf(journal: Journal, argument: string | undefined): Promise<Run> {
  const run =
    argument === undefined
      ? ((await selectRuns(journal, 1))[0] ?? null)
      : await numberedRun(journal, parseId(argument, 'run'));
  if (run === null) throw new RolloverError('RunNotFound', 'This school has no such run.');
  return run;
}

function describeRun(run: Run): object {
  const { id, kind, year, workflowId, stage, outcome, startedBy } = run;
  return {
    id,
    kind,
    year,
    workflowId,
    stage,
    outcome,
    startedBy,
    startedAt: toIso(run.startedAt),
    endedAt: run.endedAt === null ? null : toIso(run.endedAt),
  };
}

function describeDecision(decision: TimedDecision): object {
  return { ...decision, decidedAt: toIso(decision.decidedAt) };
}

function describeComment({ by, at, text }: RunComment): object {
  return { by, at: toIso(at), text };
}

async function report(
  session: Session,
  argument: string | undefined,
  { html, list: listed, csv }: ReportOptions,
): Promise<void> {
  if (html !== undefined) refuseOtherForms({ list: listed, csv });
  const journal = await session.journal();
  const run = await runOf(journal, argument);
  const content = run.report === null ? null : (JSON.parse(run.report) as RunReport);
  const decisions = decisionsWithin(run, await selectDecisions(journal, run.workflowId));
  const comments = (await selectRunComments(journal)).filter(({ runId }) => runId === run.id);
  if (html !== undefined) {
    const page = await gatherReport(session, journal, run, { decisions, comments });
    await writePage(session, html, renderReportPage(page));
    return;
  }
  const beside = await gatherBeside(journal, run);
  if (csv === true) {
    await showReportCsv(session.output, journal, run, { decisions, comments }, beside);
    return;
  }
  await session.output.show(
    {
      run: describeRun(run),
      report: content,
      decisions: decisions.map(describeDecision),
      comments: comments.map(describeComment),
      ...beside,
    },
    () =>
      [
        renderReport(run, content, { decisions, comments }, session.school.name, session.output.style),
        ...renderBeside(beside, session.command(`undo ${run.id}`), session.output.style),
      ].join('\n\n'),
  );
}

async function list(session: Session): Promise<void> {
  const runs = await selectRuns(await session.journal(), RUNS_LISTED);
  const { output } = session;
  if (output.json)
    await output.list({ school: session.school.code }, runs.length, onePage(runs.map(describeRun)));
  else await output.write(`${runs.length === 0 ? 'This school has no run yet.' : renderRuns(runs)}\n`);
}

export const reportVerb: Verb = (program, run) => {
  program
    .command('report')
    .description('what a run has done, what it has not done and why')
    .argument('[run]', 'number of a run, or a year: its newest run (default: the newest of all)')
    .option('--list', 'list the runs instead')
    .option('--csv', 'everything of it as one table for a spreadsheet')
    .option(
      '--html [file]',
      'one page for the people who decide, into this file (- or none: standard output)',
    )
    .addHelpText(
      'after',
      examples(
        'report                             the newest run',
        'report 2027                        the newest rollover of that year',
        'report --list',
        'report 3 --json',
        'report 3 --csv > report.csv',
        'report 3 --html report.html',
      ),
    )
    .action(
      run<[string?], ReportOptions>((session, [argument], options) =>
        options.list === true && options.html === undefined
          ? list(session)
          : report(session, argument, options),
      ),
    );
};
