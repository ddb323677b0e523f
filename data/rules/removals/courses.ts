/** Courses of ours whose class KN no longer has. */
import type { NoticeCode } from '../../model/notice-codes.js';
import type { Notice } from '../../model/plan.js';
import type { CourseHide } from '../../model/removal.js';
import type { MoodleCourse } from '../../moodle/state.js';
import { withdrawnIds } from '../plan/comebacks.js';
import { notice } from '../plan/notices.js';
import type { Survey } from './survey.js';
import type { Candidates } from './users.js';

function objection(
  { openCourses }: Survey,
  externalId: string,
  course: MoodleCourse,
  withdrawn: ReadonlySet<number>,
): NoticeCode | undefined {
  if (course.idnumber !== externalId) return 'link-broken';
  if (withdrawn.has(course.id)) return 'withdrawal-undone';
  return openCourses.has(course.id) ? 'rematch-open' : undefined;
}

/** What might be hidden. The rows are ours by id, time of creation and idnumber; their members stay. */
export function planHiding(survey: Survey): Candidates<CourseHide> {
  const withdrawn = withdrawnIds(survey.input.withdrawn, 'course');
  const changes: Omit<CourseHide, 'seq'>[] = [];
  const notices: Notice[] = [];
  let already = 0;
  for (const { kind, subject, moodleId } of survey.kept) {
    const course = kind === 'course' ? survey.coursesById.get(moodleId) : undefined;
    if (course === undefined) continue;
    if (!course.visible) {
      already += withdrawn.has(course.id) ? 1 : 0;
      continue;
    }
    const code = objection(survey, subject, course, withdrawn);
    if (code !== undefined)
      notices.push(
        notice(code, 'course', subject, [course.id], { level: code === 'rematch-open' ? 'held' : 'drift' }),
      );
    else
      changes.push({
        kind: 'course',
        operation: 'hide',
        externalId: subject,
        moodleId: course.id,
        shortname: course.shortname,
        cause: 'gone',
      });
  }
  return { changes, notices, already };
}
