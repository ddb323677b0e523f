/** From KnowledgeNET's database into a real Moodle: exactly the courses and enrolments that the guide promises. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectFindings } from '../../data/journal/findings.js';
import { select } from '../../data/journal/journal.js';
import { storeSettings } from '../../data/journal/settings.js';
import type { ProvisioningOption, SchoolSettings } from '../../data/model/settings.js';
import type { School } from '../../data/schools.js';
import { defaultGroupType, defaultSettings } from '../../data/settings/defaults.js';
import { settingsHash } from '../../data/settings/hash.js';
import { rememberApplied } from '../../data/stages/class-rules.js';
import { takeSnapshot } from '../../data/stages/take-snapshot.js';
import { fillDatabase, type SampleRule } from '../../embedded/sample-school/database.js';
import type { SampleGroup, SamplePerson, SampleSchool } from '../../embedded/sample-school/model.js';
import { applyStored, planSnapshot } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { createViews, type TestViews } from '../support/kn-database.js';
import { createSchool, type TestSchool } from '../support/school.js';

/** Group types by the names that the view gives them. */
const options: Readonly<Record<string, ProvisioningOption>> = {
  Always: 'always-disabled',
  Off: 'disabled',
  NonSms: 'enabled-non-sms',
  Sms: 'enabled-sms',
  On: 'enabled',
};

/** Origin of a class, by the first letter of its id: `smsControlled` as the view has it. */
const origins: Readonly<Record<string, string>> = { S: 'Y', N: 'N', U: '' };

/** What is said of a class itself: in the view, and in the settings, which win. */
const said: readonly { readonly view?: string; readonly settings?: 'enabled' | 'disabled' }[] = [
  {},
  { view: 'Enabled' },
  { view: 'Disabled' },
  { view: 'Disabled', settings: 'enabled' },
  { view: 'Enabled', settings: 'disabled' },
];

/**
 * The guide's table, written out by hand: C a course, - none; columns as in `said`. A class of unknown origin (U) is the
 * SMS's, because the school says so in its settings after the first reading has been stopped by these classes.
 */
const guide = `
  Always  S  -----
  Always  N  -----
  Always  U  -----
  Off     S  -C-C-
  Off     N  -C-C-
  Off     U  -C-C-
  NonSms  S  -C-C-
  NonSms  N  CC-C-
  NonSms  U  -C-C-
  Sms     S  CC-C-
  Sms     N  -C-C-
  Sms     U  CC-C-
  On      S  CC-C-
  On      N  CC-C-
  On      U  CC-C-`;

const lines = guide
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/ +/) as [string, string, string]);

/** Who is in the classes of the table. */
const usual: Readonly<Record<string, readonly string[]>> = {
  S: ['s9a', 't1'],
  N: ['s10a', 't2'],
  U: ['s9a', 's10a', 't1'],
};

/** Classes that rules are about, and who is in them in KnowledgeNET. */
const others: Readonly<Record<string, { type: string; sms: string; members: readonly string[] }>> = {
  SMALL1: { type: 'On', sms: 'Y', members: ['s9a', 't1'] },
  SMALL2: { type: 'On', sms: 'Y', members: ['s10a'] },
  SMALL3: { type: 'On', sms: 'Y', members: ['s9b'] },
  SUPER: { type: 'On', sms: 'N', members: ['t2'] },
  YEAR9: { type: 'On', sms: 'N', members: ['s9b'] },
  YEAR10: { type: 'NonSms', sms: 'N', members: [] },
  HOUSE: { type: 'On', sms: 'N', members: [] },
  STAFF: { type: 'Off', sms: 'N', members: [] },
  NEVER: { type: 'Always', sms: 'N', members: [] },
};

/** Enrolments of the classes above, by hand. SMALL1 and SMALL2 are parts of SUPER; NEVER is always disabled. */
const ofRules = [
  'SMALL3 s9b student',
  'SUPER s9a student', // a rule of the settings: students of SMALL1 or SMALL2
  'SUPER s10a student',
  'SUPER t2 editingteacher', // KnowledgeNET's own
  'YEAR9 s9b student', // KnowledgeNET's own; its rule does not concern who was there before
  'YEAR10 s10a student', // KnowledgeNET's rule for year 10
  'YEAR10 s10b student',
  'HOUSE s10a student', // a rule of the settings about whom that rule has put into YEAR10
  'HOUSE s10b student',
  'STAFF t1 editingteacher', // a rule for new teachers; at first everybody is new
  'STAFF t2 editingteacher',
];

