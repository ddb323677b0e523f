/** A plan as text: what would be done, and what would not and why. Pure. */
import type { PlanHeader, PlanProgress, StoredChange } from '../../data/journal/plans.js';
import { noticeCodes } from '../../data/model/notice-codes.js';
import type {
  Change,
  ChangeOperation,
  Kept,
  LinkProposal,
  Notice,
  ReusedCode,
} from '../../data/model/plan.js';
import { KEY_SEPARATOR } from '../../data/model/snapshot.js';
import { alteredWords, clip, count, countOf, printable, when } from './format.js';
import type { GuardVerdict, Season } from '../../data/model/guard.js';
import { renderGuards } from './guards.js';
import { renderCounts } from './run.js';
import type { Style } from './style.js';
import { renderTable, type Cell } from './table.js';
import { levelWords, pluralOf, stateWords } from './words.js';

/** The parts of a plan that are lists. */
export const planLists = ['changes', 'notices', 'kept', 'proposals', 'reused'] as const;
export type PlanList = (typeof planLists)[number];

/** A category's names as Moodle shows them. */
export function categoryPath(path: string): string {
  return path.split(KEY_SEPARATOR).join(' / ');
}

function arrows(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string {
  return Object.entries(after)
    .map(([field, value]) => `${field}: ${before[field] ?? ''} → ${value}`)
    .join('; ');
}

/** Whom or what a change is about, and what it does. */
export function describeChange(change: Change): { readonly who: string; readonly what: string } {
  switch (change.kind) {
    case 'category':
      return { who: '', what: categoryPath(change.path) };
    case 'enrolment':
      return {
        who: change.person,
        what: change.operation === 'create' ? `in ${change.group} as ${change.role}` : `in ${change.group}`,
      };
    case 'user':
      return { who: change.externalId, what: describeUser(change) };
    case 'course':
      return { who: change.externalId, what: describeCourse(change) };
  }
}

function describeUser(change: Extract<Change, { kind: 'user' }>): string {
  if ('after' in change) return arrows(change.before, change.after);
  if (change.operation === 'remove' || !('values' in change))
    return `Moodle account ${change.moodleId} (${change.username})`;
  const { firstname, lastname, username, email } = change.values;
  const name = `${firstname} ${lastname}`;
  if (change.operation === 'link') return `Moodle account ${change.moodleId} (${change.username}) is ${name}`;
  return `${name}, ${change.userType}, login ${username}, ${email}${change.withPassword ? ', with password' : ''}`;
}

function describeCourse(change: Extract<Change, { kind: 'course' }>): string {
  switch (change.operation) {
    case 'create':
      return `${change.values.fullname} (${change.values.shortname}), ${change.values.format}, in ${categoryPath(change.categoryPath)}${change.values.visible ? '' : ', hidden'}`;
    case 'link':
      return `Moodle course ${change.moodleId} (${change.shortname}) is ${change.className}`;
    default:
      return 'after' in change
        ? arrows(change.before, change.after)
        : `Moodle course ${change.moodleId} (${change.shortname})`;
  }
}

const titles: Readonly<Record<ChangeOperation, string>> = {
  create: 'create',
  link: 'link',
  update: 'update',
  archive: 'keep',
  suspend: 'suspend',
  reactivate: 'reactivate',
  hide: 'hide',
  show: 'show',
  remove: 'take back',
  unlink: 'unlink',
  restore: 'restore',
};

/** One change on one line. */
export function renderChange({ change, state, reason }: StoredChange): string {
  const { who, what } = describeChange(change);
  const done = state === 'pending' ? '' : `  [${stateWords[state]}${reason === null ? '' : `: ${reason}`}]`;
  const action = `${titles[change.operation]} ${change.kind}`;
  return `${String(change.seq).padStart(7)}  ${action.padEnd(16)}  ${clip(printable(who), 30).padEnd(12)}  ${clip(printable(what), 120)}${done}`;
}

function subjectOf({ kind, subject, person }: Notice): string {
  if (kind === 'category') return categoryPath(subject);
  return person === undefined ? subject : `${person} in ${subject}`;
}

function waitingEnrolments({ enrolments = 0 }: Notice): string {
  return enrolments === 0 ? '' : ` ${countOf(enrolments, 'enrolment')} wait for it.`;
}

/** What is not done, one line each. */
export function renderNotices(notices: readonly Notice[]): string {
  const rows = notices.map((notice): Cell[] => [
    `  ${notice.kind}`,
    subjectOf(notice),
    notice.moodleIds.length === 0 ? '' : `Moodle ${notice.moodleIds.slice(0, 5).join(', ')}`,
    noticeCodes[notice.code] + waitingEnrolments(notice),
  ]);
  return renderTable([{ title: '' }, { title: '' }, { title: '' }, { title: '', limit: 150 }], rows);
}

/** Notices of one cause. */
export interface NoticeGroup {
  readonly code: Notice['code'];
  readonly level: Notice['level'];
  readonly what: string;
  readonly count: number;
  readonly examples: readonly Notice[];
}

/** One group per cause, most frequent first [T42]. */
export function groupNotices(notices: readonly Notice[], examples: number): NoticeGroup[] {
  const groups = new Map<string, NoticeGroup & { count: number; examples: Notice[] }>();
  for (const notice of notices) {
    const { code, level } = notice;
    const key = `${level} ${code}`;
    const group = groups.get(key) ?? { code, level, what: noticeCodes[code], count: 0, examples: [] };
    groups.set(key, group);
    group.count += 1;
    if (group.examples.length < examples) group.examples.push(notice);
  }
  return [...groups.values()].sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

/** Causes with a few examples of each. */
export function renderNoticeGroups(groups: readonly NoticeGroup[], style: Style): string {
  return groups
    .map((group) =>
      [
        `${style.bold(`${count(group.count)} × ${group.code}`)}  ${levelWords[group.level]}`,
        renderNotices(group.examples),
        ...(group.count > group.examples.length
          ? [`  … and ${count(group.count - group.examples.length)} more`]
          : []),
      ].join('\n'),
    )
    .join('\n');
}

export function renderKept(kept: readonly Kept[]): string {
  const rows = kept.map((one): Cell[] => [
    `  ${one.kind}`,
    one.person === undefined ? one.subject : `${one.person} in ${one.subject}`,
    `Moodle ${one.moodleId}`,
  ]);
  return renderTable([{ title: '' }, { title: '' }, { title: '' }], rows);
}

const evidenceWords: Readonly<Record<LinkProposal['evidence'][number], string>> = {
  login: 'same login',
  email: 'same e-mail address',
  shortname: 'same short name',
  name: 'same name',
  relink: 'was linked before',
  nsn: 'same National Student Number',
  'similar-name': 'nobody else is called so',
  'id-change': 'the External ID may have changed',
  'came-back': 'left earlier and may have come back',
  merged: 'a merge tool in Moodle put the linked account into this one',
  members: 'more than half of the students are the same',
};

/** Evidence in words. */
export function describeEvidence(proposal: LinkProposal): string {
  return proposal.evidence.map((one) => evidenceWords[one]).join(', ');
}

export function renderProposals(proposals: readonly LinkProposal[]): string {
  const rows = proposals.map((one): Cell[] => [
    `  ${one.kind}`,
    one.externalId,
    `Moodle ${one.moodleId}`,
    describeEvidence(one),
  ]);
  return renderTable([{ title: '' }, { title: '' }, { title: '' }, { title: '' }], rows);
}

export function renderReused(reused: readonly ReusedCode[]): string {
  const rows = reused.map((one): Cell[] => [
    `  ${one.group}`,
    `Moodle course ${one.courseId}`,
    `${count(one.studentsLeft)} of ${countOf(one.studentsBefore, 'student')} left`,
  ]);
  return renderTable([{ title: '' }, { title: '' }, { title: '' }], rows);
}

/** A plan without changes may still have something that waits for a person. */
function nothingToWrite({ counts }: PlanHeader): string {
  const waits = ['conflict', 'held'].some((level) => (counts[`notice.${level}`] ?? 0) > 0);
  return waits
    ? 'Nothing can be written now; what waits for an answer or a mend is listed.'
    : 'Nothing to do: Moodle has everything.';
}

/** Id, hash, counts, and how far it is applied. @param altered when somebody was taken out of its snapshot */
export function renderPlanHead(
  header: PlanHeader,
  progress: PlanProgress,
  season: Season,
  style: Style,
  altered: string | null = null,
  guards: readonly GuardVerdict[] = [],
): string {
  const changes = Object.values(progress).reduce((sum, value) => sum + value, 0);
  const begun = changes > progress.pending;
  const run = header.runId === null ? 'a dry run: it cannot be approved' : `of run ${header.runId}`;
  const state = Object.entries(progress)
    .filter(([, value]) => value > 0)
    .map(([name, value]) => `${count(value)} ${stateWords[name as keyof PlanProgress]}`);
  return [
    `${style.bold(`Plan ${header.id}`)}  ${run}, from snapshot ${header.snapshotId}${alteredWords(altered)}, ${when(header.sealedAt)}, Moodle ${printable(header.moodleRelease)}`,
    style.dim(`Hash ${header.hash}`),
    changes === 0 ? nothingToWrite(header) : countOf(changes, 'change'),
    renderCounts(header.counts),
    renderGuards(guards, header.counts, season, style),
    ...(header.satisfied > 0 ? [`  Enrolments that are right already: ${count(header.satisfied)}`] : []),
    ...(begun ? [`Applied so far: ${state.join(', ')}`] : []),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** "users and courses", for headings of what is kept. */
export function keptHeading(kept: readonly Kept[]): string {
  const kinds = [...new Set(kept.map((one) => pluralOf(one.kind)))].join(', ');
  return `Left as it is (${kinds}): in Moodle by our doing, no longer in KnowledgeNET`;
}
