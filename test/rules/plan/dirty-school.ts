/**
 * Schools and Moodles as untidy as they come: ids that differ in case or accents only, taken logins, shared addresses,
 * accounts without idnumber, provenance that no longer fits, codes used again, half-made categories.
 */
import fc from 'fast-check';
import { enrolmentsByClass } from '../../../data/model/managed-enrolments.js';
import type { Answers, Managed, ManagedCourse, ManagedUser } from '../../../data/model/plan.js';
import {
  ruleUserTypes,
  type GroupProvisioningRule,
  type SchoolSettings,
} from '../../../data/model/settings.js';
import {
  KEY_SEPARATOR,
  type GroupRecord,
  type PersonRecord,
  type Snapshot,
} from '../../../data/model/snapshot.js';
import type { MoodleCourse, MoodleState, MoodleUser } from '../../../data/moodle/state.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { foldLikeMoodle } from './collation.js';
import { toRoles } from './roles.js';
import { category, course, input, midnight, settings, snapshot, user } from './school.js';

const personIds = ['S1', 's1', 'Ś1', 'S2', 'S3', 'S4', 'T1', 'T2'];
const codes = ['A', 'a', 'Á', 'B', 'C', 'A@2026'];
const logins = ['ann', 'Ann', 'änn', 'bob', 'cy', 'di', 'ed', 'admin', 'two words', ''];
const emails = ['a@x.nz', 'A@x.nz', 'b@x.nz', 'c@x.nz', 'd@x.nz', 'nonsense', ''];
const firstNames = ['Mere', 'Māui', 'Sam', ''];
const classNames = ['Maths', 'Māori', '', 'Music'];
const categoryNames = ['2027', 'Class', 'class', 'House', 'Old'];
const shortnames = ['A', 'A 2027', 'a 2026', 'B', 'B 2027', 'C 2027 2027', 'Other'];
const userIdsInMoodle = [2, 3, 4, 5, 6, 7];
const courseIdsInMoodle = [20, 21, 22, 23];

/** Mostly the first. */
function mostly<T>(usual: T, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));
}

const person: fc.Arbitrary<PersonRecord> = fc
  .record({
    externalId: fc.constantFrom(...personIds),
    firstName: fc.constantFrom(...firstNames),
    surname: mostly('Ngata', 'Tūhoe', "O'Brien"),
    login: fc.constantFrom(...logins),
    email: fc.constantFrom(...emails),
    disabled: mostly(false, true),
  })
  .map((one) => ({ ...one, type: one.externalId.startsWith('T') ? 'teacher' : 'student' }));

/** Somebody whom every rule lets pass, so that whole plans come about as well. */
const tidyPerson: fc.Arbitrary<PersonRecord> = fc.constantFrom(...personIds.slice(3)).map((externalId) => ({
  externalId,
  type: externalId.startsWith('T') ? 'teacher' : 'student',
  firstName: 'Hana',
  surname: 'Parata',
  login: `login.${externalId.toLowerCase()}`,
  email: `${externalId}@tidy.nz`,
}));

const group: fc.Arbitrary<GroupRecord> = fc.record({
  externalId: mostly('A', ...codes),
  name: fc.constantFrom(...classNames),
  groupType: mostly('Class', 'House', 'Sport'),
});

const membership = fc.record({
  group: mostly('A', ...codes),
  person: fc.constantFrom(...personIds),
});

function schoolOf(persons: fc.Arbitrary<readonly PersonRecord[]>): fc.Arbitrary<Snapshot> {
  return fc
    .record({
      persons,
      groups: fc.uniqueArray(group, { maxLength: 4, selector: (one) => one.externalId }),
      members: fc.array(membership, { maxLength: 14 }),
      complete: mostly(true, false),
      statements: mostly(
        { students: true, teachers: true, groups: true },
        { students: true, teachers: false, groups: true },
        { students: true, teachers: true, groups: false },
      ),
    })
    .map(({ persons: people, groups, members, complete, statements }) =>
      snapshot(people, statements.groups ? groups : [], statements.groups ? members : [], {
        complete,
        reading: complete ? 'complete' : 'changes',
        statements,
      }),
    );
}

