/**
 * Where Moodle's core and standard activities keep what people have done. A source counts where its tables and columns
 * exist in this Moodle and may be read; versions and installed activities differ.
 */

/** Rows of people in one activity module, or in one of its parts. */
export interface HangingSource {
  readonly what: 'submissions' | 'posts' | 'grades';
  readonly table: string;
  /** Column with the user's id. */
  readonly user: string;
  /** Column that points to the table that knows the course, and that table. */
  readonly link: string;
  readonly parent: string;
  /** Column of `parent` with the course's id. */
  readonly course: string;
  /** More conditions; `s` is the table, `p` the parent. */
  readonly only?: { readonly sql: string; readonly columns: readonly (readonly ['s' | 'p', string])[] };
}

function attempts(table: string, user: string, link: string, parent: string): HangingSource {
  return { what: 'submissions', table, user, link, parent, course: 'course' };
}

export const hangingSources: readonly HangingSource[] = [
  {
    what: 'grades',
    table: 'grade_grades',
    user: 'userid',
    link: 'itemid',
    parent: 'grade_items',
    course: 'courseid',
    only: {
      sql: "p.itemtype NOT IN ('course', 'category') AND (s.finalgrade IS NOT NULL OR s.rawgrade IS NOT NULL)",
      columns: [
        ['p', 'itemtype'],
        ['s', 'finalgrade'],
        ['s', 'rawgrade'],
      ],
    },
  },
  {
    ...attempts('assign_submission', 'userid', 'assignment', 'assign'),
    // a row of status new is made by looking
    only: { sql: "s.status <> 'new'", columns: [['s', 'status']] },
  },
  {
    ...attempts('quiz_attempts', 'userid', 'quiz', 'quiz'),
    only: { sql: 's.preview = 0', columns: [['s', 'preview']] },
  },
  attempts('workshop_submissions', 'authorid', 'workshopid', 'workshop'),
  attempts('lesson_attempts', 'userid', 'lessonid', 'lesson'),
  attempts('data_records', 'userid', 'dataid', 'data'),
  attempts('glossary_entries', 'userid', 'glossaryid', 'glossary'),
  attempts('feedback_completed', 'userid', 'feedback', 'feedback'),
  attempts('choice_answers', 'userid', 'choiceid', 'choice'),
  attempts('h5pactivity_attempts', 'userid', 'h5pactivityid', 'h5pactivity'),
  attempts('scorm_attempt', 'userid', 'scormid', 'scorm'),
  attempts('scorm_scoes_track', 'userid', 'scormid', 'scorm'),
  attempts('survey_answers', 'userid', 'survey', 'survey'),
  {
    what: 'posts',
    table: 'forum_posts',
    user: 'userid',
    link: 'discussion',
    parent: 'forum_discussions',
    course: 'course',
  },
];

/** Every table and column that counting names, besides those that we need anyway. */
export function neededColumns({
  table,
  user,
  link,
  parent,
  course,
  only,
}: HangingSource): [string, string][] {
  return [
    [table, user],
    [table, link],
    [parent, 'id'],
    [parent, course],
    ...(only?.columns ?? []).map(([of, column]): [string, string] => [of === 's' ? table : parent, column]),
  ];
}
