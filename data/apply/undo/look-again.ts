/**
 * The last look before COMMIT. An account's or course's own row is locked while it goes, but nothing keeps Moodle from
 * writing a row elsewhere that names it: its databases have no foreign keys (contract §11). What was committed by others
 * since the proof is seen here; the batch is rolled back, and its next attempt proves again.
 */
import { findPairs, findReferred } from '../../moodle/use/references.js';
import { levels, selectContexts } from '../../moodle/sql/context.js';
import { selectWithinCategories } from '../../moodle/sql/inserted.js';
import type { LookedEnrolment } from '../../moodle/use/enrolments.js';
import type { BatchContext } from '../batch.js';
import { referencesOf } from './references.js';

/** Somebody began to use what this batch has deleted. */
export class UsedMeanwhile extends Error {
  override readonly name = 'UsedMeanwhile';
}

/** Ids of rows that the batch has deleted. */
export interface Gone {
  readonly user?: readonly number[];
  readonly course?: readonly number[];
  readonly context?: readonly number[];
}

/** @throws UsedMeanwhile when any row of any table names what is gone; our own rows are gone with it. */
export async function refuseReferred(context: BatchContext, gone: Gone): Promise<void> {
  const { db, site } = context.write;
  const found = await findReferred(db, site, await referencesOf(context), gone, 'all');
  if (found.user.size + found.course.size + found.context.size > 0) throw new UsedMeanwhile();
}

/** @throws UsedMeanwhile when anything was put into a category that is gone */
export async function refuseFilled(context: BatchContext, categoryIds: readonly number[]): Promise<void> {
  const { db, site } = context.write;
  if ((await selectWithinCategories(db, site, categoryIds)).length > 0) throw new UsedMeanwhile();
}

/** @throws UsedMeanwhile when a person has a row by now in the course that the person's enrolment is gone from */
export async function refusePairs(context: BatchContext, gone: readonly LookedEnrolment[]): Promise<void> {
  if (gone.length === 0) return;
  const { db, site } = context.write;
  const references = await referencesOf(context);
  const users = [...new Set(gone.map(({ row }) => row.userid))];
  const courses = [...new Set(gone.map(({ row }) => row.courseid))];
  const contextOf = new Map(
    (await selectContexts(db, site, levels.course, courses)).map((row) => [row.instanceid, row.id]),
  );
  const used = await findPairs(db, site, references.paths, users, courses);
  const inContext = await findPairs(db, site, references.contextPaths, users, [...contextOf.values()]);
  const isUsed = ({ row: { userid, courseid } }: LookedEnrolment): boolean =>
    used.has(`${userid}:${courseid}`) || inContext.has(`${userid}:${contextOf.get(courseid) ?? 0}`);
  if (gone.some(isUsed)) throw new UsedMeanwhile();
}
