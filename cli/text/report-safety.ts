/** Of a run's report: whether anybody lost grades or work, and what can still be taken back. Pure. */
import type { StoredDifference } from '../../data/journal/grade-safety.js';
import { describeDifference } from '../pages/report-grades.js';
import type { Beside } from '../report/gather.js';
import { count, countOf, printable } from './format.js';
import type { Style } from './style.js';

/** Lines of differences; the CSV has all. */
const SHOWN = 20;

function line(one: StoredDifference): string {
  const who = one.person ?? `Moodle account ${one.userId}`;
  const where = one.course ?? `course ${one.courseId}, which is gone`;
  return `  ${printable(who)} in ${printable(where)}: ${one.table}, ${describeDifference(one)}`;
}

function renderOne(safety: Beside['gradeSafety'][number], undo: string, style: Style): string {
  const { planId, people, courses, after, totalsBefore, differences } = safety;
  const rows = totalsBefore.reduce((sum, one) => sum + one.rows, 0);
  const head = `Grades and work around plan ${planId}`;
  if (after === null) return `${head}: not compared, because applying was broken off.`;
  if (people + courses === 0) return `${head}: nobody’s existed before.`;
  const compared = `${count(rows)} rows of ${countOf(people, 'person', 'people')} and ${countOf(courses, 'course')} compared`;
  const lost = differences.filter(({ isLoss }) => isLoss);
  if (after.losses === 0)
    return `${head}: ${compared}, ${style.good('nothing is gone')}${after.others > 0 ? `; ${count(after.others)} differ otherwise, as when teachers mark meanwhile` : ''}.`;
  return [
    style.bad(`${head}: ${compared}, GONE for ${countOf(after.losses, 'person', 'people')} in a course:`),
    ...lost.slice(0, SHOWN).map(line),
    ...(lost.length > SHOWN ? [`  … and ${count(lost.length - SHOWN)} more: --csv`] : []),
    `Take the run back when you have looked: ${undo}`,
  ].join('\n');
}

function renderUndo({ undo: { left, takenBack, until } }: Beside, undo: string): string[] {
  const back = takenBack === 0 ? '' : `${countOf(takenBack, 'change has', 'changes have')} been taken back. `;
  if (until !== null) return [`${back}${countOf(left, 'change')} can be taken back until ${until}: ${undo}`];
  return back === '' ? [] : [back.trim()];
}

/** Paragraphs. */
export function renderBeside(beside: Beside, undo: string, style: Style): string[] {
  return [...beside.gradeSafety.map((safety) => renderOne(safety, undo, style)), ...renderUndo(beside, undo)];
}
