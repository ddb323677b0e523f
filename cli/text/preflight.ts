/** What was found of a Moodle before anything is written to it, as text. Pure. */
import type { ErrorCode } from '../../data/model/errors.js';
import type { checkTarget } from '../../workflows/inspect.js';
import { count, countOf, printable } from './format.js';
import type { Style } from './style.js';
import { renderWebService } from './web-service.js';

type Preflight = Awaited<ReturnType<typeof checkTarget>>;

const sourceCodes: ReadonlySet<ErrorCode> = new Set(['SourceViews', 'SourceUnavailable']);

export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Users and courses of ours that this Moodle does not have; '' when it has all of them. */
function missingWords({ missingManaged, missingCourses = 0 }: Preflight): string {
  const users = missingManaged === 0 ? [] : [countOf(missingManaged, 'user')];
  const courses = missingCourses === 0 ? [] : [countOf(missingCourses, 'course')];
  return [...users, ...courses].join(' and ');
}

/** Why nothing may be written now, the gravest first. */
export function problemsOf(found: Preflight): Problem[] {
  const problems: Problem[] = [];
  if (found.support === 'refused')
    problems.push({
      code: 'MoodleUnsupported',
      message: `This Moodle differs in ${countOf(found.differences.length, 'place')} from every version that we know.`,
    });
  if (found.support === 'same-shape' && !found.accepted)
    problems.push({
      code: 'MoodleNotAccepted',
      message: 'This Moodle has the shape of a proven version but is none.',
    });
  const missing = missingWords(found);
  if (missing !== '')
    problems.push({ code: 'MoodleRestored', message: `${missing} that we made are not in this Moodle.` });
  if (found.guards.length > 0) problems.push({ code: 'MoodleBusy', message: found.guards.join(' ') });
  if (found.missingRights.length > 0)
    problems.push({
      code: 'MoodlePrivileges',
      message: `The database account lacks ${countOf(found.missingRights.length, 'right')}.`,
    });
  const sourceFailure = found.knowledgenet?.failure ?? null;
  if (sourceFailure !== null)
    problems.push({
      code: sourceFailure,
      message: "KnowledgeNET's database cannot be read; Moodle is another matter.",
    });
  return problems;
}

function describeSupport(found: Preflight, style: Style): string {
  if (found.support === 'proven') return style.good('proven: every write was compared with Moodle itself');
  if (found.support === 'refused') return style.bad('refused: its tables differ from every proven version');
  return found.accepted
    ? style.good('same shape as a proven version, accepted by a person')
    : style.careful('same shape as a proven version: planning works, writing needs `check --accept-version`');
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  - ${printable(line)}`)];
}

/** Only what is wrong with Moodle keeps Moodle from being written to. */
function verdictOn([problem]: readonly Problem[], style: Style): string {
  if (problem === undefined) return style.good('Ready.');
  return sourceCodes.has(problem.code)
    ? style.bad('Moodle is ready; KnowledgeNET cannot be read.')
    : style.bad('Not ready to be written to.');
}

/** KnowledgeNET's database, where the school has one. */
function renderSource(source: Preflight['knowledgenet'], style: Style): string[] {
  if (source === null || source === undefined) return [];
  const title = style.bold("KnowledgeNET's database");
  if (source.failure !== null)
    return ['', title, ...source.problems.map((line) => style.bad(printable(line)))];
  const rows = source.rows.map(({ kind, now, before, fewer }) => {
    const line = `${kind}: ${count(now)}${before === null ? '' : ` (last reading: ${count(before)})`}`;
    return fewer ? style.careful(`  ${line}, markedly fewer`) : `  ${line}`;
  });
  return ['', title, 'Views    all there, and may be read', ...rows];
}

/** Plugins that write what we write: a warning, never a reason to stop. */
function renderSecondWriters(writers: Preflight['secondWriters'], style: Style): string[] {
  if (writers === undefined || writers.length === 0) return [];
  return [
    style.careful('Others that write to this Moodle'),
    ...writers.flatMap(({ plugin, why, mend }) => [
      style.careful(`  - ${printable(plugin)}: ${printable(why)}`),
      `    ${printable(mend)}`,
    ]),
  ];
}

/** What undo may do: no reason not to write. */
function renderUndoRights(missing: Preflight['missingForUndo'], style: Style): string[] {
  if (missing === undefined) return [];
  if (missing.length === 0) return ['Undo     may remove what a run made and nobody has used'];
  return [
    style.careful('Undo     suspends and hides instead of removing; for more the account lacks'),
    ...missing.map((line) => `  - ${printable(line)}`),
  ];
}

/** The whole finding, and what it means for the rollover. */
export function renderPreflight(found: Preflight, school: string, style: Style): string {
  const problems = problemsOf(found);
  const duplicates = found.duplicateUsers + found.duplicateCourses;
  const missing = missingWords(found);
  return [
    style.bold(`Moodle of ${printable(school)}`),
    `Version  ${printable(found.release)} (${found.version}), ${describeSupport(found, style)}`,
    ...list('Differences', found.differences),
    ...list('In the way now', found.guards),
    ...(found.missingRights.length === 0
      ? ['Rights   everything that writing needs']
      : list('Rights that are missing', found.missingRights)),
    ...renderUndoRights(found.missingForUndo, style),
    `Accounts without idnumber: ${count(found.unlinkedUsers)}` +
      (found.unlinkedUsers > 0
        ? ' (the plan proposes a link where login or e-mail fit; nobody is made twice)'
        : ''),
    `Idnumbers that several accounts have: ${count(found.duplicateUsers)}; idnumbers or short names that several courses have: ${count(found.duplicateCourses)}` +
      (duplicates > 0 ? ' (none of them is picked; mend them in Moodle)' : ''),
    ...(missing === ''
      ? []
      : [style.bad(`${missing} that we made are missing: was this Moodle restored from an older backup?`)]),
    ...renderSecondWriters(found.secondWriters, style),
    renderWebService(found.webService, style),
    ...renderSource(found.knowledgenet, style),
    '',
    verdictOn(problems, style),
  ].join('\n');
}
