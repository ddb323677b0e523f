/** A list of deletions as text: what goes, what hangs on it, what stays and why. Pure. */
import type { DeletionHeader, DeletionSetup } from '../../data/journal/deletions.js';
import {
  deletionReasons,
  type DeletionKept,
  type DeletionKind,
  type DeletionReason,
  type DeletionResult,
  type DeletionState,
} from '../../data/model/deletion.js';
import { count, countOf, printable, shortHash, when } from './format.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';

/** Everything that is known of a list. */
export interface ShownDeletion {
  readonly header: DeletionHeader;
  readonly items: readonly DeletionResult[];
  readonly kept: readonly DeletionKept[];
}

const kindWords: Readonly<Record<DeletionKind, string>> = {
  user: 'account',
  course: 'course',
  enrolment: 'enrolment',
};
const stateWords: Readonly<Record<DeletionState, string>> = {
  pending: 'there',
  'in-flight': 'asked of Moodle, not answered yet',
  deleted: 'deleted',
  gone: 'was gone already',
  kept: 'kept, it has changed',
  failed: 'refused by Moodle',
};

const number = (value: number | null): string => (value === null ? '?' : count(value));

function accessOf(seconds: number | null): string {
  if (seconds === null) return '?';
  return seconds === 0 ? 'never' : when(new Date(seconds * 1000).toISOString());
}

/** A code that Moodle gave, or our own reason. */
function reasonOf(code: string | null): string {
  if (code === null) return '';
  return code in deletionReasons ? deletionReasons[code as DeletionReason] : code;
}

function subjectOf({
  kind,
  externalId,
  secondId,
}: Pick<DeletionResult, 'kind' | 'externalId' | 'secondId'>): string {
  return kind === 'enrolment' ? `${secondId} in ${externalId}` : externalId;
}

function renderItems(items: readonly DeletionResult[]): string {
  const columns = [
    { title: 'Moodle' },
    { title: 'id' },
    { title: 'KnowledgeNET' },
    { title: 'name there' },
    { title: 'since' },
    { title: 'grades', right: true },
    { title: 'submissions', right: true },
    { title: 'posts', right: true },
    { title: 'files', right: true },
    { title: 'enrolments', right: true },
    { title: 'last access' },
    { title: 'state' },
  ];
  const rows = items.map((item) => [
    kindWords[item.kind],
    { raw: String(item.moodleId) },
    subjectOf(item),
    item.naturalKey,
    when(item.since).slice(0, 10),
    number(item.hanging.grades),
    number(item.hanging.submissions),
    number(item.hanging.posts),
    number(item.hanging.files),
    number(item.hanging.enrolments),
    accessOf(item.hanging.lastAccess),
    `${stateWords[item.state]}${item.errorcode === null ? '' : `: ${printable(reasonOf(item.errorcode))}`}`,
  ]);
  return renderTable(columns, rows);
}

function renderKept(kept: readonly DeletionKept[]): string {
  const reasons = new Map<DeletionReason, number>();
  for (const { reason } of kept) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const rows = [...reasons].map(([reason, sum]) => [sum, deletionReasons[reason]]);
  return rows.length === 0
    ? ''
    : `Stay suspended or hidden:\n${renderTable([{ title: '' }, { title: '' }], rows)}`;
}

const setupWords: Readonly<Record<string, string>> = {
  'no-web-service': 'No web service of Moodle is configured.',
  refused: 'Moodle refuses the call:',
  'another-site': 'The web address belongs to another Moodle than the database:',
  'missing-function': 'The service lacks the function',
  'missing-capability': 'The account lacks the capability',
};

function renderSetup(setup: readonly DeletionSetup[], style: Style): string {
  if (setup.length === 0) return '';
  return [
    style.bad('Nothing can be deleted before this is set up (docs/web-services.md):'),
    ...setup.map(({ what, detail }) => `  - ${setupWords[what] ?? what} ${printable(detail)}`.trimEnd()),
  ].join('\n');
}

function renderVerdict({ verdict, account, dumpId }: DeletionHeader): string {
  if (verdict === null) return 'Nobody has decided about it.';
  const dump = dumpId === null ? '' : `; in dump ${dumpId}`;
  return `It was ${verdict} by ${printable(account ?? '')}${dump}.`;
}

/** The whole list. */
export function renderDeletion({ header, items, kept }: ShownDeletion, style: Style): string {
  const { users = 0, courses = 0, enrolments = 0 } = header.counts;
  const what = [countOf(users, 'user'), countOf(courses, 'course'), countOf(enrolments, 'enrolment')].join(
    ', ',
  );
  return [
    `${style.bold(`List ${header.id}: to be deleted for good`)}, ${what}  ${style.dim(shortHash(header.hash))}`,
    renderVerdict(header),
    renderSetup(header.setup, style),
    items.length === 0 ? 'Nothing may be deleted.' : renderItems(items),
    renderKept(kept),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
