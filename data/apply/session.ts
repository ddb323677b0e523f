/** One writer of one target for as long as an activity attempt lives: a single fenced connection and what it needs to know. */
import type { Knex } from 'knex';
import { openWriter, type DatabaseAddress } from '../database/connect.js';
import { leaveFence, takeFence, type Fence } from '../journal/fence.js';
import { within, type Journal } from '../journal/journal.js';
import { selectManagedCourses, selectManagedUsers } from '../journal/managed.js';
import { selectPlanPurposes } from '../journal/plan-purpose.js';
import { selectCategoryIds } from '../journal/plans.js';
import type { ChangeKind, ManagedCourse, ManagedUser } from '../model/plan.js';
import type { MoodleSite } from '../moodle/site.js';
import type { ApplyPoint } from './points.js';

/** Changes per transaction. */
export const defaultBatch: Readonly<Record<ChangeKind, number>> = {
  category: 500,
  user: 1500,
  course: 500,
  enrolment: 4000,
};

export interface SessionInput {
  readonly address: DatabaseAddress;
  readonly journalSchema: string;
  readonly journal: Journal;
  readonly planId: number;
  readonly site: MoodleSite;
  /** Moodle user id of who our changes are made as; 0 = nobody. */
  readonly actorId: number;
  readonly logEvents: boolean;
  /** IANA zone in which the weeks of new courses are counted. */
  readonly timeZone: string;
  readonly batch: Partial<Record<ChangeKind, number>>;
  readonly onPoint: (point: ApplyPoint) => void | Promise<void>;
}

export interface ApplySession extends Omit<SessionInput, 'batch'> {
  readonly writer: Knex;
  readonly fence: Fence;
  readonly batch: Readonly<Record<ChangeKind, number>>;
  /** What is ours as of the last commit; batches add to it after theirs. */
  readonly managedUsers: Map<string, ManagedUser>;
  readonly managedCourses: Map<string, ManagedCourse>;
  /** Path → id of categories that this plan made or found. */
  readonly categoryIds: Map<string, number>;
  /** Whether the plan takes a run back. */
  readonly isUndo: boolean;
}

/** Connects, takes the fence and reads what is ours. Close it whatever happens. */
export async function openSession(input: SessionInput): Promise<ApplySession> {
  const writer = openWriter(input.address, input.journalSchema);
  try {
    const fence = await takeFence(writer, input.journal.targetId);
    const journal = within(input.journal, writer);
    return {
      ...input,
      writer,
      fence,
      journal,
      batch: { ...defaultBatch, ...input.batch },
      managedUsers: await selectManagedUsers(journal),
      managedCourses: await selectManagedCourses(journal),
      categoryIds: await selectCategoryIds(journal, input.planId),
      isUndo: (await selectPlanPurposes(journal, [input.planId])).get(input.planId) === 'undo',
    };
  } catch (error) {
    await writer.destroy();
    throw error;
  }
}

/** Leaves the fence if it is still ours and disconnects. A lost connection has left it already. */
export async function closeSession(session: ApplySession, clean: boolean): Promise<void> {
  try {
    if (clean) await leaveFence(session.writer, session.fence);
  } finally {
    await session.writer.destroy();
  }
}
