/** Gathers what the page of a plan shows. */
import type { Journal } from '../../data/journal/journal.js';
import { selectPlanPurposes } from '../../data/journal/plan-purpose.js';
import { readChanges } from '../../data/journal/plans.js';
import { selectSnapshotHeader } from '../../data/journal/snapshots.js';
import type { Comparison } from '../../data/model/comparison.js';
import { RolloverError } from '../../data/model/errors.js';
import type { Frame } from '../../pages/content.js';
import type { PlanContent } from '../../pages/plan-content.js';
import type { StoredPlan } from '../plan/show.js';
import type { Session } from '../session.js';
import { when } from '../text/format.js';
import { withSides } from '../links/sides.js';
import { alteredFact } from './altered.js';
import { decisionAbout } from './decision.js';
import { guardLine } from './guards.js';
import { bounded, keptItem, noticeCauses, proposalQuestion, reusedQuestion } from './items.js';
import { pageLimits, type PageLimits } from './limits.js';
import { readNames, type Names } from './names.js';
import { PlanViewBuilder } from './plan-views.js';

/** The comparison and hash of a reading, or null when it is not kept any more. */
export async function headerOf(
  journal: Journal,
  snapshotId: number,
): Promise<{
  readonly hash: string;
  readonly altered: string | null;
  readonly comparison: Comparison | null;
} | null> {
  try {
    return await selectSnapshotHeader(journal, snapshotId);
  } catch (error) {
    if (error instanceof RolloverError && error.code === 'SnapshotNotFound') return null;
    throw error;
  }
}

async function frameOf(
  session: Session,
  journal: Journal,
  { header }: StoredPlan,
  snapshot: { readonly hash: string; readonly altered: string | null } | null,
  names: Names,
): Promise<Frame> {
  const { id, runId, snapshotId } = header;
  const never =
    runId === null
      ? 'This is a dry run: nobody is asked about it, and it cannot be approved. Nothing of it is written to Moodle.'
      : 'Nobody has been asked about this plan yet.';
  return {
    school: session.school.name,
    madeAt: when(new Date().toISOString()),
    facts: [
      { label: 'Plan', value: `${id}, computed on ${when(header.sealedAt)}` },
      { label: 'Run', value: runId === null ? 'none: a dry run' : String(runId) },
      {
        label: 'Made from',
        value: `snapshot ${snapshotId} of KnowledgeNET${names.kept ? '' : ', whose names are no longer kept'}`,
      },
      { label: 'Moodle', value: header.moodleRelease },
      ...alteredFact(snapshot?.altered ?? null),
    ],
    hashes: [
      { label: 'Hash of the plan', hash: header.hash },
      ...(snapshot === null ? [] : [{ label: 'Hash of the snapshot', hash: snapshot.hash }]),
    ],
    decision: await decisionAbout(session, journal, { kind: 'plan', id }, never),
    commands: [
      {
        what: 'Every change of this plan, for a spreadsheet:',
        command: `${session.command(`plan ${id} --csv`)} > plan.csv`,
      },
      {
        what: 'What was found in the reading:',
        command: session.command(`findings ${snapshotId} --html findings.html`),
      },
    ],
  };
}

/** Everything of the journal that the page shows. */
export async function gatherPlan(
  session: Session,
  journal: Journal,
  plan: StoredPlan,
  limits: PageLimits = pageLimits,
): Promise<PlanContent> {
  const { header, progress, season, items } = plan;
  const [notices, kept, proposals, reused] = [
    await items.notices(),
    await items.kept(),
    await items.proposals(),
    await items.reused(),
  ];
  const purpose = (await selectPlanPurposes(journal, [header.id])).get(header.id) ?? 'apply';
  // who has left is only in the reading before
  const names = await readNames(journal, header.snapshotId, kept.length > 0 || purpose !== 'apply');
  const snapshot = await headerOf(journal, header.snapshotId);
  const listed = (list: string): string => session.command(`plan ${header.id} --list ${list}`);
  const shown = names.kept
    ? await withSides(
        journal,
        { planId: header.id, snapshotId: header.snapshotId },
        proposals.slice(0, limits.list),
      )
    : proposals.map((one) => ({ ...one, knowledgenet: null, moodle: null }));
  const builder = new PlanViewBuilder(names, false, purpose);
  for await (const page of readChanges(journal, header.id)) for (const stored of page) builder.add(stored);
  for (const notice of notices) builder.addNotice(notice);
  return {
    frame: await frameOf(session, journal, plan, snapshot, names),
    planId: header.id,
    purpose,
    counts: header.counts,
    satisfied: header.satisfied,
    changes: Object.values(progress).reduce((sum, value) => sum + value, 0),
    pending: progress.pending,
    guards: (await items.guards()).map((verdict) => guardLine(verdict, names)),
    season,
    comparison: snapshot?.comparison ?? null,
    proposals: {
      ...bounded(shown, limits.list, listed('proposals'), (one) => proposalQuestion(one, names)),
      total: proposals.length,
    },
    reused: bounded(reused, limits.list, listed('reused'), (one) => reusedQuestion(one, names)),
    answerQuestions: {
      what: 'The questions, and the commands that answer them:',
      command: session.command('links'),
    },
    causes: noticeCauses(notices, names, limits.perCause, listed('notices')),
    kept: bounded(kept, limits.list, listed('kept'), (one) => keptItem(one, names)),
    views: builder.views(limits, listed('changes')),
  };
}
