/** Prints a stored plan: its beginning for people, whole lists for whoever asks, page by page. */
import type { PlanHeader, PlanProgress, StoredChange } from '../../data/journal/plans.js';
import { selectAltered } from '../../data/forgetting/pages.js';
import type { GuardVerdict, Season } from '../../data/model/guard.js';
import { noticeCodes } from '../../data/model/notice-codes.js';
import {
  changeKinds,
  type Change,
  type Kept,
  type LinkProposal,
  type Notice,
  type ReusedCode,
} from '../../data/model/plan.js';
import { onePage, writeCsv, type CsvCell } from '../csv.js';
import type { Output } from '../output.js';
import type { Session } from '../session.js';
import { count, toIso } from '../text/format.js';
import {
  categoryPath,
  describeChange,
  groupNotices,
  keptHeading,
  renderChange,
  renderKept,
  renderNoticeGroups,
  renderNotices,
  renderPlanHead,
  renderProposals,
  renderReused,
  type PlanList,
} from '../text/plan.js';

/** A plan of the journal; lists are read when they are needed. */
export interface StoredPlan {
  readonly header: PlanHeader;
  readonly progress: PlanProgress;
  /** What is usual depends on it. */
  readonly season: Season;
  readonly changes: () => AsyncIterable<StoredChange[]>;
  readonly items: {
    readonly notices: () => Promise<readonly Notice[]>;
    readonly kept: () => Promise<readonly Kept[]>;
    readonly proposals: () => Promise<readonly LinkProposal[]>;
    readonly reused: () => Promise<readonly ReusedCode[]>;
    readonly guards: () => Promise<readonly GuardVerdict[]>;
  };
}

/** Lines of each list that are shown with the plan. */
const SHOWN = 20;
/** Lines of each kind of change, and notices of each cause. */
const EXAMPLES = 5;

/** The first changes of each kind and operation. Changes are ordered by kind, so little of a long plan is read. */
async function firstChanges(plan: StoredPlan): Promise<StoredChange[]> {
  const wanted = new Map<string, number>();
  for (const [name, number] of Object.entries(plan.header.counts))
    if (changeKinds.some((kind) => name.startsWith(`${kind}.`))) wanted.set(name, Math.min(number, EXAMPLES));
  const shown: StoredChange[] = [];
  for await (const page of plan.changes()) {
    for (const stored of page) {
      const name = `${stored.change.kind}.${stored.change.operation}`;
      const left = wanted.get(name) ?? 0;
      if (left === 0) continue;
      shown.push(stored);
      wanted.set(name, left - 1);
    }
    if ([...wanted.values()].every((left) => left === 0)) break;
  }
  return shown;
}

function totalOf({ progress }: StoredPlan): number {
  return Object.values(progress).reduce((sum, value) => sum + value, 0);
}

function section(title: string, body: string, rest: number, hint: string): string {
  if (body === '') return '';
  return [title, body, ...(rest > 0 ? [`  … and ${count(rest)} more: ${hint}`] : [])].join('\n');
}

