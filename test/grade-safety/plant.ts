/** Grades and work as teachers and students leave them, put into a Moodle by hand. */
import { selectManaged } from '../../data/journal/managed.js';
import { eachEnrolment } from '../../data/model/managed-enrolments.js';
import type { School } from '../../data/schools.js';

export interface Planted {
  readonly courseId: number;
  /** Moodle's ids of the students with work. */
  readonly students: readonly number[];
  /** A class's External ID. */
  readonly group: string;
  /** Moodle id → External ID. */
  readonly externalIds: ReadonlyMap<number, string>;
}

type Row = Readonly<Record<string, string | number | null>>;

/** Runs SQL on a school's Moodle; `{user}` stands for its table. */
export function onMoodle(
  { db, moodle }: School,
  sql: string,
  bindings: readonly (string | number | null)[] = [],
): Promise<unknown[]> {
  const named = sql.replace(/\{(\w+)\}/g, (_, table: string) => `\`${moodle.database}\`.\`mdl_${table}\``);
  return Promise.resolve(db.raw(named, bindings as never));
}

async function insert(school: School, table: string, rows: readonly Row[]): Promise<number> {
  let last = 0;
  for (const row of rows) {
    const columns = Object.keys(row);
    const sql = `INSERT INTO {${table}} (${columns.map((one) => `\`${one}\``).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    const [result] = (await onMoodle(school, sql, Object.values(row))) as [{ insertId: number }];
    last = result.insertId;
  }
  return last;
}

/** Students of a course of ours, by Moodle's id. */
async function studentsOf(school: School, group: string): Promise<Map<number, string>> {
  const managed = await selectManaged(school.journal);
  const found = [...eachEnrolment(managed.enrolments)].filter(
    (one) => one.group === group && one.role === 'student',
  );
  return new Map(found.map((one) => [one.userid, one.person]));
}

/** A class of ours with at least this many students. */
export async function largestClass(school: School, atLeast = 4): Promise<string> {
  const managed = await selectManaged(school.journal);
  const counts = new Map<string, number>();
  for (const { group, role } of eachEnrolment(managed.enrolments))
    if (role === 'student') counts.set(group, (counts.get(group) ?? 0) + 1);
  const [group, count] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? ['', 0];
  if (count < atLeast) throw new Error('No class is large enough.');
  return group;
}

/** A graded assignment, a quiz, a forum with posts, a group and completion, for every student of the class. */
export async function plantWork(school: School, group: string): Promise<Planted> {
  const courseId = (await selectManaged(school.journal)).courses.get(group)?.moodleId ?? 0;
  const externalIds = await studentsOf(school, group);
  const students = [...externalIds.keys()].sort((a, b) => a - b);
  const assign = await insert(school, 'assign', [{ course: courseId, name: 'Essay', intro: '' }]);
  const quiz = await insert(school, 'quiz', [{ course: courseId, name: 'Quiz', intro: '' }]);
  const item = await insert(school, 'grade_items', [
    { courseid: courseId, itemname: 'Essay', itemtype: 'mod', itemmodule: 'assign', iteminstance: assign },
  ]);
  const module = await insert(school, 'course_modules', [{ course: courseId, module: 1, instance: assign }]);
  const team = await insert(school, 'groups', [{ courseid: courseId, name: 'Kākā' }]);
  const forum = await insert(school, 'forum', [{ course: courseId, name: 'Talk', intro: '' }]);
  const discussion = await insert(school, 'forum_discussions', [
    { course: courseId, forum, name: 'Talk', userid: students[0] ?? 0 },
  ]);
  for (const [at, userid] of students.entries()) {
    await insert(school, 'grade_grades', [
      {
        itemid: item,
        userid,
        rawgrade: 40 + at,
        finalgrade: 41.5 + at,
        overridden: at % 2 === 0 ? 1_700_000_000 : 0,
        feedback: at % 3 === 0 ? `Ka pai, ${at}` : null,
      },
    ]);
    const submission = await insert(school, 'assign_submission', [
      { assignment: assign, userid, status: 'submitted', latest: 1 },
    ]);
    await insert(school, 'assignsubmission_onlinetext', [
      { assignment: assign, submission, onlinetext: `Kōrero ${at}` },
    ]);
    await insert(school, 'assign_grades', [{ assignment: assign, userid, grade: 40 + at }]);
    await insert(school, 'quiz_attempts', [
      {
        quiz,
        userid,
        attempt: 1,
        uniqueid: courseId * 10_000 + userid,
        layout: '',
        state: 'finished',
        timefinish: 9,
        sumgrades: 7,
      },
    ]);
    await insert(school, 'quiz_grades', [{ quiz, userid, grade: 70 + at }]);
    await insert(school, 'groups_members', [{ groupid: team, userid }]);
    await insert(school, 'course_modules_completion', [
      { coursemoduleid: module, userid, completionstate: 1, timemodified: 1_700_000_000 },
    ]);
    await insert(school, 'course_completions', [{ course: courseId, userid, timecompleted: 1_700_000_000 }]);
    await insert(school, 'forum_posts', [
      { discussion, userid, subject: 'Kia ora', message: `He pātai ${at}` },
    ]);
  }
  return { courseId, students, group, externalIds };
}

/** Every row of grades and work of a course, whatever the order. */
export async function readWork(school: School, courseId: number): Promise<Record<string, unknown[]>> {
  const queries: Readonly<Record<string, string>> = {
    grade_grades:
      'SELECT g.* FROM {grade_grades} g JOIN {grade_items} i ON i.id = g.itemid WHERE i.courseid = ? ORDER BY g.id',
    grade_items: 'SELECT * FROM {grade_items} WHERE courseid = ? ORDER BY id',
    assign_submission:
      'SELECT s.* FROM {assign_submission} s JOIN {assign} a ON a.id = s.assignment WHERE a.course = ? ORDER BY s.id',
    assignsubmission_onlinetext:
      'SELECT o.* FROM {assignsubmission_onlinetext} o JOIN {assign} a ON a.id = o.assignment WHERE a.course = ? ORDER BY o.id',
    assign_grades:
      'SELECT g.* FROM {assign_grades} g JOIN {assign} a ON a.id = g.assignment WHERE a.course = ? ORDER BY g.id',
    quiz_attempts:
      'SELECT q.* FROM {quiz_attempts} q JOIN {quiz} z ON z.id = q.quiz WHERE z.course = ? ORDER BY q.id',
    groups_members:
      'SELECT m.* FROM {groups_members} m JOIN {groups} g ON g.id = m.groupid WHERE g.courseid = ? ORDER BY m.id',
    completion:
      'SELECT c.* FROM {course_modules_completion} c JOIN {course_modules} m ON m.id = c.coursemoduleid WHERE m.course = ? ORDER BY c.id',
    course_completions: 'SELECT * FROM {course_completions} WHERE course = ? ORDER BY id',
    forum_posts:
      'SELECT p.* FROM {forum_posts} p JOIN {forum_discussions} d ON d.id = p.discussion WHERE d.course = ? ORDER BY p.id',
  };
  const work: Record<string, unknown[]> = {};
  for (const [name, sql] of Object.entries(queries)) {
    const [rows] = (await onMoodle(school, sql, [courseId])) as [unknown[]];
    work[name] = rows;
  }
  return work;
}
