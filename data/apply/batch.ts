/**
 * One batch is one transaction (rule 3 of the protocol): target row lock → pending changes in order → re-reads of what a
 * person may have changed → Moodle's rows → signals to running Moodles → changes marked with their ids → provenance.
 * The journal is the cursor: a COMMIT of unknown outcome is a retry that starts by selecting pending changes.
 */
import type { Knex } from 'knex';
import { isDuplicateKey } from '../database/errors.js';
import { lockTarget } from '../journal/fence.js';
import { within, type Journal } from '../journal/journal.js';
import { markChanges, selectPendingChanges, type ChangeResult } from '../journal/plans.js';
import { markUndone } from '../journal/undo.js';
import { RolloverError } from '../model/errors.js';
import type { Change, UserUpdate } from '../model/plan.js';
import type { UserRestore } from '../model/undo.js';
import { selectDatabaseTime } from '../moodle/reread.js';
import type { WriteContext } from '../moodle/write/context.js';
import { applyCategories } from './categories.js';
import { archiveCourses, createCourses, linkCourses, updateCourses } from './courses.js';
import { applyEnrolments } from './enrolments.js';
import type { ApplySession } from './session.js';
import { hideCourses, showCourses } from './standing-courses.js';
import { reactivateEnrolments, suspendEnrolments } from './standing-enrolments.js';
import { reactivateUsers, suspendUsers } from './standing-users.js';
import { applyUndoRun } from './undo.js';
import { UsedMeanwhile } from './undo/look-again.js';
import { createUsers, linkUsers, updateUsers } from './users.js';

/** What the parts of a batch are given. */
export interface BatchContext {
  readonly session: ApplySession;
  /** Journal inside the transaction. */
  readonly journal: Journal;
  readonly write: WriteContext;
}

/** What a part of a batch did. */
export interface BatchOutcome {
  readonly results: readonly ChangeResult[];
  /** Brings the session's knowledge up to date; called after COMMIT only. */
  readonly committed: () => void;
  /** The last look before COMMIT. @throws UsedMeanwhile: the batch is tried again */
  readonly confirm?: () => Promise<void>;
}

export type BatchEnd = 'more' | 'done' | 'paused';

/** Attempts of one batch that somebody came in between: who it was is found by re-reading, so few are needed. */
const DUPLICATE_ATTEMPTS = 5;

/** Whether a change sets values of an account. */
function hasValues(change: Extract<Change, { kind: 'user' }>): change is UserUpdate | UserRestore {
  return change.operation === 'update' || change.operation === 'restore';
}

/** Whether an update takes a login or an e-mail address that an earlier one of the same batch only just gives up. */
function leansOn(change: Change, before: readonly Change[]): boolean {
  if (change.kind !== 'user' || !hasValues(change)) return false;
  const { username, email } = change.after;
  return before.some(
    (earlier) =>
      earlier.kind === 'user' &&
      hasValues(earlier) &&
      ((username !== undefined && earlier.before.username === username) ||
        (email !== undefined && earlier.before.email === email)),
  );
}

/** The leading changes of one kind and operation that do not lean on each other, no more than a batch of that kind holds. */
export function leadingRun(changes: readonly Change[], sizes: ApplySession['batch']): Change[] {
  const [first] = changes;
  const run: Change[] = [];
  if (first === undefined) return run;
  const limit = Math.max(1, sizes[first.kind]);
  for (const change of changes) {
    const alike = change.kind === first.kind && change.operation === first.operation;
    if (run.length >= limit || !alike || leansOn(change, run)) break;
    run.push(change);
  }
  return run;
}