/** The plan with the beginning of each list. */
export async function showPlan(session: Session, plan: StoredPlan): Promise<void> {
  const { output } = session;
  const { style } = output;
  const { header, items } = plan;
  const [changes, notices, kept, proposals, reused] = [
    await firstChanges(plan),
    await items.notices(),
    await items.kept(),
    await items.proposals(),
    await items.reused(),
  ];
  const guards = await items.guards();
  const groups = groupNotices(notices, EXAMPLES);
  const altered = await selectAltered(await session.journal(), header.snapshotId);
  const hint = (list: PlanList): string => session.command(`plan ${header.id} --list ${list}`);
  const document = {
    ...header,
    sealedAt: toIso(header.sealedAt),
    snapshotAltered: altered,
    progress: plan.progress,
    guards,
    notices: groups.map(({ code, level, what, count: number }) => ({ code, level, what, count: number })),
    kept: kept.length,
    proposals: proposals.length,
    reused: reused.length,
  };
  await output.show(document, () =>
    [
      renderPlanHead(header, plan.progress, plan.season, style, altered, guards),
      section(
        style.bold('Changes, the first of each kind'),
        changes.map(renderChange).join('\n'),
        totalOf(plan) - changes.length,
        hint('changes'),
      ),
      section(
        style.bold('Not done'),
        renderNoticeGroups(groups, style),
        notices.length - groups.reduce((sum, group) => sum + group.examples.length, 0),
        hint('notices'),
      ),
      section(
        `${style.bold('May be the same; answer with:')} ${session.command('links')}`,
        renderProposals(proposals.slice(0, SHOWN)),
        proposals.length - SHOWN,
        hint('proposals'),
      ),
      section(
        `${style.bold('Class codes used again; answer with:')} ${session.command('links')}`,
        renderReused(reused.slice(0, SHOWN)),
        reused.length - SHOWN,
        hint('reused'),
      ),
      section(
        style.bold(keptHeading(kept)),
        renderKept(kept.slice(0, SHOWN)),
        kept.length - SHOWN,
        hint('kept'),
      ),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  );
}

const renderers = {
  notices: renderNotices,
  kept: renderKept,
  proposals: renderProposals,
  reused: renderReused,
};

async function itemsOf(plan: StoredPlan, list: Exclude<PlanList, 'changes'>): Promise<readonly object[]> {
  return plan.items[list]();
}

function renderItems(list: Exclude<PlanList, 'changes'>, items: readonly object[]): string {
  return items.length === 0 ? 'None.' : renderers[list](items as never);
}

/** One list, whole. */
export async function showPlanList(output: Output, plan: StoredPlan, list: PlanList): Promise<void> {
  const { id, hash } = plan.header;
  if (list === 'changes') {
    if (output.json) await output.list({ planId: id, hash, list }, totalOf(plan), plan.changes());
    else
      for await (const page of plan.changes()) await output.write(`${page.map(renderChange).join('\n')}\n`);
    return;
  }
  const items = await itemsOf(plan, list);
  if (output.json) await output.list({ planId: id, hash, list }, items.length, onePage(items));
  else await output.write(`${renderItems(list, items)}\n`);
}

const changeColumns = ['seq', 'kind', 'operation', 'who', 'what', 'moodleId', 'state', 'reason'];
/** Values of what is created, each in a column of its own. */
const valueColumns = [
  'username',
  'firstname',
  'lastname',
  'email',
  'auth',
  'fullname',
  'shortname',
  'idnumber',
  'category',
  'format',
  'visible',
] as const;

function valuesOf(change: Change): Readonly<Partial<Record<(typeof valueColumns)[number], CsvCell>>> {
  if (change.kind === 'user' && 'values' in change) return change.values;
  if (change.kind === 'course' && change.operation === 'create') {
    const { fullname, shortname, idnumber, format, visible } = change.values;
    return { fullname, shortname, idnumber, format, visible, category: categoryPath(change.categoryPath) };
  }
  return {};
}

function changeRow({ change, state, reason, moodleId }: StoredChange): CsvCell[] {
  const { who, what } = describeChange(change);
  const values = valuesOf(change);
  const first: CsvCell[] = [change.seq, change.kind, change.operation, who, what, moodleId, state, reason];
  return [...first, ...valueColumns.map((column) => values[column])];
}

async function* rowsOf(pages: AsyncIterable<StoredChange[]>): AsyncGenerator<CsvCell[][]> {
  for await (const page of pages) yield page.map(changeRow);
}

function itemRow(list: Exclude<PlanList, 'changes'>, item: object): CsvCell[] {
  switch (list) {
    case 'notices': {
      const { level, code, kind, subject, person, moodleIds } = item as Notice;
      return [level, code, kind, subject, person, moodleIds.join(' '), noticeCodes[code]];
    }
    case 'kept': {
      const { kind, subject, person, moodleId } = item as Kept;
      return [kind, subject, person, moodleId];
    }
    case 'proposals': {
      const { kind, externalId, moodleId, evidence } = item as LinkProposal;
      return [kind, externalId, moodleId, evidence.join(' ')];
    }
    case 'reused': {
      const { group, courseId, studentsBefore, studentsLeft } = item as ReusedCode;
      return [group, courseId, studentsBefore, studentsLeft];
    }
  }
}

const itemColumns: Readonly<Record<Exclude<PlanList, 'changes'>, readonly string[]>> = {
  notices: ['level', 'code', 'kind', 'subject', 'person', 'moodleIds', 'what'],
  kept: ['kind', 'subject', 'person', 'moodleId'],
  proposals: ['kind', 'externalId', 'moodleId', 'evidence'],
  reused: ['class', 'courseId', 'studentsBefore', 'studentsLeft'],
};

/** One list as CSV. */
export async function showPlanCsv(output: Output, plan: StoredPlan, list: PlanList): Promise<void> {
  if (list === 'changes') {
    await writeCsv(output, [...changeColumns, ...valueColumns], rowsOf(plan.changes()));
    return;
  }
  const items = await itemsOf(plan, list);
  await writeCsv(output, itemColumns[list], onePage(items.map((item) => itemRow(list, item))));
}
