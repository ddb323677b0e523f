/** Our codes in an administrator's words. */
import type { AcceptedOutcome, Gate, Verdict } from '../../data/model/gate.js';
import {
  changeKinds,
  type ChangeKind,
  type ChangeOperation,
  type ChangeState,
  type NoticeLevel,
} from '../../data/model/plan.js';
import type { RunOutcome, Stage } from '../../data/model/run.js';
import type { Severity } from '../../data/model/finding.js';

export const stageTitles: Readonly<Record<Stage, string>> = {
  freeze: 'Freeze: synchronisation off, Moodle checked',
  backups: 'Backups of Moodle',
  knowledgenet: 'KnowledgeNET rolled over',
  data: 'Users and classes looked at',
  'safe-settings': 'Safe settings: every deletion off',
  plan: 'Plan of what will be done',
  apply: 'Applied to Moodle',
  verify: 'Moodle read again and compared',
  tidy: 'Courses moved and set up in Moodle',
  removals: 'Gone from KnowledgeNET: suspended and hidden',
  grace: 'Time to object',
  deletion: 'Deleted for good',
  report: 'Report, normal settings',
};

export interface GateWords {
  /** What a person answers. */
  readonly question: string;
  /** What to have done before approving. */
  readonly checklist: readonly string[];
  readonly effect: Readonly<Record<Verdict, string>>;
}

export const gateWords: Readonly<Record<Gate, GateWords>> = {
  backups: {
    question: 'Are the backups made?',
    checklist: [
      "A fresh dump of Moodle's database exists, and you know where it is (rollover backup makes one, rollover backup list names them).",
      'Courses that should be kept on their own are backed up, or none is needed.',
    ],
    effect: { approve: 'goes on to KnowledgeNET', reject: 'stays here; nothing happens' },
  },
  knowledgenet: {
    question: 'Has KnowledgeNET been rolled over, and is the workbook uploaded (or its database configured)?',
    checklist: [
      'Users and classes of the new year are in KnowledgeNET; you are happy with them there.',
      'With WebSYNC: the deletion threshold of disabled logins is 0, and SMS-LMS interoperability is disabled while unsure.',
      "With WebSYNC: last year's classes are still there; they are cleaned up later.",
      'The workbook (Create Spreadsheet) was exported after that; a configured database is read as it is then.',
    ],
    effect: { approve: 'reads the source', reject: 'stays here; nothing happens' },
  },
  data: {
    question: 'Are you happy with users and classes?',
    checklist: ['The findings are looked at.', 'Joiners, leavers and classes are as many as you expect.'],
    effect: {
      approve: 'turns every deletion off and plans; nothing is written to Moodle yet',
      reject: 'goes back to KnowledgeNET',
    },
  },
  plan: {
    question: 'Shall this plan be written to Moodle?',
    checklist: [
      'The plan is looked at: new users, new courses, enrolments.',
      'Conflicts and questions that matter are settled (links, classes used again).',
    ],
    effect: { approve: 'writes it to Moodle', reject: 'goes back to users and classes, then plans again' },
  },
  tidy: {
    question: 'Are the new courses moved and set up in Moodle?',
    checklist: [
      "Where no web service is configured, new categories are not in Moodle's lists until its caches are purged: in Moodle's folder, php admin/cli/purge_caches.php",
      'Courses are in the categories where you want them; they are not moved again by us.',
      'Single-activity courses show nothing to students until somebody has set up their activity.',
    ],
    effect: { approve: 'goes on to removals', reject: 'goes on without this step' },
  },
  removals: {
    question: 'Shall what is no longer in KnowledgeNET be suspended and hidden?',
    checklist: [
      'People, classes and memberships of the list are really gone, and not just missing from this reading.',
      'Nothing is deleted: enrolments and accounts are suspended, courses hidden; they come back with KnowledgeNET.',
      'What may be removed is yours to say: `rollover removals allow users enrolments courses=hide`; then it is planned anew.',
      'While school is on, what is approved waits for the holidays; `rollover settings set calendar.removals any-time` does not.',
    ],
    effect: { approve: 'suspends and hides what is listed', reject: 'leaves everything as it is' },
  },
  deletion: {
    question: 'Shall what is listed be deleted for good?',
    checklist: [
      "A dump of Moodle's database of the last 24 hours exists.",
      'Grades, submissions, posts and files of what is listed are lost; look at each number.',
      'The numbers of users, courses and enrolments are typed by hand with the decision.',
    ],
    effect: { approve: "deletes it through Moodle's web services", reject: 'keeps it, suspended and hidden' },
  },
  undo: {
    question: 'Shall this run be taken back?',
    checklist: [
      'The list says what comes back, and what cannot and why.',
      'The synchronisation is Disabled and stays so until you set it again.',
    ],
    effect: { approve: 'takes it back', reject: 'leaves everything as it is' },
  },
};

export const outcomeWords: Readonly<Record<RunOutcome, string>> = {
  completed: 'completed',
  cancelled: 'cancelled by a person',
  rejected: 'the plan was rejected',
  failed: 'failed',
  'nothing-to-do': 'nothing to do',
  'skipped-held': 'skipped: another run holds this Moodle',
  'stopped-by-findings': 'stopped by findings',
};

/** How a decision counted, after "approved". */
export const acceptedWords: Readonly<Record<AcceptedOutcome, string>> = {
  accepted: '',
  'accepted-no-backup': ' without a backup',
  'accepted-beyond-usual': ' although it is more than usual',
  'accepted-beyond-no-backup': ' although it is more than usual, without a backup',
};

export const severityWords: Readonly<Record<Severity, string>> = {
  'stops-run': 'stops the run',
  'drops-record': 'leaves the record out',
  'drops-value': 'leaves the value out',
  notice: 'for your information',
};

