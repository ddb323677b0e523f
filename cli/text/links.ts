/** Link proposals, class codes used again, and what was answered, as text. Pure. */
import type { LinkAnswer } from '../../data/journal/links.js';
import type { LinkProposal, ReusedCode } from '../../data/model/plan.js';
import type { ReusedCodeAnswer } from '../../data/model/settings.js';
import { describeMoodle, describeSource, type ShownProposal } from '../links/sides.js';
import { countOf } from './format.js';
import { describeEvidence } from './plan.js';
import type { CommandWriter } from './run.js';
import type { Style } from './style.js';
import { renderTable, type Cell } from './table.js';

export interface Links {
  readonly planId: number;
  /** The school year that answers about class codes are for. */
  readonly year: number;
  readonly proposals: readonly ShownProposal[];
  readonly reused: readonly ReusedCode[];
  readonly answers: readonly LinkAnswer[];
  readonly reusedAnswers: ReadonlyMap<string, ReusedCodeAnswer>;
}

function verdictOf(links: Links, { kind, externalId, moodleId }: LinkProposal): string {
  const answer = links.answers.find(
    (one) => one.kind === kind && one.externalId === externalId && one.moodleId === moodleId,
  );
  return answer?.verdict ?? '';
}

function renderProposals(links: Links, command: CommandWriter, style: Style): string {
  const { proposals } = links;
  const [first] = proposals;
  if (first === undefined) return '';
  const rows = proposals.map((one): Cell[] => [
    one.externalId,
    describeSource(one),
    `${one.kind} ${one.moodleId}`,
    describeMoodle(one),
    describeEvidence(one),
    verdictOf(links, one),
  ]);
  const columns = [
    { title: 'External ID' },
    { title: 'KnowledgeNET says', limit: 80 },
    { title: 'in Moodle' },
    { title: 'Moodle says', limit: 100 },
    { title: 'evidence' },
    { title: 'answered' },
  ];
  return [
    style.bold(`${countOf(proposals.length, 'link')} proposed by plan ${links.planId}`),
    renderTable(columns, rows),
    'More of it in Moodle: /user/profile.php?id=… or /course/view.php?id=…',
    `Accept: ${command(`links accept ${first.externalId} ${first.moodleId}`)}   Refuse: ${command(`links refuse ${first.externalId} ${first.moodleId}`)}`,
  ].join('\n');
}

function renderReused(links: Links, command: CommandWriter, style: Style): string {
  const [first] = links.reused;
  if (first === undefined) return '';
  const rows = links.reused.map((one): Cell[] => [
    one.group,
    one.courseId,
    one.studentsLeft,
    one.studentsBefore,
    links.reusedAnswers.get(one.group) ?? '',
  ]);
  const columns = [
    { title: 'class' },
    { title: 'Moodle course', right: true },
    { title: 'students who left', right: true },
    { title: 'of', right: true },
    { title: 'answered' },
  ];
  return [
    style.bold(
      `${countOf(links.reused.length, 'class code')} used again: most students of last year have left`,
    ),
    renderTable(columns, rows),
    `The same course goes on (houses, teams): ${command(`links answer ${first.group} continues`)}`,
    `A new course is made:                    ${command(`links answer ${first.group} new-course`)}`,
    'All of them: --all ANSWER instead of the class. For good, per group type: the setting reusedCode.',
  ].join('\n');
}

/** What waits for an answer. */
export function renderLinks(links: Links, command: CommandWriter, style: Style): string {
  const parts = [renderProposals(links, command, style), renderReused(links, command, style)].filter(
    (part) => part !== '',
  );
  return parts.length === 0 ? `Plan ${links.planId} asks nothing.` : parts.join('\n\n');
}

/** What was answered. */
export function renderAnswers(links: Links): string {
  const rows: Cell[][] = [
    ...links.answers.map((one): Cell[] => [one.externalId, `${one.kind} ${one.moodleId}`, one.verdict]),
    ...[...links.reusedAnswers].map(([group, answer]): Cell[] => [group, `class in ${links.year}`, answer]),
  ];
  return rows.length === 0
    ? 'Nothing was answered yet.'
    : renderTable([{ title: 'External ID' }, { title: 'what' }, { title: 'answer' }], rows);
}
