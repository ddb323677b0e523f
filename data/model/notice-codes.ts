/** Why something is not done: codes and what they mean to people. Stable. */

/** Why planning leaves something undone. Stable. */
const planNotices = {
  'username-taken': 'Another Moodle account has this login.',
  'email-taken': 'Another Moodle account has this e-mail address.',
  'shortname-taken': 'Another Moodle course has this short name.',
  'duplicate-idnumber': 'Several Moodle accounts or courses have this idnumber; none is picked.',
  'idnumber-collation': 'Moodle has an idnumber that differs only in a way its database does not see.',
  'user-deleted': 'The linked account was deleted in Moodle.',
  'account-merged': 'The linked account was merged into another one in Moodle.',
  'id-taken-over':
    "This External ID seems to be another person's now; the account that we know by it is left alone.",
  'course-gone': 'The linked course is no longer in Moodle.',
  'link-broken': 'The linked row has another idnumber in Moodle now.',
  'link-restored': 'The linked row is not the one we made; Moodle may have been restored.',
  'link-proposed':
    'An account or course without this idnumber may be the one; a person must accept or refuse.',
  'no-manual-enrolment': 'The course has no, a disabled, or several manual enrolment methods.',
  'enrolment-suspended': 'The enrolment was suspended in Moodle; it stays so.',
  'enrolment-other-role': 'The person is enrolled with another role; it stays so.',
  'person-missing': 'The person has no Moodle account that we may use.',
  'course-missing': 'The class has no Moodle course that we may use.',
  'code-reused': 'Most students of this class are new: does the course continue, or is a new one made?',
  'value-changed-in-moodle': 'The value was changed in Moodle since; it stays so.',
  'person-disabled': 'The person is disabled in KN and is not created.',
  'category-full': 'The category would hold more courses than Moodle can order.',
  'format-refused': 'This course format cannot be written.',
  'site-account': "Moodle's guest and administrators are never linked or changed.",
  'foreign-account':
    'The account with this idnumber belongs to another Moodle (MNet); it is never linked or changed.',
  'person-invalid':
    "Login, names or e-mail address are missing or not by Moodle's rules; nothing is written.",
  'name-unusable': "A name made by a pattern is empty or longer than Moodle's column; it is not cut.",
  'category-ambiguous': 'Several categories with this name lie under one parent; none is picked.',
  'rule-class-unknown': 'A group provisioning rule names this class, and KnowledgeNET does not have it.',
  'enrolment-removed': 'Somebody took an enrolment of ours out in Moodle; it stays so.',
} as const;

/** The same of removals and of what comes back. Stable. */
export const removalNotices = {
  'teacher-gone': 'A teacher has left KnowledgeNET during the year; nobody is suspended by that alone.',
  'roster-kept':
    'The class is gone, used again, or has lost all or most of its members at once; its course keeps those that it had.',
  'rematch-open': 'Somebody new may be this person, or this class; until that is answered it stays.',
  'withdrawal-undone': 'Somebody has activated or shown it again in Moodle; it stays so.',
  'category-hidden': 'The course would be shown again, but its category is hidden.',
} as const;

/** The same of taking a run back, and of what was taken back. Stable. */
export const undoNotices = {
  undone: 'It was taken back by a person; it is made again when that is released: rollover undo release.',
  'undo-used': 'Somebody has used it since; it is suspended or hidden instead of removed.',
  'undo-changed': 'Somebody has changed it since; it is suspended or hidden instead of removed.',
  'undo-unproved':
    'The database account may not read every table of Moodle, or not delete; it is suspended or hidden instead of removed.',
  'undo-deleted': 'It was deleted in Moodle at gate deletion; only the dump has it.',
  'undo-occupied': 'What took its place stays in Moodle, so it cannot come back.',
  'category-in-use': 'The category holds something else now, or was changed; it stays.',
} as const;

/** Why something is not done. Stable. */
export const noticeCodes = { ...planNotices, ...removalNotices, ...undoNotices } as const;
export type NoticeCode = keyof typeof noticeCodes;

/** What only applying finds out, besides the notices that planning knows too. Stable. */
export const applyReasons = {
  'category-gone': 'The category that the new one belongs into is no longer in Moodle.',
  'password-missing':
    'Done, but without the initial password: it was unusable, or kept too long, or its key was missing.',
} as const;
/** Why a change ended as it did. */
export type ResultReason = NoticeCode | keyof typeof applyReasons;
/** The meaning of every reason. */
export const reasonMeanings: Readonly<Record<ResultReason, string>> = {
  ...noticeCodes,
  ...applyReasons,
};
