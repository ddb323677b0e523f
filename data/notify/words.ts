/** Our codes as a message says them. */
import type { Gate } from '../model/gate.js';
import type { RunOutcome } from '../model/run.js';

/** What a person is asked at a gate. */
export const gateQuestions: Readonly<Record<Gate, string>> = {
  backups: 'Are the backups made?',
  knowledgenet: 'Has KnowledgeNET been rolled over, and is the workbook uploaded?',
  data: 'Are the users and classes right?',
  plan: 'Shall this be written to Moodle?',
  tidy: 'Are the courses moved and set up in Moodle?',
  removals: 'Shall what is no longer in KnowledgeNET be suspended and hidden?',
  deletion: 'Shall what is listed be deleted for good?',
  undo: 'Shall this run be taken back?',
};

/** How a run ended; follows its name. */
export const outcomeWords: Readonly<Record<RunOutcome, string>> = {
  completed: 'is completed',
  cancelled: 'was cancelled',
  rejected: 'has ended: the plan was rejected',
  failed: 'has failed',
  'nothing-to-do': 'has ended: nothing to do',
  'skipped-held': 'was left out: another run holds this Moodle',
  'stopped-by-findings': 'was stopped by findings',
};

/** The numbers a message shows, in order; others are only in the JSON body. */
export const countWords: readonly (readonly [name: string, words: string])[] = [
  ['user.create', 'users to create'],
  ['user.link', 'users to link'],
  ['user.update', 'users to update'],
  ['category.create', 'categories to create'],
  ['course.create', 'courses to create'],
  ['course.link', 'courses to link'],
  ['course.update', 'courses to update'],
  ['course.archive', "courses to keep as last year's"],
  ['enrolment.create', 'enrolments to create'],
  ['enrolment.update', 'enrolments to update'],
  ['proposal.user', 'accounts that may be linked, to answer'],
  ['proposal.course', 'courses that may be linked, to answer'],
  ['reused', 'classes used again, to answer'],
  ['notice.conflict', 'conflicts, not done'],
  ['notice.held', 'held until answered'],
  ['guard.exceeded', 'guards that hold it: more than usual'],
  ['backup.ageHours', "hours since the newest dump of Moodle's database"],
  ['backup.none', "missing dump of Moodle's database"],
  ['person', 'people'],
  ['group', 'classes'],
  ['membership', 'memberships'],
  ['findings stops-run', 'findings that stop the run'],
  ['findings drops-record', 'findings that leave a record out'],
  ['findings drops-value', 'findings that leave a value out'],
  ['findings notice', 'findings for your information'],
];
