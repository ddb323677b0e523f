/** Taking back what a run did to courses. Pure. */
import type { NoticeCode } from '../../model/notice-codes.js';
import type { Change, CourseArchive, CourseCreate, CourseLink } from '../../model/plan.js';
import type { CourseHide } from '../../model/removal.js';
import { isWithdrawn, note, plan, planRemoval, useNotices, rowKey, without, type Undoing } from './draft.js';
import type { Done, UndoCourse } from './undo-input.js';

type CourseChange = Extract<Change, { kind: 'course' }>;
type Of<O extends CourseChange['operation']> = Extract<CourseChange, { operation: O }>;

/** Why nothing at all is done to a course, or null. */
function objection(undoing: Undoing, { moodleId }: Done, course: UndoCourse | undefined): NoticeCode | null {
  if (undoing.input.deleted.has(rowKey('course', moodleId))) return 'undo-deleted';
  if (course === undefined) return 'course-gone';
  const ours = undoing.input.ours.courses.get(moodleId);
  if (ours === undefined) return 'link-broken';
  return ours.timecreated === course.timecreated ? null : 'link-restored';
}

/** Hidden or shown before any code changes, so it is named by the one that it has now. */
function namedNow(
  undoing: Undoing,
  course: UndoCourse,
): Pick<CourseHide, 'externalId' | 'shortname' | 'moodleId'> {
  const {
    id: moodleId,
    shortname,
    idnumber: externalId,
  } = undoing.input.state.courses.get(course.id) ?? course;
  return { externalId, shortname, moodleId };
}

function hide(undoing: Undoing, done: Done, course: UndoCourse): void {
  plan(undoing, done, {
    kind: 'course',
    operation: 'hide',
    ...namedNow(undoing, course),
    cause: 'undone',
  });
  undoing.courses.set(course.id, { ...course, visible: false });
}

function isAsWritten({ values }: CourseCreate, course: UndoCourse): boolean {
  const fields = ['fullname', 'shortname', 'idnumber'] as const;
  return fields.every((name) => course[name] === values[name]);
}

function undoCreate(undoing: Undoing, done: Done, course: UndoCourse, change: CourseCreate): void {
  if (course.idnumber !== change.externalId) return note(undoing, done, 'link-broken');
  const inserted = undoing.input.state.inserted.courses.get(course.id) ?? { use: 'used', enrolments: [] };
  const alone = inserted.enrolments.every((id) => undoing.gone.has(rowKey('enrolment', id)));
  const use = !isAsWritten(change, course) && inserted.use === 'unused' ? 'changed' : inserted.use;
  if (use === 'unused' && alone) {
    const now = undoing.input.state.courses.get(course.id) ?? course;
    const { shortname, fullname, idnumber, category } = now;
    planRemoval(undoing, done, {
      kind: 'course',
      operation: 'remove',
      externalId: change.externalId,
      shortname,
      values: { ...change.values, shortname, fullname, idnumber },
      categoryId: category,
      moodleId: course.id,
    });
    undoing.courses.delete(course.id);
    return;
  }
  note(undoing, done, useNotices[use === 'unused' ? 'used' : use]);
  if (course.visible) hide(undoing, done, course);
}

function undoLink(undoing: Undoing, done: Done, course: UndoCourse, change: CourseLink): void {
  if (course.idnumber !== change.externalId) return note(undoing, done, 'link-broken');
  const idnumber = change.idnumberBefore;
  plan(undoing, done, {
    kind: 'course',
    operation: 'unlink',
    externalId: change.externalId,
    shortname: course.shortname,
    moodleId: course.id,
    before: { idnumber: course.idnumber },
    after: { idnumber },
  });
  undoing.courses.set(course.id, { ...course, idnumber });
}

/** Whether another course has an idnumber, as things would be by then. */
function isTaken({ courses, input }: Undoing, idnumber: string, but: number): boolean {
  const own = [...input.ours.courses.values()].find((one) => one.externalId === idnumber);
  if (own !== undefined && own.moodleId !== but && courses.has(own.moodleId)) return true;
  return [...courses.values()].some((one) => one.id !== but && one.idnumber === idnumber);
}

