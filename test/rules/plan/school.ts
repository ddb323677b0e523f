/** Small schools for tests: a snapshot, a Moodle, and what is ours in it. */
import { enrolmentsByClass } from '../../../data/model/managed-enrolments.js';
import type { Answers, Managed, ManagedCourse, ManagedUser } from '../../../data/model/plan.js';
import type { SchoolSettings } from '../../../data/model/settings.js';
import {
  KEY_SEPARATOR,
  type GroupRecord,
  type PersonRecord,
  type Snapshot,
  type UserType,
} from '../../../data/model/snapshot.js';
import type {
  MoodleCategory,
  MoodleCourse,
  MoodleEnrolment,
  MoodleState,
  MoodleUser,
} from '../../../data/moodle/state.js';
import type { PlanInput, PlanSite } from '../../../data/rules/plan/plan-input.js';
import { stringsToFold } from '../../../data/rules/plan/strings-to-fold.js';
import { defaultGroupType, defaultSettings } from '../../../data/settings/defaults.js';
import { foldOver } from './collation.js';
import { toRoles } from './roles.js';

export const MADE_AT = 1_700_000_000;

/** A student with all that an account needs. */
export function student(externalId: string, more: Partial<PersonRecord> = {}): PersonRecord {
  const login = externalId.toLowerCase();
  return {
    externalId,
    type: 'student',
    firstName: `First ${externalId}`,
    surname: `Last ${externalId}`,
    login,
    email: `${login}@school.example`,
    ...more,
  };
}

export function teacher(externalId: string, more: Partial<PersonRecord> = {}): PersonRecord {
  return student(externalId, { type: 'teacher', ...more });
}

export function group(externalId: string, more: Partial<GroupRecord> = {}): GroupRecord {
  return { externalId, name: `Class ${externalId}`, groupType: 'Class', ...more };
}

/** "class: person person" lines. */
export function memberships(...lines: string[]): { group: string; person: string }[] {
  return lines.flatMap((line) => {
    const [code = '', persons = ''] = line.split(':');
    return persons
      .split(' ')
      .filter((person) => person !== '')
      .map((person) => ({ group: code.trim(), person }));
  });
}

export function snapshot(
  person: readonly PersonRecord[],
  groups: readonly GroupRecord[] = [],
  membership: readonly { group: string; person: string }[] = [],
  more: Partial<Omit<Snapshot, 'records'>> = {},
): Snapshot {
  const groupType = [...new Set(groups.flatMap(({ groupType: name }) => name ?? []))].map((name) => ({
    name,
  }));
  return {
    reading: 'complete',
    complete: true,
    statements: { students: true, teachers: true, groups: true },
    ...more,
    records: { person, group: groups, groupType, membership },
  };
}

export function settings(
  more: Partial<SchoolSettings> = {},
  type: Partial<ReturnType<typeof defaultGroupType>> = {},
): SchoolSettings {
  const base = defaultSettings(2027);
  return {
    ...base,
    mode: 'enabled',
    groupTypes: { default: { ...defaultGroupType(2027), provisioning: 'enabled', ...type }, named: {} },
    ownedByKN: ['firstname', 'lastname', 'email', 'username', 'fullname'],
    ...more,
  };
}

export function user(id: number, more: Partial<MoodleUser> = {}): MoodleUser {
  return {
    id,
    username: `user${id}`,
    idnumber: '',
    email: `user${id}@elsewhere.example`,
    firstname: `Given ${id}`,
    lastname: `Family ${id}`,
    auth: 'manual',
    suspended: false,
    timecreated: MADE_AT + id,
    local: true,
    siteAccount: false,
    ...more,
  };
}

/** The account that a person has by our own doing. */
export function accountOf(id: number, person: PersonRecord, more: Partial<MoodleUser> = {}): MoodleUser {
  return user(id, {
    username: (person.login ?? '').toLowerCase(),
    idnumber: person.externalId,
    email: person.email ?? '',
    firstname: person.firstName ?? '',
    lastname: person.surname ?? '',
    ...more,
  });
}

export function course(id: number, idnumber: string, more: Partial<MoodleCourse> = {}): MoodleCourse {
  return {
    id,
    category: 1,
    shortname: `${idnumber} 2026`,
    fullname: `Class ${idnumber} 2026`,
    idnumber,
    format: 'topics',
    visible: true,
    timecreated: MADE_AT + id,
    ...more,
  };
}

