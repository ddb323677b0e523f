/** `rollover report`: what a run has done, from the journal. */
import type { Journal } from '../../data/journal/journal.js';
import { selectDecisions, selectRun, selectRuns, type Run } from '../../data/journal/runs.js';
import { RolloverError } from '../../data/model/errors.js';
import type { RunReport } from '../../data/model/run.js';
import { renderReportPage } from '../../pages/report.js';
import { onePage } from '../csv.js';
import { decisionsWithin } from '../decision/within.js';
import { gatherReport } from '../pages/report-page.js';
import { refuseOtherForms, writePage, type PageTarget } from '../pages/write-page.js';
import { parseId } from '../parse.js';
import type { Session } from '../session.js';
import { toIso } from '../text/format.js';
import { renderReport, renderRuns, type TimedDecision } from '../text/report.js';
import { examples, type Verb } from '../verb.js';

interface ReportOptions {
  readonly list?: boolean;
  readonly html?: PageTarget;
}

const RUNS_LISTED = 200;

async function runOf(journal: Journal, argument: string | undefined): Promise<Run> {
  const run =
    argument === undefined
      ? ((await selectRuns(journal, 1))[0] ?? null)
      : await selectRun(journal, parseId(argument, 'run'));
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

async function report(
  session: Session,
  argument: string | undefined,
  { html, list: listed }: ReportOptions,
): Promise<void> {
  if (html !== undefined) refuseOtherForms({ list: listed });
  const journal = await session.journal();
  const run = await runOf(journal, argument);
  const content = run.report === null ? null : (JSON.parse(run.report) as RunReport);
  const decisions = decisionsWithin(run, await selectDecisions(journal, run.workflowId));
  if (html !== undefined) {
    await writePage(session, html, renderReportPage(await gatherReport(session, journal, run, decisions)));
    return;
  }
  await session.output.show(
    { run: describeRun(run), report: content, decisions: decisions.map(describeDecision) },
    () => renderReport(run, content, decisions, session.school.name, session.output.style),
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
    .argument('[run]', 'number of a run (default: the newest)')
    .option('--list', 'list the runs instead')
    .option(
      '--html [file]',
      'one page for the people who decide, into this file (- or none: standard output)',
    )
    .addHelpText(
      'after',
      examples(
        'report                             the newest run',
        'report --list',
        'report 3 --json',
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
