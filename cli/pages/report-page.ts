/** Gathers what the page of a run's report shows. */
import type { Journal } from '../../data/journal/journal.js';
import { selectDeletionLooks } from '../../data/journal/plan-purpose.js';
import { selectPurged } from '../../data/journal/purged.js';
import { selectPlanItems } from '../../data/journal/plan-items.js';
import { readChanges, type StoredChange } from '../../data/journal/plans.js';
import { selectRuns, type Run } from '../../data/journal/runs.js';
import { isAccepted } from '../../data/model/gate.js';
import type { LateReason } from '../../data/model/notice.js';
import { reasonMeanings, type ResultReason } from '../../data/model/notice-codes.js';
import type { ChangeState, Kept, Notice } from '../../data/model/plan.js';
import type { RunReport } from '../../data/model/run.js';
import { buildReport } from '../../data/report/build-report.js';
import { RETENTION_DAYS } from '../../data/model/settings.js';
import { settingsInForce } from '../../data/stages/settings-in-force.js';
import { undoability } from '../../data/undo/what-is-left.js';
import type { Bar, Bounded, Cause, Item } from '../../pages/content.js';
import type { Decided, Outcome, PlanOfRun, ReportContent } from '../../pages/report-content.js';
import { count } from '../../pages/format.js';
import { stateTones } from '../../pages/words.js';
import type { Session } from '../session.js';
import { when } from '../text/format.js';
import { describeChange } from '../text/plan.js';
import type { Said, TimedDecision } from '../text/report.js';
import { titleOf } from '../text/run.js';
import { acceptedWords, gateWords, outcomeTitle, outcomeWords } from '../text/words.js';
import { decisionOfRun } from './decision.js';
import { bounded, keptItem, noticeCauses } from './items.js';
import { pageLimits, type PageLimits } from './limits.js';
import { readNames, type Names } from './names.js';
import { headerOf } from './plan-page.js';
import { PlanViewBuilder } from './plan-views.js';
import { gatherGrades } from './report-grades.js';
import { gatherDeleted, withdrawnItem } from './report-removed.js';
import { changesOverTime } from './report-time.js';

type ReportedPlan = RunReport['plans'][number];

const whyLate: Readonly<Record<LateReason, string>> = {
  'no-web-service': 'Moodle was not told to renew its lists: no web service is configured.',
  'web-service-refused':
    'Moodle refused to renew its lists; the command rollover check says what is missing.',
  'web-service-unreachable': 'Moodle did not answer when it was to renew its lists.',
};

function visibleOf({ visibility, late }: RunReport): ReportContent['visible'] {
  if (visibility === 'visible')
    return { sentence: 'Everything that was written can be seen in Moodle.', late: [], cure: null };
  return {
    sentence: 'Not everything that was written is seen at once.',
    late: [
      ...(late === undefined ? [] : [whyLate[late]]),
      'Enrolments, and courses opened by their address: seen at once.',
      'New courses in lists: within 10 minutes.',
      'Teachers’ names on course cards: within an hour.',
      'New categories: when Moodle’s copies of its lists are thrown away.',
    ],
    cure: {
      what: 'To see everything now, on the machine of Moodle, in its folder:',
      command: 'php admin/cli/purge_caches.php',
    },
  };
}

function isReplaced(plans: readonly ReportedPlan[], at: number): boolean {
  return plans[at + 1] !== undefined && (plans[at]?.outcomes ?? []).every(({ state }) => state === 'pending');
}

function sumOf({ outcomes }: ReportedPlan, ...states: readonly string[]): number {
  return outcomes.filter(({ state }) => states.includes(state)).reduce((sum, one) => sum + one.count, 0);
}