export function category(id: number, name: string, parent = 0): MoodleCategory {
  return { id, parent, name, idnumber: '', path: `/${id}`, visible: true, coursecount: 0 };
}

/** Enrolments by the course's manual method, whose id is the course's times ten. */
export function enrolled(
  courseid: number,
  userids: readonly number[],
  more: Partial<MoodleEnrolment> = {},
): MoodleEnrolment[] {
  return userids.map((userid) => ({
    id: courseid * 1000 + userid,
    enrolid: courseid * 10,
    courseid,
    userid,
    enrol: 'manual',
    status: 0,
    instanceStatus: 0,
    ...more,
  }));
}

export function moodle(
  parts: Partial<Omit<MoodleState, 'roles'>> & { roles?: Record<string, string> } = {},
): MoodleState {
  const courses = parts.courses ?? [];
  return {
    users: [],
    categories: [category(1, 'Old')],
    manualInstances: courses.map(({ id }) => ({ id: id * 10, courseid: id, status: 0 })),
    enrolments: [],
    formats: new Set(['topics', 'weeks', 'singleactivity', 'social']),
    ...parts,
    courses,
    roles: toRoles(Object.entries(parts.roles ?? {}).map(([key, role]) => [key, [role]])),
  };
}

export function managedUser(
  account: MoodleUser,
  person: PersonRecord,
  more: Partial<ManagedUser> = {},
): ManagedUser {
  const fields = {
    username: (person.login ?? '').toLowerCase(),
    firstname: person.firstName ?? '',
    lastname: person.surname ?? '',
    email: person.email ?? '',
  };
  return {
    externalId: person.externalId,
    moodleId: account.id,
    origin: 'created',
    username: account.username,
    timecreated: account.timecreated,
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, { kn: value, moodle: value }]),
    ),
    ...more,
  };
}

export function managedCourse(
  of: MoodleCourse,
  code: string,
  more: Partial<ManagedCourse> = {},
): ManagedCourse {
  return {
    externalId: code,
    moodleId: of.id,
    origin: 'created',
    shortname: of.shortname,
    timecreated: of.timecreated,
    groupType: 'Class',
    year: 2026,
    fields: { fullname: { kn: `Class ${code}`, moodle: of.fullname } },
    ...more,
  };
}

export function managed(
  users: readonly ManagedUser[] = [],
  courses: readonly ManagedCourse[] = [],
  enrolments: readonly { row: MoodleEnrolment; group: string; person: string; type?: UserType }[] = [],
): Managed {
  return {
    users: new Map(users.map((one) => [one.externalId, one])),
    courses: new Map(courses.map((one) => [one.externalId, one])),
    merged: [],
    enrolments: enrolmentsByClass(
      enrolments.map(({ row, group: code, person, type = 'student' }) => ({
        group: code,
        person,
        moodleId: row.id,
        enrolid: row.enrolid,
        userid: row.userid,
        role: type === 'student' ? 'student' : 'editingteacher',
      })),
    ),
  };
}

/** Answers to link proposals, "user S1 5" → verdict. */
export function answers(
  links: Record<string, 'accepted' | 'refused'> = {},
  reusedCodes: Record<string, 'continues' | 'new-course'> = {},
): Answers {
  return {
    links: new Map(
      Object.entries(links).map(([key, verdict]) => [key.split(' ').join(KEY_SEPARATOR), verdict]),
    ),
    reusedCodes: new Map(Object.entries(reusedCodes)),
  };
}

export const site: PlanSite = {
  allowSameEmail: false,
  extendedUsernameChars: false,
  fullnameMax: 254,
  categoryStep: 10_000,
  manualInNewCourses: true,
};

/** Days since 1970 in seconds: enough for tests that only compare. */
export function midnight(localDate: string): number {
  return Date.parse(`${localDate}T00:00:00Z`) / 1000;
}

/** A whole input; its fold knows exactly the strings that planning announces. */
export function input(parts: Partial<Omit<PlanInput, 'fold'>>): PlanInput {
  const whole = {
    snapshot: snapshot([]),
    settings: settings(),
    moodle: moodle(),
    managed: managed(),
    answers: answers(),
    previous: null,
    site,
    dates: midnight,
    passwordsFor: new Set<string>(),
    ...parts,
  };
  return { ...whole, fold: foldOver(stringsToFold(whole)) };
}
