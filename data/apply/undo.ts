/** What only an undo changes, handed to its writers. */
import type { Change, UserUpdate } from '../model/plan.js';
import type { UserRestore } from '../model/undo.js';
import type { BatchContext, BatchOutcome } from './batch.js';
import { removeCategories } from './undo/categories.js';
import { removeCourses, restoreCourses, unlinkCourses } from './undo/courses.js';
import { removeEnrolments } from './undo/enrolments.js';
import { removeUsers, unlinkUsers } from './undo/users.js';
import { updateUsers } from './users.js';

/** Values come back by the very code, and with the very checks, with which KN's values go into Moodle. */
function toUpdate(change: UserRestore): UserUpdate {
  return { ...change, operation: 'update' };
}

/** Applies changes of one kind and operation; null when they are not an undo's. */
export async function applyUndoRun(
  context: BatchContext,
  changes: readonly Change[],
): Promise<BatchOutcome | null> {
  const of = <C extends Change>(kind: C['kind'], operation: C['operation']): C[] =>
    changes.filter((change): change is C => change.kind === kind && change.operation === operation);
  const [first] = changes;
  switch (`${first?.kind}.${first?.operation}`) {
    case 'enrolment.remove':
      return removeEnrolments(context, of('enrolment', 'remove'));
    case 'course.remove':
      return removeCourses(context, of('course', 'remove'));
    case 'course.unlink':
      return unlinkCourses(context, of('course', 'unlink'));
    case 'course.restore':
      return restoreCourses(context, of('course', 'restore'));
    case 'user.remove':
      return removeUsers(context, of('user', 'remove'));
    case 'user.unlink':
      return unlinkUsers(context, of('user', 'unlink'));
    case 'user.restore':
      return updateUsers(context, of<UserRestore>('user', 'restore').map(toUpdate));
    case 'category.remove':
      return removeCategories(context, of('category', 'remove'));
    default:
      return null;
  }
}