function describePlan(plans: readonly ReportedPlan[], at: number, purged: ReadonlySet<number>): PlanOfRun[] {
  const plan = plans[at];
  if (plan === undefined) return [];
  const { planId, hash, snapshotId } = plan;
  const sentence = (): string => {
    if (isReplaced(plans, at))
      return `Nothing of it was written: plan ${plans[at + 1]?.planId ?? ''} took its place.`;
    if (plan.outcomes.length === 0) return 'Nothing had to be written.';
    return `${count(sumOf(plan, 'applied', 'satisfied'))} of ${count(plan.outcomes.reduce((sum, one) => sum + one.count, 0))} changes done.`;
  };
  const rest = purged.has(planId) ? ' Its single changes are kept no longer.' : '';
  return [{ planId, hash, snapshotId, sentence: sentence() + rest }];
}

function isState(state: string): state is ChangeState {
  return Object.hasOwn(stateTones, state);
}

/** Changes by kind and by what became of them, over the plans that count. */
function outcomesOf(plans: readonly ReportedPlan[]): Outcome[] {
  const outcomes = new Map<string, Outcome>();
  for (const { what, state, count: number } of plans.flatMap((plan) => plan.outcomes)) {
    const key = `${what} ${state}`;
    const words = isState(state) ? stateTones[state] : { word: state, tone: 'plain' as const };
    const before = outcomes.get(key)?.count ?? 0;
    outcomes.set(key, {
      label: outcomeTitle(what),
      state: words.word,
      tone: words.tone,
      count: before + number,
    });
  }
  return [...outcomes.values()];
}

function isReason(reason: string): reason is ResultReason {
  return Object.hasOwn(reasonMeanings, reason);
}

/** Whom a change is about. */
function conflictItem({ change, moodleId }: StoredChange, names: Names): Item {
  const detail = moodleId === null ? '' : `Moodle id ${moodleId}`;
  const { what } = describeChange(change);
  if (change.kind === 'category') return { name: what, id: '', what: 'category', detail };
  if (change.kind === 'enrolment')
    return { name: names.person(change.person).name, id: change.person, what, detail };
  const { externalId: id } = change;
  const name = change.kind === 'user' ? names.person(id).name : names.class(id).name;
  return { name, id, what: `${change.kind === 'user' ? 'account' : 'course'}: ${what}`, detail };
}

/** Conflicts by reason, collected while the changes pass by. */
class ConflictCollector {
  readonly #found = new Map<string, { readonly items: Item[]; total: number }>();

  constructor(
    readonly names: Names,
    readonly limit: number,
  ) {}

  add(stored: StoredChange): void {
    if (stored.state !== 'conflict') return;
    const reason = stored.reason ?? '';
    const group = this.#found.get(reason) ?? { items: [], total: 0 };
    this.#found.set(reason, group);
    group.total += 1;
    if (group.items.length < this.limit) group.items.push(conflictItem(stored, this.names));
  }

  causes(command: string): Cause[] {
    return [...this.#found]
      .sort(([, a], [, b]) => b.total - a.total)
      .map(([code, { items, total }]) => ({
        code,
        level: stateTones.conflict.word,
        tone: stateTones.conflict.tone,
        what: isReason(code) ? reasonMeanings[code] : 'Moodle had become different.',
        mend: '',
        items: { items, total, command },
      }));
  }
}

/** Plans whose single changes have had their time. */
async function purgedOf(journal: Journal, plans: readonly ReportedPlan[]): Promise<ReadonlySet<number>> {
  const purged = new Set<number>();
  for (const { planId } of plans)
    if ((await selectPurged(journal, 'plan', planId)) !== null) purged.add(planId);
  return purged;
}

type Details = Pick<
  ReportContent,
  | 'conflicts'
  | 'causes'
  | 'purpose'
  | 'kept'
  | 'keptBy'
  | 'views'
  | 'withdrawn'
  | 'yearLevels'
  | 'grades'
  | 'deleted'
>;

/** What was suspended or hidden, collected while the changes pass by. */
class WithdrawnCollector {
  readonly #items: Item[] = [];
  #total = 0;

  constructor(
    readonly names: Names,
    readonly limit: number,
  ) {}