/** Hands changes of one kind and operation to their writer. */
async function applyRun(context: BatchContext, changes: readonly Change[]): Promise<BatchOutcome> {
  const of = <C extends Change>(kind: C['kind'], operation: C['operation']): C[] =>
    changes.filter((change): change is C => change.kind === kind && change.operation === operation);
  const [first] = changes;
  switch (`${first?.kind}.${first?.operation}`) {
    case 'category.create':
      return applyCategories(context, of('category', 'create'));
    case 'user.create':
      return createUsers(context, of('user', 'create'));
    case 'user.link':
      return linkUsers(context, of('user', 'link'));
    case 'user.update':
      return updateUsers(context, of('user', 'update'));
    case 'user.suspend':
      return suspendUsers(context, of('user', 'suspend'));
    case 'user.reactivate':
      return reactivateUsers(context, of('user', 'reactivate'));
    case 'course.create':
      return createCourses(context, of('course', 'create'));
    case 'course.link':
      return linkCourses(context, of('course', 'link'));
    case 'course.update':
      return updateCourses(context, of('course', 'update'));
    case 'course.archive':
      return archiveCourses(context, of('course', 'archive'));
    case 'course.hide':
      return hideCourses(context, of('course', 'hide'));
    case 'course.show':
      return showCourses(context, of('course', 'show'));
    case 'enrolment.create':
      return applyEnrolments(context, of('enrolment', 'create'));
    case 'enrolment.suspend':
      return suspendEnrolments(context, of('enrolment', 'suspend'));
    case 'enrolment.reactivate':
      return reactivateEnrolments(context, of('enrolment', 'reactivate'));
    default: {
      const undone = await applyUndoRun(context, changes);
      if (undone !== null) return undone;
      throw new RolloverError('Internal', `No writer for ${first?.kind}.${first?.operation}.`);
    }
  }
}

function doneSeqs(results: readonly ChangeResult[]): number[] {
  return results.filter(({ state }) => state !== 'conflict').map(({ seq }) => seq);
}

/** A committed batch. */
export interface Batch {
  readonly end: BatchEnd;
  /** One for each change that is pending no longer. */
  readonly results: readonly ChangeResult[];
}

interface Attempt extends Batch {
  readonly committed: () => void;
}

const without = (end: BatchEnd): Attempt => ({ end, results: [], committed: () => undefined });

async function attempt(session: ApplySession, tx: Knex): Promise<Attempt> {
  if ((await lockTarget(tx, session.fence)) === 'pause') return without('paused');
  const journal = within(session.journal, tx);
  const largest = Math.max(...Object.values(session.batch));
  const changes = leadingRun(await selectPendingChanges(journal, session.planId, largest), session.batch);
  if (changes.length === 0) return without('done');
  const { site, actorId, logEvents } = session;
  const write: WriteContext = {
    db: tx,
    site,
    actorId,
    logEvents,
    origin: 'cli',
    now: await selectDatabaseTime(tx),
  };
  const { results, committed, confirm } = await applyRun({ session, journal, write }, changes);
  await session.onPoint('after-moodle-rows');
  await markChanges(journal, session.planId, results);
  if (session.isUndo) await markUndone(journal, session.planId, doneSeqs(results));
  await confirm?.();
  await session.onPoint('before-commit');
  return { end: 'more', results, committed };
}

/**
 * Applies the next batch.
 *
 * @throws RolloverError Fenced, LockContention, DatabaseUnavailable: nothing of the batch was written, or all of it.
 */
export async function applyBatch(session: ApplySession): Promise<Batch> {
  await session.onPoint('before-batch');
  for (let tries = 1; ; tries++) {
    try {
      const { committed, ...batch } = await session.writer.transaction((tx) => attempt(session, tx));
      committed();
      await session.onPoint('after-commit');
      return batch;
    } catch (error) {
      // Somebody took the login or the enrolment while we wrote: the batch was rolled back; re-reading names the offender.
      // Or somebody began to use what an undo removes: proved again, it stays.
      const again = isDuplicateKey(error) || error instanceof UsedMeanwhile;
      if (!again || tries >= DUPLICATE_ATTEMPTS) throw error;
    }
  }
}
