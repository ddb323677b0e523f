/** Everything of a run's report as one table for a spreadsheet. */
import { deletionItemPages, selectRunDeletions } from '../../data/journal/deletions.js';
import { selectDifferences } from '../../data/journal/grade-safety.js';
import type { Journal } from '../../data/journal/journal.js';
import { selectPlanItems } from '../../data/journal/plan-items.js';
import { readChanges } from '../../data/journal/plans.js';
import { selectRunPlanIds, type Run } from '../../data/journal/runs.js';
import { noticeCodes, reasonMeanings } from '../../data/model/notice-codes.js';
import type { Notice } from '../../data/model/plan.js';
import { writeCsv, type CsvCell } from '../csv.js';
import type { Output } from '../output.js';
import { describeDifference } from '../pages/report-grades.js';
import { toIso } from '../text/format.js';
import { describeChange } from '../text/plan.js';
import type { Said } from '../text/report.js';
import type { Beside } from './gather.js';

/** `part` says what a row is: change, not-done, kept, grades, deletion, decision, comment, undo. */
const columns = [
  'part',
  'plan',
  'kind',
  'operation',
  'subject',
  'in',
  'what',
  'state',
  'reason',
  'meaning',
  'moodleId',
  'at',
  'by',
  'hash',
] as const;

type Row = Partial<Readonly<Record<(typeof columns)[number], CsvCell>>>;

function cells(row: Row): CsvCell[] {
  return columns.map((column) => row[column]);
}

const KEPT = 'KnowledgeNET no longer has it; deletion is off.';

function noticeRow(plan: number, notice: Notice): Row {
  const { kind, subject, person, code, level, moodleIds } = notice;
  const about = person === undefined ? { subject } : { subject: person, in: subject };
  const moodleId = moodleIds.join(' ');
  return {
    part: 'not-done',
    plan,
    kind,
    ...about,
    state: level,
    reason: code,
    meaning: noticeCodes[code],
    moodleId,
  };
}

async function* planRows(journal: Journal, plan: number): AsyncGenerator<Row[]> {
  for await (const page of readChanges(journal, plan))
    yield page.map(({ change, state, reason, moodleId }): Row => {
      const { who, what } = describeChange(change);
      const { kind, operation } = change;
      const course = change.kind === 'enrolment' ? change.group : undefined;
      const meaning = reason === null ? undefined : reasonMeanings[reason];
      return {
        part: 'change',
        plan,
        kind,
        operation,
        subject: who,
        in: course,
        what,
        state,
        reason,
        meaning,
        moodleId,
      };
    });
  yield (await selectPlanItems(journal, plan, 'notice')).map((notice) => noticeRow(plan, notice));
  yield (await selectPlanItems(journal, plan, 'kept')).map(({ kind, subject, person, moodleId }): Row => {
    const about = person === undefined ? { subject } : { subject: person, in: subject };
    return { part: 'kept', plan, kind, ...about, meaning: KEPT, moodleId };
  });
}

const DIFFERENCES = 10_000;

async function gradeRows(journal: Journal, { gradeSafety }: Beside): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { planId: plan, people, courses, before, after, totalsBefore } of gradeSafety) {
    const numbers = totalsBefore.map(
      ({ table, rows: count, values }) => `${table} ${count} rows ${values} values`,
    );
    const state = after === null ? 'not compared' : after.losses > 0 ? 'loss' : 'no loss';
    const what = `${people} people and ${courses} courses: ${numbers.join(', ')}`;
    rows.push({ part: 'grades', plan, what, state, at: after?.at ?? before });
    for (const one of await selectDifferences(journal, plan, DIFFERENCES))
      rows.push({
        part: 'grades',
        plan,
        kind: one.table,
        subject: one.person ?? `Moodle account ${one.userId}`,
        in: one.group ?? one.course ?? `Moodle course ${one.courseId}`,
        what: describeDifference(one),
        state: one.isLoss ? 'loss' : 'differs',
        moodleId: one.userId,
      });
  }
  return rows;
}

async function* deletionRows(journal: Journal, runId: number): AsyncGenerator<Row[]> {
  for (const { id } of await selectRunDeletions(journal, runId))
    for await (const page of deletionItemPages(journal, id))
      yield page.map(
        ({ kind, externalId, secondId, naturalKey, state, errorcode, moodleId, settledAt }): Row => ({
          part: 'deletion',
          kind,
          operation: 'delete',
          ...(secondId === '' ? { subject: externalId } : { subject: secondId, in: externalId }),
          what: naturalKey,
          state,
          reason: errorcode,
          moodleId,
          at: settledAt === null ? undefined : toIso(settledAt),
        }),
      );
}

function saidRows({ decisions, comments }: Said): Row[] {
  return [
    ...decisions.map(
      ({ gate, opening, verdict, outcome, account, channel, hash, comment, decidedAt }): Row => ({
        part: 'decision',
        kind: gate,
        operation: verdict,
        subject: opening,
        what: comment,
        state: outcome,
        at: toIso(decidedAt),
        by: channel === 'signal' ? `${account} (as claimed)` : account,
        hash,
      }),
    ),
    ...comments.map(({ at, by, text }): Row => ({ part: 'comment', what: text, at: toIso(at), by })),
  ];
}

function undoRow({ undo: { left, takenBack, until } }: Beside): Row {
  const state = until === null ? 'not possible' : 'possible';
  return { part: 'undo', what: `${left} changes in effect, ${takenBack} taken back`, state, at: until };
}

async function* allRows(journal: Journal, run: Run, said: Said, beside: Beside): AsyncGenerator<Row[]> {
  for (const planId of await selectRunPlanIds(journal, run.id)) yield* planRows(journal, planId);
  yield* deletionRows(journal, run.id);
  yield await gradeRows(journal, beside);
  yield saidRows(said);
  yield [undoRow(beside)];
}

async function* inCells(pages: AsyncIterable<readonly Row[]>): AsyncGenerator<CsvCell[][]> {
  for await (const page of pages) yield page.map(cells);
}

/** Writes it page by page. */
export async function showReportCsv(
  output: Output,
  journal: Journal,
  run: Run,
  said: Said,
  beside: Beside,
): Promise<void> {
  await writeCsv(output, columns, inCells(allRows(journal, run, said, beside)));
}
