/** journal → history: what became of one person or class, from the readings that are kept and the plans that were applied. */
import {
  selectAnswersAbout,
  selectEarlierIds,
  selectKeptSnapshots,
  selectTriedChangesAbout,
  type AnswerAbout,
  type AppliedChange,
} from '../journal/about.js';
import type { Journal } from '../journal/journal.js';
import { readMemberships, readRecord } from '../journal/snapshot-subjects.js';
import { diffReadings, type ReadingChange, type SubjectReading } from '../rules/history/readings.js';
import type { Subject } from '../rules/explain/subjects.js';
import { planStories, type PlanStory } from './explain.js';

export interface SubjectHistory {
  readonly subject: Subject;
  /** Under which External IDs it was known before, the newest first. */
  readonly earlierIds: readonly string[];
  /** How many readings are kept; older ones say nothing any more. */
  readonly readings: number;
  readonly changes: readonly ReadingChange[];
  /** Plans that tried something, with what they tried. */
  readonly plans: readonly { readonly story: PlanStory; readonly tried: readonly AppliedChange[] }[];
  readonly answers: readonly AnswerAbout[];
}

async function readingsOf(
  journal: Journal,
  kind: Subject['kind'],
  ids: readonly string[],
): Promise<SubjectReading[]> {
  const of = kind === 'person' ? 'person' : 'group';
  const readings: SubjectReading[] = [];
  for (const { id, sealedAt } of await selectKeptSnapshots(journal)) {
    let record: Awaited<ReturnType<typeof readRecord>> = null;
    for (const known of ids) record ??= await readRecord(journal, id, of, known);
    const others = record === null ? [] : await readMemberships(journal, id, of, record.externalId);
    readings.push({ snapshotId: id, at: sealedAt, record: record as SubjectReading['record'], others });
  }
  return readings;
}

function byPlan(tried: readonly AppliedChange[]): Map<number, AppliedChange[]> {
  const plans = new Map<number, AppliedChange[]>();
  for (const one of tried) {
    const list = plans.get(one.planId);
    if (list === undefined) plans.set(one.planId, [one]);
    else list.push(one);
  }
  return plans;
}

/** Everything that the journal still has about somebody or something, oldest first. */
export async function subjectHistory(journal: Journal, subject: Subject): Promise<SubjectHistory> {
  const { kind, externalId } = subject;
  const earlierIds = await selectEarlierIds(journal, kind === 'person' ? 'user' : 'course', externalId);
  const ids = [externalId, ...earlierIds];
  const readings = await readingsOf(journal, kind, ids);
  const changes: AppliedChange[] = [];
  const answers: AnswerAbout[] = [];
  for (const id of ids) {
    changes.push(...(await selectTriedChangesAbout(journal, id)));
    answers.push(...(await selectAnswersAbout(journal, id)));
  }
  const tried = byPlan(changes.sort((a, b) => a.planId - b.planId || a.change.seq - b.change.seq));
  const stories = await planStories(journal, [...tried.keys()]);
  return {
    subject,
    earlierIds,
    readings: readings.length,
    changes: diffReadings(readings),
    plans: stories.map((story) => ({ story, tried: tried.get(story.planId) ?? [] })),
    answers: answers.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
  };
}
