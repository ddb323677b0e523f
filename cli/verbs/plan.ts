/** `rollover plan`: what would be written to Moodle, and what would not and why. */
import type { Journal } from '../../data/journal/journal.js';
import { selectPlanItems } from '../../data/journal/plan-items.js';
import { countStates, readChanges, selectLatestPlanId, selectPlanHeader } from '../../data/journal/plans.js';
import { refusePurged } from '../../data/journal/purged.js';
import { selectLatestSnapshotId } from '../../data/journal/snapshots.js';
import { RolloverError } from '../../data/model/errors.js';
import { readSeason } from '../../data/stages/guard-plan.js';
import { workflowTypes, type DraftPlanResult } from '../../workflows/messages.js';
import { renderPlanPage } from '../../pages/plan.js';
import { gatherPlan } from '../pages/plan-page.js';
import { refuseOtherForms, writePage, type PageTarget } from '../pages/write-page.js';
import { parseId } from '../parse.js';
import { runShort } from '../runs/short.js';
import type { Session } from '../session.js';
import { showPlan, showPlanCsv, showPlanList } from '../plan/show.js';
import { planLists, type PlanList } from '../text/plan.js';
import { examples, type Verb } from '../verb.js';

interface PlanOptions {
  readonly snapshot?: string;
  readonly new?: boolean;
  readonly list?: string;
  readonly csv?: boolean;
  readonly text?: boolean;
  readonly html?: PageTarget;
}

function parseList(text: string | undefined): PlanList | null {
  if (text === undefined) return null;
  const list = planLists.find((one) => one === text);
  if (list === undefined)
    throw new RolloverError('UsageInvalid', `A list is one of ${planLists.join(', ')}.`);
  return list;
}

/** The plan that is named, else the newest. @throws RolloverError PlanNotFound, UsageInvalid */
export async function planIdOf(journal: Journal, argument: string | undefined): Promise<number> {
  const id = argument === undefined ? await selectLatestPlanId(journal) : parseId(argument, 'plan');
  if (id === null) throw new RolloverError('PlanNotFound', 'There is no plan yet.');
  await refusePurged(journal, 'plan', id);
  return id;
}

/** Plans a snapshot without a run, by the very code of a rollover; nothing is written to Moodle [T52]. */
async function draft(session: Session, snapshot: string | undefined): Promise<number> {
  const school = session.school.code;
  const snapshotId =
    snapshot === undefined
      ? await selectLatestSnapshotId(await session.journal())
      : parseId(snapshot, 'snapshot');
  if (snapshotId === null) throw new RolloverError('NoReading', 'Nothing has been read for this school yet.');
  const { planId } = await runShort<DraftPlanResult>(session, {
    type: workflowTypes.draftPlan,
    workflowId: `draft/${school}/${snapshotId}`,
    input: { school, snapshotId },
    summary: `Draft plan of snapshot ${snapshotId} for ${school}`,
    doing: 'Planning',
  });
  return planId;
}

async function plan(session: Session, argument: string | undefined, options: PlanOptions): Promise<void> {
  const list = parseList(options.list);
  const fresh = options.new === true || options.snapshot !== undefined;
  if (fresh && argument !== undefined)
    throw new RolloverError('UsageInvalid', 'A new plan has no number yet: leave it out.');
  const { html } = options;
  if (html !== undefined) refuseOtherForms({ csv: options.csv, list: options.list, text: options.text });
  const journal = await session.journal();
  const planId = fresh ? await draft(session, options.snapshot) : await planIdOf(journal, argument);
  const header = await selectPlanHeader(journal, planId);
  const stored = {
    header,
    season: await readSeason(journal, header.runId),
    progress: await countStates(journal, planId),
    changes: () => readChanges(journal, planId),
    items: {
      notices: () => selectPlanItems(journal, planId, 'notice'),
      kept: () => selectPlanItems(journal, planId, 'kept'),
      proposals: () => selectPlanItems(journal, planId, 'proposal'),
      reused: () => selectPlanItems(journal, planId, 'reused'),
      guards: () => selectPlanItems(journal, planId, 'guard'),
    },
  };
  if (html !== undefined)
    await writePage(session, html, renderPlanPage(await gatherPlan(session, journal, stored)));
  else if (options.csv === true) await showPlanCsv(session.output, stored, list ?? 'changes');
  else if (list !== null) await showPlanList(session.output, stored, list);
  else await showPlan(session, stored);
}

export const planVerb: Verb = (program, run) => {
  program
    .command('plan')
    .description('what would be written to Moodle, and what would not and why')
    .argument('[plan]', 'number of a plan (default: the newest)')
    .option('--new', 'plan the newest reading now, without a run; nothing is written')
    .option('--snapshot <id>', 'plan this reading now, without a run')
    .option('--list <list>', `print one list whole: ${planLists.join(', ')}`)
    .option('--csv', 'print CSV for a spreadsheet (changes, or the list that is named)')
    .option(
      '--html [file]',
      'one page for the people who decide, into this file (- or none: standard output)',
    )
    .option('--text', 'print text (this is the default)')
    .addHelpText(
      'after',
      examples(
        'plan                               the newest plan: numbers, and the beginning of each list',
        'plan 7 --list notices              everything that is not done, and why',
        'plan 7 --csv > plan.csv            every change',
        'plan 7 --html plan.html            a page to read, search and print',
        'plan --new                         a dry run of the newest reading',
      ),
    )
    .action(run<[string?], PlanOptions>((session, [argument], options) => plan(session, argument, options)));
};