const persons = fc.uniqueArray(fc.oneof(person, tidyPerson), {
  maxLength: 7,
  selector: (one) => one.externalId,
});

const moodleUser: fc.Arbitrary<MoodleUser> = fc
  .record({
    id: fc.constantFrom(...userIdsInMoodle),
    username: fc.constantFrom(...logins.slice(0, 8), 'login.s2', 'login.s3', 'other'),
    idnumber: fc.oneof(fc.constant(''), fc.constantFrom(...personIds, 'X9')),
    email: fc.constantFrom(...emails, 'S2@tidy.nz'),
    firstname: fc.constantFrom(...firstNames),
    local: mostly(true, false),
    siteAccount: mostly(false, true),
    suspended: mostly(false, true),
  })
  .map(({ id, ...rest }) => user(id, rest));

/** Moodle's unique key: one local account per login. */
const moodleUsers = fc.uniqueArray(moodleUser, { maxLength: 6, selector: (one) => one.id }).map((users) => {
  const taken = new Set<string>();
  return users.filter(({ username, local }) => {
    const login = `${local} ${foldLikeMoodle(username)}`;
    return !taken.has(login) && taken.add(login);
  });
});

const moodleCourse: fc.Arbitrary<MoodleCourse> = fc
  .record({
    id: fc.constantFrom(...courseIdsInMoodle),
    idnumber: fc.oneof(fc.constant(''), fc.constantFrom(...codes)),
    shortname: fc.constantFrom(...shortnames),
    fullname: fc.constantFrom('Maths 2027', 'Māori 2027', 'Something'),
    category: fc.constantFrom(1, 10),
  })
  .map(({ id, idnumber, ...rest }) => course(id, idnumber, rest));

const moodleCourses = fc
  .uniqueArray(moodleCourse, { maxLength: 4, selector: (one) => foldLikeMoodle(one.shortname) })
  .map((courses) => [...new Map(courses.map((one) => [one.id, one])).values()]);

const categories = fc
  .array(fc.record({ name: fc.constantFrom(...categoryNames), parent: fc.constantFrom(0, 10, 11) }), {
    maxLength: 4,
  })
  .map((list) => [
    category(1, 'Somewhere'),
    ...list.map(({ name, parent }, at) => category(10 + at, name, parent >= 10 + at ? 0 : parent)),
  ]);

function moodleOf(users: readonly MoodleUser[], courses: readonly MoodleCourse[]): fc.Arbitrary<MoodleState> {
  const courseIds = courses.map(({ id }) => id);
  const userIds = users.map(({ id }) => id);
  const pair = fc.record({
    courseid: fc.constantFrom(...(courseIds.length > 0 ? courseIds : [0])),
    userid: fc.constantFrom(...(userIds.length > 0 ? userIds : [0])),
    status: mostly(0, 1),
    manual: mostly(true, false),
    role: mostly('student', 'editingteacher', 'none'),
  });
  return fc
    .record({
      categories,
      pairs: fc.array(pair, { maxLength: Math.min(courseIds.length * userIds.length, 10) }),
      merges: fc.array(fc.tuple(fc.constantFrom(...userIdsInMoodle), fc.constantFrom(...userIdsInMoodle)), {
        maxLength: 2,
      }),
      instances: fc.array(mostly<number[]>([0], [], [1], [0, 0]), {
        minLength: courseIds.length,
        maxLength: courseIds.length,
      }),
    })
    .map(({ categories: list, pairs, instances, merges: merged }) => {
      const manualInstances = instances.flatMap((statuses, at) =>
        statuses.map((status, number) => ({
          id: courseIds[at]! * 10 + number,
          courseid: courseIds[at]!,
          status,
        })),
      );
      const byKey = new Map(pairs.map((one) => [`${one.courseid}:${one.userid}:${one.manual}`, one]));
      const enrolments = [...byKey.values()].flatMap(({ courseid, userid, status, manual }) => {
        const instance = manualInstances.find((one) => one.courseid === courseid);
        if (manual && instance === undefined) return [];
        const enrolid = manual ? instance!.id : courseid * 10 + 9;
        return [
          {
            id: enrolid * 100 + userid,
            enrolid,
            courseid,
            userid,
            enrol: manual ? 'manual' : 'self',
            status,
            instanceStatus: manual ? instance!.status : 0,
          },
        ];
      });
      const roles = toRoles(
        pairs
          .filter(({ role }) => role !== 'none')
          .map(({ courseid, userid, role }) => [`${courseid}:${userid}`, [role]] as const),
      );
      const formats = new Set(['topics', 'weeks', 'singleactivity', 'social']);
      const merges = new Map(merged);
      return { users, courses, categories: list, manualInstances, enrolments, roles, formats, merges };
    });
}

