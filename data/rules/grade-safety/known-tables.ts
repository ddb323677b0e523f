/**
 * Tables of Moodle's own that hold grades and work and whose way to person and course no name tells (columns as in
 * Moodle 4.1, 4.5 and 5.0). Columns that a version does not have are left out.
 */
import type { WatchedTable } from '../../model/grade-safety.js';

/** Of these rows a value or the row itself is somebody's grade, work, group or completion. */
export const knownTables: readonly WatchedTable[] = [
  {
    table: 'grade_grades',
    way: [{ by: 'itemid', table: 'grade_items' }],
    course: 'courseid',
    person: { at: 0, column: 'userid' },
    values: [
      { column: 'finalgrade', presence: 'not-null' },
      { column: 'rawgrade', presence: 'not-null' },
      { column: 'feedback', presence: 'not-empty' },
      { column: 'information', presence: 'not-empty' },
      { column: 'overridden', presence: 'not-zero' },
      { column: 'excluded', presence: 'not-zero' },
    ],
    columns: [
      'itemid',
      'rawgrade',
      'rawgrademax',
      'rawgrademin',
      'rawscaleid',
      'finalgrade',
      'hidden',
      'locked',
      'overridden',
      'excluded',
      'feedback',
      'information',
    ],
  },
  {
    table: 'grade_items',
    way: [],
    course: 'courseid',
    person: null,
    values: [{ column: 'calculation', presence: 'not-empty' }],
    columns: [
      'itemname',
      'itemtype',
      'itemmodule',
      'iteminstance',
      'itemnumber',
      'gradetype',
      'grademax',
      'grademin',
      'scaleid',
      'gradepass',
      'calculation',
      'hidden',
      'locked',
    ],
  },
  {
    table: 'groups_members',
    way: [{ by: 'groupid', table: 'groups' }],
    course: 'courseid',
    person: { at: 0, column: 'userid' },
    values: [],
    columns: ['groupid'],
  },
  {
    table: 'course_completions',
    way: [],
    course: 'course',
    person: { at: 0, column: 'userid' },
    values: [{ column: 'timecompleted', presence: 'not-null' }],
    columns: ['timecompleted'],
  },
  {
    table: 'course_modules_completion',
    way: [{ by: 'coursemoduleid', table: 'course_modules' }],
    course: 'course',
    person: { at: 0, column: 'userid' },
    // whoever ticked "done" may untick it
    values: [{ column: 'completionstate', presence: 'not-zero', changedAt: 'timemodified' }],
    columns: ['coursemoduleid', 'completionstate'],
  },
  {
    table: 'assign_submission',
    way: [{ by: 'assignment', table: 'assign' }],
    course: 'course',
    person: { at: 0, column: 'userid' },
    values: [],
    columns: ['assignment', 'status', 'groupid', 'attemptnumber', 'latest'],
  },
  {
    table: 'assign_grades',
    way: [{ by: 'assignment', table: 'assign' }],
    course: 'course',
    person: { at: 0, column: 'userid' },
    // -1: marked as not graded
    values: [{ column: 'grade', presence: 'not-negative' }],
    columns: ['assignment', 'grade', 'attemptnumber'],
  },
  {
    table: 'assignsubmission_onlinetext',
    way: [
      { by: 'submission', table: 'assign_submission' },
      { by: 'assignment', table: 'assign' },
    ],
    course: 'course',
    person: { at: 1, column: 'userid' },
    values: [{ column: 'onlinetext', presence: 'not-empty' }],
    columns: ['submission', 'onlinetext'],
  },
  {
    table: 'assignsubmission_file',
    way: [
      { by: 'submission', table: 'assign_submission' },
      { by: 'assignment', table: 'assign' },
    ],
    course: 'course',
    person: { at: 1, column: 'userid' },
    values: [{ column: 'numfiles', presence: 'not-zero' }],
    columns: ['submission', 'numfiles'],
  },
  {
    table: 'assignfeedback_comments',
    way: [
      { by: 'grade', table: 'assign_grades' },
      { by: 'assignment', table: 'assign' },
    ],
    course: 'course',
    person: { at: 1, column: 'userid' },
    values: [{ column: 'commenttext', presence: 'not-empty' }],
    columns: ['grade', 'commenttext'],
  },
  {
    table: 'quiz_attempts',
    way: [{ by: 'quiz', table: 'quiz' }],
    course: 'course',
    person: { at: 0, column: 'userid' },
    values: [
      { column: 'sumgrades', presence: 'not-null' },
      { column: 'timefinish', presence: 'not-zero' },
    ],
    columns: ['quiz', 'attempt', 'state', 'sumgrades', 'timefinish'],
    // a teacher's preview goes with the next one
    zero: 'preview',
  },
  {
    table: 'forum_posts',
    way: [{ by: 'discussion', table: 'forum_discussions' }],
    course: 'course',
    person: { at: 0, column: 'userid' },
    values: [{ column: 'message', presence: 'not-empty' }],
    columns: ['discussion', 'subject', 'message', 'deleted'],
  },
  {
    table: 'scorm_scoes_value',
    way: [
      { by: 'attemptid', table: 'scorm_attempt' },
      { by: 'scormid', table: 'scorm' },
    ],
    course: 'course',
    person: { at: 1, column: 'userid' },
    values: [],
    columns: ['attemptid', 'scoid', 'elementid', 'value'],
  },
  {
    table: 'workshop_submissions',
    way: [{ by: 'workshopid', table: 'workshop' }],
    course: 'course',
    person: { at: 0, column: 'authorid' },
    values: [
      { column: 'content', presence: 'not-empty' },
      { column: 'grade', presence: 'not-null' },
      { column: 'gradeover', presence: 'not-null' },
    ],
    columns: ['workshopid', 'title', 'content', 'grade', 'gradeover'],
  },
  {
    table: 'workshop_assessments',
    way: [
      { by: 'submissionid', table: 'workshop_submissions' },
      { by: 'workshopid', table: 'workshop' },
    ],
    course: 'course',
    person: { at: 0, column: 'reviewerid' },
    values: [{ column: 'grade', presence: 'not-null' }],
    columns: ['submissionid', 'grade', 'feedbackauthor'],
  },
];

/** Ends of names of tables whose rows come and go without anybody's work being lost. */
export const passing: readonly string[] = [
  '_aggregations',
  '_aicc_session',
  '_completedtmp',
  '_digests',
  '_discussion_subs',
  '_locks',
  '_logs',
  '_messages_current',
  '_queue',
  '_read',
  '_subscriptions',
  '_timer',
  '_track_prefs',
  '_users',
];