/** What a week brings: two who are new, and one who comes into year 10. */
const ofNextWeek = [
  'YEAR9 s9c student',
  'STAFF t3 editingteacher',
  'YEAR10 s9b student',
  'HOUSE s9b student',
];

const knRules: readonly SampleRule[] = [
  {
    name: 'Year 10',
    userType: 'Student',
    yearLevel: 'Year 10',
    memberOf: null,
    target: 'YEAR10',
    applyToExisting: true,
  },
  {
    name: 'Year 9',
    userType: 'Student',
    yearLevel: '9',
    memberOf: null,
    target: 'YEAR9',
    applyToExisting: false,
  },
  {
    name: 'All',
    userType: 'All',
    yearLevel: null,
    memberOf: 'SMALL1',
    target: 'NEVER',
    applyToExisting: true,
  },
];

const classId = (type: string, origin: string, at: number): string => `${origin}-${type}-${at}`;

const tableGroups: SampleGroup[] = lines.flatMap(([type, origin]) =>
  said.map(({ view }, at) => ({
    externalId: classId(type, origin, at),
    name: `${type} ${origin} ${at}`,
    groupType: type,
    smsControlled: origins[origin]!,
    ...(view === undefined ? {} : { provisioning: view }),
  })),
);

const otherGroups: SampleGroup[] = Object.entries(others).map(([externalId, { type, sms }]) => ({
  externalId,
  name: `Class ${externalId}`,
  groupType: type,
  smsControlled: sms,
}));

function groupsOf(person: string): string[] {
  const inTable = lines.flatMap(([type, origin]) =>
    usual[origin]!.includes(person) ? said.map((_, at) => classId(type, origin, at)) : [],
  );
  const besides = Object.entries(others).flatMap(([id, { members }]) =>
    members.includes(person) ? [id] : [],
  );
  return [...inTable, ...besides];
}

function person(externalId: string, yearLevel?: string): SamplePerson {
  return {
    externalId,
    surname: `Surname ${externalId}`,
    firstName: `First ${externalId}`,
    login: `login.${externalId}`,
    email: `${externalId}@kowhai.example`,
    groups: groupsOf(externalId),
    ...(yearLevel === undefined ? {} : { yearLevel }),
  };
}

function schoolOf(students: SamplePerson[], teachers: SamplePerson[]): SampleSchool {
  return {
    seed: 'guide',
    name: 'Kōwhai',
    year: 2027,
    groupTypes: Object.keys(options),
    groups: [...tableGroups, ...otherGroups],
    students,
    teachers,
    studentsEver: students.length,
    teachersEver: teachers.length,
  };
}

const firstWeek = schoolOf(
  [person('s9a', '9'), person('s9b', '9'), person('s10a', '10'), person('s10b', '10')],
  [person('t1'), person('t2')],
);
const nextWeek = schoolOf(
  [person('s9a', '9'), person('s9b', '10'), person('s9c', '9'), person('s10a', '10'), person('s10b', '10')],
  [person('t1'), person('t2'), person('t3')],
);

function settingsWith(more: Partial<SchoolSettings>): SchoolSettings {
  const type = defaultGroupType(2027);
  const overrides = lines.flatMap(([name, origin]) =>
    said.flatMap(({ settings }, at) =>
      settings === undefined ? [] : [[classId(name, origin, at), settings] as const],
    ),
  );
  return {
    ...defaultSettings(2027),
    mode: 'snapshot-only',
    groupTypes: {
      default: { ...type, provisioning: 'always-disabled' },
      named: Object.fromEntries(
        Object.entries(options).map(([name, provisioning]) => [name, { ...type, provisioning }]),
      ),
    },
    classOverrides: { ...Object.fromEntries(overrides), STAFF: 'enabled' },
    groupProvisioning: [
      {
        name: 'Many small ones',
        userType: 'student',
        memberOf: ['SMALL1', 'SMALL2'],
        target: 'SUPER',
        applyToExisting: true,
        provisionMembers: false,
      },
      { name: 'House', userType: 'all', memberOf: ['YEAR10'], target: 'HOUSE', applyToExisting: true },
      { name: 'Staff', userType: 'teacher', target: 'STAFF', applyToExisting: false },
    ],
    ...more,
  };
}

const roleOf = (id: string): string => (id.startsWith('t') ? 'editingteacher' : 'student');