function managedOf(state: MoodleState): fc.Arbitrary<Managed> {
  const field = (values: readonly string[]): fc.Arbitrary<ManagedUser['fields'][string]> =>
    fc.record({ kn: fc.constantFrom(...values), moodle: fc.option(fc.constantFrom(...values)) });
  const one = <R extends { readonly id: number; readonly timecreated: number; readonly idnumber: string }>(
    rows: readonly R[],
    ids: readonly string[],
  ) =>
    fc.record({
      row: rows.length === 0 ? fc.constant(undefined) : fc.constantFrom(...rows, undefined),
      // Mostly what the row itself says, so that links hold more often than not.
      own: mostly(true, false),
      other: fc.constantFrom(...ids),
      later: mostly(0, 0, 5),
    });
  const managedUser = fc
    .record({
      link: one(state.users, personIds),
      renamed: mostly(false, true),
      username: field(logins.slice(0, 7)),
      firstname: field(firstNames),
      lastname: field(['Ngata', 'Parata']),
      email: field(emails),
      follows: fc.boolean(),
    })
    .map(({ link: { row, own, other, later }, renamed, follows, ...fields }): ManagedUser => {
      const written = follows && row !== undefined ? row : undefined;
      return {
        externalId: own && row !== undefined && row.idnumber !== '' ? row.idnumber : other,
        moodleId: row?.id ?? 999,
        origin: 'created',
        username: renamed ? 'renamed' : (row?.username ?? 'gone'),
        timecreated: (row?.timecreated ?? 1) + later,
        fields: Object.fromEntries(
          Object.entries(fields).map(([name, { kn, moodle }]) => [
            name,
            { kn, moodle: written?.[name as keyof typeof fields] ?? moodle },
          ]),
        ),
      };
    });
  const managedCourse = fc
    .record({ link: one(state.courses, codes), kn: fc.constantFrom(...classNames), follows: fc.boolean() })
    .map(({ link: { row, own, other, later }, kn, follows }): ManagedCourse => ({
      externalId: own && row !== undefined && row.idnumber !== '' ? row.idnumber : other,
      moodleId: row?.id ?? 999,
      origin: 'created',
      shortname: row?.shortname ?? 'gone',
      timecreated: (row?.timecreated ?? 1) + later,
      groupType: 'Class',
      year: 2026,
      fields: { fullname: { kn, moodle: follows ? (row?.fullname ?? null) : null } },
    }));
  return fc
    .record({
      users: fc.uniqueArray(managedUser, { maxLength: 4, selector: ({ externalId }) => externalId }),
      courses: fc.uniqueArray(managedCourse, { maxLength: 3, selector: ({ externalId }) => externalId }),
      ours: fc.subarray([...state.enrolments]),
    })
    .map(({ users, courses, ours }) => {
      const personOf = new Map(users.map(({ moodleId, externalId }) => [moodleId, externalId]));
      const groupOf = new Map(courses.map(({ moodleId, externalId }) => [moodleId, externalId]));
      const enrolments = ours.flatMap(({ id, enrolid, userid, courseid, enrol }) => {
        const [person, group] = [personOf.get(userid), groupOf.get(courseid)];
        if (person === undefined || group === undefined || enrol !== 'manual') return [];
        const role = person.startsWith('T') ? 'editingteacher' : 'student';
        return [{ group, person, moodleId: id, enrolid, userid, role }];
      });
      return {
        users: new Map(users.map((row) => [row.externalId, row])),
        courses: new Map(courses.map((row) => [row.externalId, row])),
        enrolments: enrolmentsByClass(enrolments),
        merged: [],
      };
    });
}

