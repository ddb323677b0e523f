/** What a plan would do, in sentences and in the numbers that are looked at first. */
import type { JSX } from 'preact';
import { changeKinds, type PlanCounts } from '../../data/model/plan.js';
import type { PlanContent } from '../plan-content.js';
import { count, countOf } from '../format.js';
import { questionsOf } from './questions.js';
import { changesSentence, Guards, keptSentence, sumOf, Tiles, type Tile } from './summary.js';

/** Notices that are the other side of a question are counted as the question. */
const asked: ReadonlySet<string> = new Set(['link-proposed', 'code-reused']);

function notDoneOf({ causes }: PlanContent): number {
  const open = causes.filter(({ code, tone }) => tone !== 'plain' && !asked.has(code));
  return open.reduce((sum, { items }) => sum + items.total, 0);
}

function Progress({ changes, pending }: PlanContent): JSX.Element | null {
  if (pending === changes) return null;
  return (
    <p>
      {pending === 0
        ? 'This plan has been carried out.'
        : `${count(changes - pending)} of ${count(changes)} steps have been carried out so far.`}
    </p>
  );
}

function newTiles(counts: PlanCounts): Tile[] {
  return [
    { label: 'new accounts', value: counts['user.create'] ?? 0, tone: 'good' },
    { label: 'new courses', value: counts['course.create'] ?? 0, tone: 'good' },
    { label: 'new enrolments', value: counts['enrolment.create'] ?? 0, tone: 'good' },
  ];
}

function removalTiles(counts: PlanCounts): Tile[] {
  return [
    { label: 'accounts to suspend', value: counts['user.suspend'] ?? 0 },
    { label: 'courses to hide', value: counts['course.hide'] ?? 0 },
    { label: 'enrolments to suspend', value: counts['enrolment.suspend'] ?? 0 },
  ];
}

function undoTiles(counts: PlanCounts): Tile[] {
  const sum = (...names: readonly string[]): number =>
    names.reduce((total, name) => total + (counts[name] ?? 0), 0);
  return [
    { label: 'to remove again', value: sum(...changeKinds.map((kind) => `${kind}.remove`)) },
    {
      label: 'to suspend or hide',
      value: sum('user.suspend', 'course.hide', 'enrolment.suspend'),
    },
    {
      label: 'as before again',
      value: sum('user.restore', 'course.restore', 'user.unlink', 'course.unlink'),
    },
  ];
}

/** The numbers that are looked at first. */
function tilesOf(content: PlanContent): Tile[] {
  const { counts } = content;
  const notDone = notDoneOf(content);
  const questions = questionsOf(content);
  const open: Tile = {
    label: 'left out until mended',
    value: notDone,
    tone: notDone > 0 ? 'careful' : 'plain',
  };
  const kept = sumOf(counts, 'kept');
  switch (content.purpose) {
    case 'apply':
      return [
        ...newTiles(counts),
        open,
        { label: 'questions for you', value: questions, tone: questions > 0 ? 'careful' : 'plain' },
        { label: 'kept, deletion is off', value: kept },
      ];
    case 'removals':
      return [...removalTiles(counts), open, { label: 'left as they are', value: kept }];
    case 'undo':
      return [
        ...undoTiles(counts),
        { label: 'otherwise, or not at all', value: content.counts['notice.drift'] ?? 0 },
        open,
      ];
  }
}

/** What is not done, and what waits for whom. */
function Open({ content }: { readonly content: PlanContent }): JSX.Element {
  const notDone = notDoneOf(content);
  const waiting = content.counts['held.enrolment'] ?? 0;
  const questions = questionsOf(content);
  const otherwise = content.purpose === 'undo' ? (content.counts['notice.drift'] ?? 0) : 0;
  if (notDone + questions + otherwise === 0) return <p>Nothing is left open.</p>;
  return (
    <p>
      {otherwise > 0
        ? `${countOf(otherwise, 'thing is', 'things are')} taken back otherwise or not at all; why is said below. `
        : ''}
      {notDone > 0
        ? `${countOf(notDone, 'thing is', 'things are')} not done until a person settles ${notDone === 1 ? 'it' : 'them'}. `
        : ''}
      {questions > 0 ? `${countOf(questions, 'question waits', 'questions wait')} for an answer. ` : ''}
      {waiting > 0 ? `${countOf(waiting, 'enrolment waits', 'enrolments wait')} for that.` : ''}
    </p>
  );
}

/** What is read first. */
export function PlanSummary({ content }: { readonly content: PlanContent }): JSX.Element {
  const { counts } = content;
  const { purpose } = content;
  const does = changesSentence(counts);
  return (
    <>
      <p>
        {does === '' ? 'This plan changes nothing in Moodle.' : does}
        {content.satisfied > 0
          ? ` ${countOf(content.satisfied, 'enrolment')} are right already and stay as they are.`
          : ''}
      </p>
      <p>{keptSentence(purpose, counts)}</p>
      <Open content={content} />
      <Progress {...content} />
      <Tiles tiles={tilesOf(content)} />
      {/* nothing is usual about taking a run back */}
      {purpose === 'undo' ? null : (
        <Guards guards={content.guards} season={content.season} any={content.changes > 0} />
      )}
    </>
  );
}