const tableCourses = lines.flatMap(([type, origin, courses]) =>
  [...courses].flatMap((letter, at) => (letter === 'C' ? [{ id: classId(type, origin, at), origin }] : [])),
);
const expectedCourses = [
  ...tableCourses.map(({ id }) => id),
  ...['SMALL3', 'SUPER', 'YEAR9', 'YEAR10', 'HOUSE', 'STAFF'],
].sort();
const expectedEnrolments = [
  ...tableCourses.flatMap(({ id, origin }) => usual[origin]!.map((one) => `${id} ${one} ${roleOf(one)}`)),
  ...ofRules,
].sort();

describeWithMoodle("a school read from KnowledgeNET's database", () => {
  let own: TestSchool;
  let views: TestViews;
  let school: School;

  beforeAll(async () => {
    own = await createSchool('4.5', settingsWith({}));
    views = await createViews(firstWeek, knRules);
    school = { ...own.school, knowledgenet: { database: views.source } };
  });
  afterAll(async () => {
    await views?.close();
    await own?.close();
  });

  const read = (): ReturnType<typeof takeSnapshot> =>
    takeSnapshot(school, null, { limits: {}, passwordKeyConfigured: false });

  async function synchronise(): Promise<void> {
    const { snapshotId, findings } = await read();
    expect(findings['stops-run'] ?? 0).toBe(0);
    const slice = await applyStored(school, await planSnapshot(school, snapshotId));
    expect(slice).toMatchObject({ ended: 'done', progress: { conflict: 0, pending: 0 } });
    await rememberApplied(school.journal, snapshotId);
  }

  async function inMoodle(sql: string): Promise<string[]> {
    const { database, prefix } = school.moodle;
    const placed = sql.replace(/\{(\w+)\}/g, `\`${database}\`.\`${prefix}$1\``);
    const rows = await select<{ line: string }>(school.db, placed);
    return rows.map(({ line }) => line).sort();
  }

  const courses = (): Promise<string[]> =>
    inMoodle(`SELECT idnumber AS line FROM {course} WHERE category <> 0`);

  /** Class, person and role where all three agree: enrolled by hand, active, and with the role in the course. */
  const enrolments = (): Promise<string[]> =>
    inMoodle(`SELECT CONCAT(c.idnumber, ' ', u.idnumber, ' ', r.shortname) AS line
      FROM {user_enrolments} ue JOIN {enrol} e ON e.id = ue.enrolid JOIN {course} c ON c.id = e.courseid
      JOIN {user} u ON u.id = ue.userid
      JOIN {context} x ON x.contextlevel = 50 AND x.instanceid = c.id
      JOIN {role_assignments} ra ON ra.contextid = x.id AND ra.userid = u.id JOIN {role} r ON r.id = ra.roleid
      WHERE e.enrol = 'manual' AND e.status = 0 AND ue.status = 0`);

  test('is stopped by the classes whose origin an option asks for and nothing tells', async () => {
    const { snapshotId } = await read();
    const stopping = (await selectFindings(school.journal, snapshotId)).filter(
      ({ severity }) => severity === 'stops-run',
    );
    expect(stopping.map(({ code, subject }) => `${code} ${subject}`).sort()).toEqual([
      'OriginUnknown U-NonSms-0',
      'OriginUnknown U-Sms-0',
    ]);
  });

  test('has the courses and enrolments of the table, and nothing else', async () => {
    const settings = settingsWith({ smsControlledPattern: '^U-' });
    await storeSettings(school.journal, settings, settingsHash(settings), 'kiri');
    await synchronise();
    expect(await courses()).toEqual(expectedCourses);
    expect(await enrolments()).toEqual(expectedEnrolments);
  });

  test('has accounts of teachers and students only, linked by External ID', async () => {
    const accounts = await inMoodle(
      `SELECT CONCAT(idnumber, ' ', username) AS line FROM {user} WHERE idnumber <> '' AND deleted = 0`,
    );
    expect(accounts).toEqual(['s10a', 's10b', 's9a', 's9b', 't1', 't2'].map((id) => `${id} login.${id}`));
    expect(await inMoodle('SELECT username AS line FROM {user} WHERE deleted = 0')).toHaveLength(6 + 2);
  });

  test('follows a week later: rules for new people take the new ones, and nobody goes', async () => {
    await fillDatabase(views.admin, nextWeek, knRules);
    await synchronise();
    expect(await courses()).toEqual(expectedCourses);
    expect(await enrolments()).toEqual([...expectedEnrolments, ...ofNextWeek].sort());
  });
});
