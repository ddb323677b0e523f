/** The end of a run as text: what was done, what was not, and what people see when. Pure. */
import type { RunComment } from '../../data/journal/comments.js';
import type { DecisionRecord, Run } from '../../data/journal/runs.js';
import { isAccepted, type Verdict } from '../../data/model/gate.js';
import { reasonMeanings, type ResultReason } from '../../data/model/notice-codes.js';
import type { LateReason } from '../../data/model/notice.js';
import type { RemovalEnd, RunReport } from '../../data/model/run.js';
import { count, countOf, printable, shortHash, when } from './format.js';
import { titleOf } from './run.js';
import type { Style } from './style.js';
import { renderTable, type Cell } from './table.js';
import { acceptedWords, outcomeTitle, outcomeWords, stateWords } from './words.js';

/** A decision with when it was made and what was said with it. */
export type TimedDecision = DecisionRecord & { readonly decidedAt: string; readonly comment: string | null };

function wordsOf<V>(words: Readonly<Record<string, V>>, key: string): V | string {
  return Object.hasOwn(words, key) ? (words[key] as V) : key;
}

function reasonOf(reason: string | null): string {
  if (reason === null) return '';
  return Object.hasOwn(reasonMeanings, reason) ? reasonMeanings[reason as ResultReason] : reason;
}

function renderPlan(plan: RunReport['plans'][number], style: Style): string {
  const rows = plan.outcomes.map((one): Cell[] => [
    one.count,
    outcomeTitle(one.what),
    String(wordsOf(stateWords, one.state)),
    reasonOf(one.reason),
  ]);
  const notices = Object.entries(plan.notices)
    .sort(([, a], [, b]) => b - a)
    .map(([code, number]): Cell[] => [number, code, reasonOf(code)]);
  const wide = { title: '', limit: 110 };
  return [
    `${style.bold(`Plan ${plan.planId}`)}  hash ${shortHash(plan.hash)}, from snapshot ${plan.snapshotId}`,
    rows.length === 0
      ? '  Nothing had to be written.'
      : renderTable([{ title: '', right: true }, { title: '' }, { title: '' }, wide], rows),
    ...(plan.satisfied > 0 ? [`${countOf(plan.satisfied, 'enrolment')} were right before.`] : []),
    ...(notices.length === 0
      ? []
      : ['Not done, and why:', renderTable([{ title: '', right: true }, { title: '' }, wide], notices)]),
    plan.kept === 0
      ? 'Nothing of ours in Moodle that has left KnowledgeNET was left as it is.'
      : `${count(plan.kept)} no longer in KnowledgeNET and left as it is: see plan ${plan.planId} --list kept.`,
  ].join('\n');
}

/** Of a plan that was made again before anything of it was written, only that. */
function renderPlans(plans: RunReport['plans'], style: Style): string[] {
  return plans.map((plan, at) => {
    const next = plans[at + 1];
    const replaced =
      next !== undefined &&
      (next.purpose ?? 'apply') === (plan.purpose ?? 'apply') &&
      plan.outcomes.every((one) => one.state === 'pending');
    if (!replaced) return renderPlan(plan, style);
    const title = `${style.bold(`Plan ${plan.planId}`)}  hash ${shortHash(plan.hash)}, from snapshot ${plan.snapshotId}`;
    return `${title}\n  Nothing of it was written: plan ${next.planId} took its place.`;
  });
}

function renderVerified({ verified, remaining }: RunReport, style: Style): string {
  if (verified === null) return 'Moodle was not read again.';
  return verified
    ? style.good('Verified: Moodle was read again, and a second plan has no changes.')
    : style.bad(`Not verified: a second plan would still make ${countOf(remaining, 'change')}.`);
}

const whyLate: Readonly<Record<LateReason, string>> = {
  'no-web-service': 'Moodle was not told to renew them: no web service is configured (docs/web-services.md).',
  'web-service-refused':
    'Moodle refused to renew them: `rollover check` says what the web service lacks (docs/web-services.md).',
  'web-service-unreachable': 'Moodle was to renew them, and its web address gave no answer.',
};