export const stateWords: Readonly<Record<ChangeState, string>> = {
  pending: 'not done yet',
  applied: 'done',
  satisfied: 'was right already',
  conflict: 'in conflict, not done',
};

export const levelWords: Readonly<Record<NoticeLevel, string>> = {
  conflict: 'conflict: a person must settle it',
  held: 'held: waits for an answer',
  drift: 'left as Moodle has it',
};

const kindNouns: Readonly<Record<ChangeKind, readonly [string, string]>> = {
  category: ['category', 'categories'],
  user: ['user', 'users'],
  course: ['course', 'courses'],
  enrolment: ['enrolment', 'enrolments'],
};

const operationVerbs: Readonly<Record<ChangeOperation, string>> = {
  create: 'to create',
  link: 'to link (already in Moodle)',
  update: 'to update',
  archive: "to keep as last year's",
  suspend: 'to suspend',
  reactivate: 'to activate again',
  hide: 'to hide',
  show: 'to show again',
  remove: 'to take back',
  unlink: 'to unlink',
  restore: 'to restore',
};

function isKey<K extends string>(key: string, of: Readonly<Record<K, unknown>>): key is K {
  return Object.hasOwn(of, key);
}

const others: Readonly<Record<string, string>> = {
  groupType: 'Group types',
  group: 'Classes',
  person: 'People',
  student: 'Students',
  teacher: 'Teachers',
  membership: 'Memberships',
  'proposal.user': 'Accounts that may be linked, to answer',
  'proposal.course': 'Courses that may be linked, to answer',
  reused: 'Classes used again, to answer',
  'id-change': 'People whose External ID may have changed, to answer',
  'held.enrolment': 'Enrolments that wait for an answer or a mend',
  'notice.conflict': 'Conflicts, not done',
  'backup.ageHours': "Hours since the newest dump of Moodle's database",
  'backup.none': "No dump of Moodle's database is known",
  'notice.held': 'Held until answered',
  'notice.drift': 'Left as Moodle has it',
  users: 'Users to delete for good',
  courses: 'Courses to delete for good',
  enrolments: 'Enrolments to delete for good',
  'lost.grades': 'Grades that go with them',
  'lost.submissions': 'Submissions and attempts that go with them',
  'lost.posts': 'Forum posts that go with them',
  'lost.files': 'Files that go with them',
  'lost.enrolments': 'Enrolments that go with users and courses',
  'lost.used': 'Of these, somebody has used',
  'lost.unknown': 'Some of this could not be counted',
  'approvals.given': 'Accounts that have approved',
  'approvals.needed': 'Accounts that must approve',
};

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "user.create" → "Users to create"; unknown names stay as they are. */
export function countTitle(name: string): string {
  const known = others[name];
  if (known !== undefined) return known;
  const [first = '', second = ''] = name.split(/[. ]/, 2);
  if (isKey(first, kindNouns) && isKey(second, operationVerbs))
    return `${capital(kindNouns[first][1])} ${operationVerbs[second]}`;
  if (first === 'kept' && isKey(second, kindNouns))
    return `${capital(kindNouns[second][1])} no longer in KnowledgeNET, left as they are`;
  if (first === 'allowable' && isKey(second, kindNouns))
    return `${capital(kindNouns[second][1])} that could be ${second === 'course' ? 'hidden' : 'suspended'}, not allowed`;
  if (first === 'withdrawn' && isKey(second, kindNouns))
    return `${capital(kindNouns[second][1])} ${second === 'course' ? 'hidden' : 'suspended'} before`;
  if (first === 'findings' && isKey(second, severityWords)) return `Findings: ${severityWords[second]}`;
  return name;
}

/** What a person looks at first: what is done, then what is asked, then what is left. Unknown names keep their place. */
const countOrder: readonly string[] = [
  ...changeKinds.flatMap((kind) =>
    (['create', 'link', 'update', 'archive', 'suspend', 'hide', 'reactivate', 'show'] as const).map(
      (one) => `${kind}.${one}`,
    ),
  ),
  'proposal.user',
  'proposal.course',
  'reused',
  'id-change',
  'held.enrolment',
  'notice.conflict',
  'notice.held',
  'notice.drift',
  'allowable.user',
  'allowable.course',
  'allowable.enrolment',
  'withdrawn.user',
  'withdrawn.course',
  'withdrawn.enrolment',
  'kept.user',
  'kept.course',
  'kept.enrolment',
  'groupType',
  'group',
  'person',
  'membership',
  'findings stops-run',
  'findings drops-record',
  'findings drops-value',
  'findings notice',
  'users',
  'courses',
  'enrolments',
];

/** Counts in that order. */
export function orderCounts(counts: Readonly<Record<string, number>>): [string, number][] {
  const place = (name: string): number => {
    const index = countOrder.indexOf(name);
    return index < 0 ? countOrder.length : index;
  };
  return Object.entries(counts).sort(([a], [b]) => place(a) - place(b));
}

/** "user.create", "applied" → "Users created". */
export function outcomeTitle(what: string): string {
  const [kind = '', operation = ''] = what.split('.', 2);
  const done: Readonly<Record<string, string>> = {
    create: 'created',
    link: 'linked',
    update: 'updated',
    archive: "kept as last year's",
    suspend: 'suspended',
    reactivate: 'activated again',
    hide: 'hidden',
    show: 'shown again',
    remove: 'taken back',
    unlink: 'no longer linked',
    restore: 'as before again',
  };
  if (!isKey(kind, kindNouns)) return what;
  return `${capital(kindNouns[kind][1])} ${done[operation] ?? operation}`;
}

/** "course" → "courses". */
export function pluralOf(kind: ChangeKind): string {
  return kindNouns[kind][1];
}