function restore(
  undoing: Undoing,
  done: Done,
  course: UndoCourse,
  { before, after }: CourseArchive | Of<'update'> | Of<'restore'>,
): void {
  const fields = ['fullname', 'idnumber'] as const;
  const wrote: Partial<Record<'fullname' | 'idnumber', string>> = after;
  const had: Partial<Record<'fullname' | 'idnumber', string>> = before;
  const names = fields.filter((name) => wrote[name] !== undefined);
  if (names.some((name) => course[name] !== wrote[name]))
    return note(undoing, done, 'value-changed-in-moodle');
  if (had.idnumber !== undefined && isTaken(undoing, had.idnumber, course.id))
    return note(undoing, done, 'undo-occupied');
  plan(undoing, done, {
    kind: 'course',
    operation: 'restore',
    externalId: course.idnumber,
    moodleId: course.id,
    before: wrote,
    after: had,
  });
  undoing.courses.set(course.id, { ...course, ...had });
}

function undoStanding(
  undoing: Undoing,
  done: Done,
  course: UndoCourse,
  change: Of<'hide'> | Of<'show'>,
): void {
  if (change.operation === 'show') {
    if (!course.visible) return note(undoing, done, 'value-changed-in-moodle');
    return hide(undoing, done, course);
  }
  if (course.visible || !isWithdrawn(undoing, 'course', course.id))
    return note(undoing, done, 'withdrawal-undone');
  plan(undoing, done, { kind: 'course', operation: 'show', ...namedNow(undoing, course) });
  undoing.courses.set(course.id, { ...course, visible: true });
}

/** A course that an undo removed is made again, in its category if that is there or comes back too. */
function redoCreate(undoing: Undoing, done: Done, origin: CourseCreate, categoryId: number): void {
  const isThere = undoing.input.state.categories.has(categoryId);
  if (!isThere && !undoing.paths.has(origin.categoryPath)) return note(undoing, done, 'course-missing');
  const draft = without(origin, 'seq', 'categoryId');
  plan(undoing, done, isThere ? { ...draft, categoryId } : draft);
}

function redo(undoing: Undoing, done: Done, change: Of<'remove'> | Of<'unlink'>): void {
  const origin = done.tookBack
    .map((one) => one.change)
    .find(
      (one): one is CourseCreate | CourseLink =>
        one.kind === 'course' && one.operation === (change.operation === 'remove' ? 'create' : 'link'),
    );
  if (origin === undefined) return note(undoing, done, 'course-gone');
  if (isTaken(undoing, change.externalId, done.moodleId)) return note(undoing, done, 'undo-occupied');
  if (change.operation === 'remove') {
    if (origin.operation !== 'create') return note(undoing, done, 'course-gone');
    return redoCreate(undoing, done, { ...origin, values: change.values }, change.categoryId);
  }
  const course = undoing.courses.get(done.moodleId);
  if (origin.operation !== 'link' || course === undefined) return note(undoing, done, 'course-gone');
  if (course.idnumber !== origin.idnumberBefore) return note(undoing, done, 'link-broken');
  plan(undoing, done, without(origin, 'seq'));
}

export function undoCourse(undoing: Undoing, done: Done, change: CourseChange): void {
  if (change.operation === 'remove' || change.operation === 'unlink') return redo(undoing, done, change);
  const course = undoing.courses.get(done.moodleId);
  const code = objection(undoing, done, course);
  if (code !== null || course === undefined) return note(undoing, done, code ?? 'course-gone');
  switch (change.operation) {
    case 'create':
      return undoCreate(undoing, done, course, change);
    case 'link':
      return undoLink(undoing, done, course, change);
    case 'update':
    case 'archive':
    case 'restore':
      return restore(undoing, done, course, change);
    case 'hide':
    case 'show':
      return undoStanding(undoing, done, course, change);
  }
}
