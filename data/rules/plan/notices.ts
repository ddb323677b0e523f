/** What is not done, and why. */
import type { NoticeCode } from '../../model/notice-codes.js';
import type { ChangeKind, Notice, NoticeLevel } from '../../model/plan.js';
import { sortedBy } from './order.js';

/**
 * The level of each notice. conflict: a person must settle it, in Moodle, in KN or by an answer. held: it waits for
 * something that is named elsewhere or for an answer. drift: Moodle differs from KN and is left alone.
 */
const levels: Readonly<Record<NoticeCode, NoticeLevel>> = {
  'username-taken': 'conflict',
  'email-taken': 'conflict',
  'shortname-taken': 'conflict',
  'duplicate-idnumber': 'conflict',
  'idnumber-collation': 'conflict',
  'user-deleted': 'conflict',
  'account-merged': 'held',
  'id-taken-over': 'conflict',
  'course-gone': 'conflict',
  'link-broken': 'conflict',
  'link-restored': 'conflict',
  'link-proposed': 'held',
  'no-manual-enrolment': 'held',
  'enrolment-suspended': 'drift',
  'enrolment-other-role': 'drift',
  'enrolment-removed': 'drift',
  'person-missing': 'held',
  'course-missing': 'held',
  'code-reused': 'held',
  'value-changed-in-moodle': 'drift',
  'person-disabled': 'drift',
  'category-full': 'conflict',
  'category-ambiguous': 'conflict',
  'format-refused': 'conflict',
  'site-account': 'conflict',
  'foreign-account': 'conflict',
  'person-invalid': 'conflict',
  'name-unusable': 'conflict',
  'rule-class-unknown': 'conflict',
  'teacher-gone': 'drift',
  'roster-kept': 'drift',
  'rematch-open': 'held',
  'withdrawal-undone': 'drift',
  'category-hidden': 'drift',
  undone: 'held',
  'undo-used': 'drift',
  'undo-changed': 'drift',
  'undo-unproved': 'drift',
  'undo-deleted': 'drift',
  'undo-occupied': 'drift',
  'category-in-use': 'drift',
};

interface Detail {
  readonly person?: string;
  readonly enrolments?: number;
  /** Where it is not the code's own level. */
  readonly level?: NoticeLevel;
}

/** A notice; the ids are put in order. */
export function notice(
  code: NoticeCode,
  kind: ChangeKind,
  subject: string,
  moodleIds: Iterable<number> = [],
  { level = levels[code], ...detail }: Detail = {},
): Notice {
  return { level, code, kind, subject, moodleIds: [...moodleIds].sort((a, b) => a - b), ...detail };
}

const kindRank: Readonly<Record<ChangeKind, number>> = { category: 0, user: 1, course: 2, enrolment: 3 };

/** Notices by kind, subject, person and code. */
export function orderNotices(notices: Iterable<Notice>): Notice[] {
  return sortedBy(notices, (item) => [
    kindRank[item.kind],
    item.subject,
    item.person ?? '',
    item.code,
    item.level,
    item.moodleIds.join(' '),
  ]);
}