const verdict = fc.constantFrom('accepted' as const, 'refused' as const);
const answers: fc.Arbitrary<Answers> = fc
  .record({
    users: fc.array(fc.tuple(fc.constantFrom(...personIds), fc.constantFrom(...userIdsInMoodle), verdict), {
      maxLength: 8,
    }),
    courses: fc.array(fc.tuple(fc.constantFrom(...codes), fc.constantFrom(...courseIdsInMoodle), verdict), {
      maxLength: 4,
    }),
    reused: fc.dictionary(
      fc.constantFrom(...codes),
      fc.constantFrom('continues' as const, 'new-course' as const),
      {
        maxKeys: 2,
      },
    ),
  })
  .map(({ users, courses, reused }) => {
    const rows = [
      ...users.map((one) => ['user', ...one] as const),
      ...courses.map((one) => ['course', ...one] as const),
    ];
    return {
      links: new Map(
        rows.map(([kind, id, moodleId, said]) => [[kind, id, moodleId].join(KEY_SEPARATOR), said]),
      ),
      reusedCodes: new Map(Object.entries(reused)),
    };
  });

/** Rules that fill a class from those before it, so that there is no circle; one class nobody has. */
const ruleClasses = [...codes, 'NOWHERE'];

const groupProvisioning: fc.Arbitrary<GroupProvisioningRule[]> = fc
  .array(
    fc.record({
      target: fc.nat({ max: ruleClasses.length - 1 }),
      memberOf: fc.option(fc.nat({ max: ruleClasses.length - 1 }), { nil: undefined }),
      userType: fc.constantFrom(...ruleUserTypes),
      applyToExisting: fc.boolean(),
      provisionMembers: mostly(true, false),
    }),
    { maxLength: 3 },
  )
  .map((rules) =>
    rules.map(({ target, memberOf, ...rest }, at) => ({
      ...rest,
      name: `Rule ${at}`,
      target: ruleClasses[target]!,
      ...(memberOf === undefined || memberOf >= target ? {} : { memberOf: [ruleClasses[memberOf]!] }),
    })),
  );

const schoolSettings: fc.Arbitrary<SchoolSettings> = fc
  .record({
    shortname: fc.constantFrom('{code}', '{code} {year}'),
    category: fc.constantFrom('{year}/{type}', 'Old/{year}', '{type}'),
    owned: fc.subarray(['firstname', 'lastname', 'email', 'username', 'fullname'] as const),
    withoutEmail: fc.boolean(),
    reusedCode: mostly(undefined, 'continues' as const, 'new-course' as const),
    rules: fc.option(groupProvisioning, { freq: 2 }),
  })
  .map(({ shortname, category: path, owned, withoutEmail, reusedCode, rules }) =>
    settings(
      {
        ownedByKN: owned,
        users: { auth: 'manual', withoutEmail },
        ...(rules === null ? {} : { groupProvisioning: rules }),
      },
      { shortname, category: path, ...(reusedCode === undefined ? {} : { reusedCode }) },
    ),
  );

/** Any input that planning may ever meet. */
export const dirtyInput: fc.Arbitrary<PlanInput> = fc
  .tuple(moodleUsers, moodleCourses)
  .chain(([users, courses]) => moodleOf(users, courses))
  .chain((state) =>
    fc.record({
      moodle: fc.constant(state),
      managed: managedOf(state),
      snapshot: schoolOf(persons),
      previous: fc.option(schoolOf(persons), { freq: 2 }),
      answers,
      settings: schoolSettings,
      site: fc.record({
        allowSameEmail: fc.boolean(),
        extendedUsernameChars: fc.boolean(),
        fullnameMax: mostly(254, 8),
        categoryStep: mostly(10_000, 2),
        manualInNewCourses: mostly(true, false),
      }),
      dates: fc.constant(midnight),
      passwordsFor: fc.constant(new Set(['S2'])),
    }),
  )
  .map((parts) => input(parts));