const late = [
  '  - New categories: seen when the copies are thrown away.',
  '  - New courses in lists: within 10 minutes.',
  "  - Teachers' names on course cards: within an hour.",
  '  - Enrolments, and courses opened by their address: at once.',
  'To see everything now, on the Moodle host, in its folder: php admin/cli/purge_caches.php',
];

function renderLate(reason: LateReason | undefined): string {
  const head = 'Applied, not yet visible everywhere: a running Moodle keeps copies of its category lists.';
  return [head, ...(reason === undefined ? [] : [whyLate[reason]]), ...late].join('\n');
}

const removalWords: Readonly<Record<RemovalEnd, string>> = {
  'not-planned': 'the run did not come to them; nothing was removed.',
  nothing: 'there was nothing to suspend or hide.',
  'not-allowed': 'nothing was removed, because the settings allow nothing of what there was.',
  applied: 'suspended and hidden as listed; it comes back with KnowledgeNET.',
  'left-out': 'planned, and not approved; nothing was removed.',
};

function renderRemovals({ removals }: RunReport): string {
  return `Removals: ${wordsOf(removalWords, removals)}`;
}

const verdicts: Readonly<Record<Verdict, string>> = { approve: 'approved', reject: 'rejected' };

function outcomeOf(outcome: string, done: string): string {
  return isAccepted(outcome) ? `${done}${acceptedWords[outcome]}` : `refused: ${outcome}`;
}

/** Who decided what, and what was refused. */
export function renderDecisions(decisions: readonly TimedDecision[]): string {
  const rows = decisions.map((one): Cell[] => [
    `  ${when(one.decidedAt)}`,
    one.opening > 1 ? `${one.gate} (${one.opening})` : one.gate,
    outcomeOf(one.outcome, verdicts[one.verdict]),
    one.channel === 'signal' ? `${one.account} (as claimed)` : one.account,
    one.comment ?? '',
  ]);
  return renderTable(
    [{ title: '' }, { title: '' }, { title: '' }, { title: '' }, { title: '', limit: 100 }],
    rows,
  );
}

/** What people wrote beside the run. */
function renderComments(comments: readonly RunComment[]): string {
  const rows = comments.map(({ at, by, text }): Cell[] => [`  ${when(at)}`, by, text]);
  return renderTable([{ title: '' }, { title: '' }, { title: '', limit: 100 }], rows);
}

/** What people decided and wrote in a run. */
export interface Said {
  readonly decisions: readonly TimedDecision[];
  readonly comments: readonly RunComment[];
}

/** The report of a run; null: it has none, because it has not ended. */
export function renderReport(
  run: Run,
  report: RunReport | null,
  { decisions, comments }: Said,
  school: string,
  style: Style,
): string {
  const outcome = run.outcome === null ? 'not ended yet' : String(wordsOf(outcomeWords, run.outcome));
  return [
    [
      style.bold(`${titleOf(run.workflowId)} of ${printable(school)}: ${outcome}`),
      `Run ${run.id}, started ${when(run.startedAt)} by ${run.startedBy}` +
        (run.endedAt === null ? '' : `, ended ${when(run.endedAt)}`),
    ].join('\n'),
    ...renderPlans(report?.plans ?? [], style),
    ...(report === null || report.plans.length === 0 ? [] : [renderVerified(report, style)]),
    ...(report?.visibility === 'not-yet-visible' ? [renderLate(report.late)] : []),
    ...(report === null ? [] : [renderRemovals(report)]),
    ...(decisions.length === 0 ? [] : [['Decisions:', renderDecisions(decisions)].join('\n')]),
    ...(comments.length === 0 ? [] : [['Comments:', renderComments(comments)].join('\n')]),
  ].join('\n\n');
}

/** The school's runs, newest first. */
export function renderRuns(runs: readonly Run[]): string {
  const rows = runs.map((run): Cell[] => [
    run.id,
    titleOf(run.workflowId),
    when(run.startedAt),
    run.endedAt === null ? '' : when(run.endedAt),
    run.outcome === null ? 'not ended' : String(wordsOf(outcomeWords, run.outcome)),
    run.startedBy,
  ]);
  const titles = ['run', '', 'started', 'ended', 'outcome', 'by'];
  return renderTable(
    titles.map((title) => ({ title })),
    rows,
  );
}