  add(stored: StoredChange): void {
    const item = withdrawnItem(stored, this.names);
    if (item === null) return;
    this.#total += 1;
    if (this.#items.length < this.limit) this.#items.push(item);
  }

  list(command: string): Bounded<Item> {
    return { items: this.#items, total: this.#total, command };
  }
}

/** The plan that the page shows from three sides: the last one that gave Moodle something, else the last of all. */
function mainPlan(plans: readonly ReportedPlan[]): ReportedPlan | undefined {
  return plans.filter(({ purpose }) => purpose !== 'removals').at(-1) ?? plans.at(-1);
}

/** The plan whose list of what stays holds at the end: removals that were carried out leave less. */
function planOfKept(plans: readonly ReportedPlan[]): ReportedPlan | undefined {
  const removals = plans.filter(({ purpose }) => purpose === 'removals').at(-1);
  const carriedOut = removals?.outcomes.some(({ state }) => state !== 'pending') === true;
  return carriedOut ? removals : mainPlan(plans);
}

interface Page {
  readonly session: Session;
  readonly journal: Journal;
  readonly run: Run;
  readonly limits: PageLimits;
}

/** What became of every change, and what the main plan left out. Plans that were purged have none. */
async function detailsOf(
  { session, journal, run, limits }: Page,
  plans: readonly ReportedPlan[],
  kept: readonly ReportedPlan[],
): Promise<Details> {
  const main = mainPlan(kept);
  const listed = (list: string, of = main): string =>
    session.command(`plan ${of?.planId ?? ''} --list ${list}`);
  const notices: readonly Notice[] =
    main === undefined ? [] : await selectPlanItems(journal, main.planId, 'notice');
  const keeping = planOfKept(kept);
  const staying: readonly Kept[] =
    keeping === undefined ? [] : await selectPlanItems(journal, keeping.planId, 'kept');
  const names = await readNames(journal, main?.snapshotId ?? 0, true);
  const builder = new PlanViewBuilder(names, run.outcome !== null, main?.purpose ?? 'apply');
  const conflicts = new ConflictCollector(names, limits.perCause);
  const withdrawn = new WithdrawnCollector(names, limits.list);
  for (const plan of kept)
    for await (const page of readChanges(journal, plan.planId))
      for (const stored of page) {
        if (plan === main) builder.add(stored);
        conflicts.add(stored);
        withdrawn.add(stored);
      }
  for (const notice of notices) builder.addNotice(notice);
  const csv = session.command(`report ${run.id} --csv`);
  const planIds = plans.map(({ planId }) => planId);
  const looks = await selectDeletionLooks(journal, { runId: run.id });
  const commands = { all: csv, undo: session.command(`undo ${run.id}`) };
  const deleted = await gatherDeleted(journal, run.id, names, limits.list);
  const reading = main === undefined ? null : await headerOf(journal, main.snapshotId);
  return {
    conflicts: conflicts.causes(csv),
    causes: noticeCauses(notices, names, limits.perCause, listed('notices')),
    purpose: main?.purpose ?? 'apply',
    keptBy: keeping?.purpose ?? 'apply',
    kept: bounded(staying, limits.list, listed('kept', keeping), (one) => keptItem(one, names)),
    views:
      main?.outcomes.some(({ state }) => state !== 'pending') === true
        ? builder.views(limits, listed('changes'))
        : null,
    withdrawn: withdrawn.list(csv),
    deleted: { items: deleted.items, total: deleted.total, command: csv },
    yearLevels: reading?.comparison?.yearLevels ?? null,
    grades: await gatherGrades(journal, [...planIds, ...looks], names, limits.list, commands),
  };
}

async function undoOf({ session, journal, run }: Page): Promise<ReportContent['undo']> {
  const { settings } = await settingsInForce(journal);
  const days = settings.retentionDays ?? RETENTION_DAYS;
  const { left, takenBack, until } = await undoability(journal, run, days);
  const command = {
    what: 'To see what would be taken back, and to decide:',
    command: session.command(`undo ${run.id}`),
  };
  return { left, takenBack, until, command };
}

/** Enough for the plot over time. */
const RUNS_LOOKED_AT = 100;

const verdictWords = { approve: 'approved', reject: 'rejected' } as const;

function answerWords(done: string, outcome: string): string {
  return isAccepted(outcome) ? `${done}${acceptedWords[outcome]}` : `${done}, refused: ${outcome}`;
}

function describeDecision(decision: TimedDecision): Decided {
  const { gate, opening, outcome, verdict, account, channel, hash, comment, decidedAt } = decision;
  const asked = opening > 1 ? `${gateWords[gate].question} (${opening})` : gateWords[gate].question;
  return {
    at: when(decidedAt),
    gate: asked,
    verdict: answerWords(verdictWords[verdict], outcome),
    by: channel === 'signal' ? `${account} (as claimed)` : account,
    hash,
    comment: comment ?? '',
  };
}

function isOutcome(outcome: string): outcome is keyof typeof outcomeWords {
  return Object.hasOwn(outcomeWords, outcome);
}

function toneOf(outcome: string | null): Bar['tone'] {
  if (outcome === 'completed' || outcome === 'nothing-to-do') return 'good';
  return outcome === 'failed' ? 'bad' : 'plain';
}

/** Everything of the journal that the page shows. */
export async function gatherReport(
  session: Session,
  journal: Journal,
  run: Run,
  { decisions, comments }: Said,
  limits: PageLimits = pageLimits,
): Promise<ReportContent> {
  const ended = run.outcome !== null;
  const stored = run.report === null ? null : (JSON.parse(run.report) as RunReport);
  // a run under way has no report yet: the same numbers, as they are now
  const report = stored ?? (await buildReport(journal, run.id, 'failed'));
  const counted = report.plans.filter((_, at) => !isReplaced(report.plans, at));
  const last = counted.at(-1);
  const sum = (state: ChangeState): number => counted.reduce((total, plan) => total + sumOf(plan, state), 0);
  const purged = await purgedOf(journal, report.plans);
  const page: Page = { session, journal, run, limits };
  const whole = counted.filter(({ planId }) => !purged.has(planId));
  const details = await detailsOf(page, report.plans, whole);
  return {
    frame: {
      school: session.school.name,
      madeAt: when(new Date().toISOString()),
      facts: [
        { label: 'Run', value: `${run.id}, ${run.workflowId}` },
        { label: 'Stage', value: run.stage },
        ...(last === undefined
          ? []
          : [{ label: 'Plan', value: `${last.planId}, from snapshot ${last.snapshotId}` }]),
      ],
      hashes: last === undefined ? [] : [{ label: `Hash of plan ${last.planId}`, hash: last.hash }],
      decision: await decisionOfRun(session, journal, run),
      commands: [
        { what: 'The same, typed:', command: session.command(`report ${run.id}`) },
        ...(last === undefined
          ? []
          : [
              {
                what: 'Everything of this report, for a spreadsheet:',
                command: `${session.command(`report ${run.id} --csv`)} > report.csv`,
              },
            ]),
      ],
    },
    title: `${titleOf(run.workflowId)}: report of run ${run.id}`,
    outcome: run.outcome === null ? null : isOutcome(run.outcome) ? outcomeWords[run.outcome] : run.outcome,
    tone: toneOf(run.outcome),
    started: when(run.startedAt),
    startedBy: run.startedBy,
    ended: run.endedAt === null ? null : when(run.endedAt),
    plans: report.plans.flatMap((_, at) => describePlan(report.plans, at, purged)),
    outcomes: outcomesOf(counted),
    done: {
      applied: sum('applied'),
      conflict: sum('conflict'),
      satisfied: sum('satisfied'),
      pending: sum('pending'),
    },
    verified: report.verified,
    remaining: report.remaining,
    visible: ended && sum('applied') > 0 ? visibleOf(report) : null,
    decisions: decisions.map(describeDecision),
    comments: comments.map(({ at, by, text }) => ({ at: when(at), by, text })),
    overTime: changesOverTime(await selectRuns(journal, RUNS_LOOKED_AT), run, report),
    undo: await undoOf(page),
    ...details,
  };
}
