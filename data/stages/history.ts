/** journal → history: what became of one person or class, from the readings that are kept and the plans that were applied. */
import {
  selectAnswersAbout,
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
  /** How many readings are kept; older ones say nothing any more. */
  readonly readings: number;
  readonly changes: readonly ReadingChange[];
  /** Plans that tried something, with what they tried. */
  readonly plans: readonly { readonly story: PlanStory; readonly tried: readonly AppliedChange[] }[];
  readonly answers: readonly AnswerAbout[];
}

async function readingsOf(journal: Journal, { kind, externalId }: Subject): Promise<SubjectReading[]> {
  const of = kind === 'person' ? 'person' : 'group';
  const readings: SubjectReading[] = [];
  for (const { id, sealedAt } of await selectKeptSnapshots(journal)) {
    const record = await readRecord(journal, id, of, externalId);
    const others = record === null ? [] : await readMemberships(journal, id, of, externalId);
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
  const readings = await readingsOf(journal, subject);
  const tried = byPlan(await selectTriedChangesAbout(journal, subject.externalId));
  const stories = await planStories(journal, [...tried.keys()]);
  return {
    subject,
    readings: readings.length,
    changes: diffReadings(readings),
    plans: stories.map((story) => ({ story, tried: tried.get(story.planId) ?? [] })),
    answers: await selectAnswersAbout(journal, subject.externalId),
  };
}
