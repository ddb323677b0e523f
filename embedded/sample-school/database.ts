/** Writes a sample school as KnowledgeNET's database: tables of its own making and the views over them. */
import type { Connection } from 'mysql2/promise';
import type { SampleGroup, SamplePerson, SampleSchool } from './model.js';

/** A provisioning rule as KnowledgeNET holds it. */
export interface SampleRule {
  readonly name: string | null;
  readonly userType: string;
  readonly yearLevel: string | null;
  readonly memberOf: string | null;
  readonly target: string | null;
  readonly applyToExisting: boolean;
}

const tables = [
  `CREATE TABLE account (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, kind VARCHAR(20) NOT NULL,
    external_id VARCHAR(255) NULL, nsn VARCHAR(20) NULL, title VARCHAR(20) NULL, surname VARCHAR(255) NULL,
    first_name VARCHAR(255) NULL, year_level VARCHAR(20) NULL, login VARCHAR(255) NULL, email VARCHAR(255) NULL,
    disabled TINYINT(1) NULL, locked TINYINT(1) NULL)`,
  'CREATE TABLE class_type (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255) NOT NULL)',
  `CREATE TABLE class (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, external_id VARCHAR(255) NULL,
    name VARCHAR(255) NULL, type_name VARCHAR(255) NULL, sms VARCHAR(20) NULL, provisioning VARCHAR(20) NULL)`,
  `CREATE TABLE class_member (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, person VARCHAR(255) NULL,
    class VARCHAR(255) NULL)`,
  `CREATE TABLE class_rule (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255) NULL,
    user_type VARCHAR(20) NULL, year_level VARCHAR(20) NULL, member_of VARCHAR(255) NULL, target VARCHAR(255) NULL,
    existing TINYINT(1) NULL)`,
].map((statement) => `${statement} ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);

const views = [
  `CREATE VIEW kn_users AS SELECT id, kind AS user_type, external_id, nsn, title, surname, first_name, year_level,
    login AS user_id, email AS email_address, disabled AS disable_user, locked AS lock_account FROM account`,
  'CREATE VIEW kn_group_types AS SELECT id, name FROM class_type',
  `CREATE VIEW kn_groups AS SELECT id, external_id, name, type_name AS group_type, sms AS sms_controlled,
    provisioning AS moodle_provisioning FROM class`,
  `CREATE VIEW kn_memberships AS SELECT id, person AS person_external_id, class AS group_external_id
    FROM class_member`,
  `CREATE VIEW kn_provisioning_rules AS SELECT id, name, user_type, year_level, member_of AS member_of_group,
    target AS target_group, existing AS apply_to_existing_users FROM class_rule`,
];

type Value = string | number | null;
const ROWS_PER_STATEMENT = 2_000;

async function insert(
  connection: Connection,
  table: string,
  columns: string,
  rows: readonly (readonly Value[])[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT)
    await connection.query(`INSERT INTO ${table} (${columns}) VALUES ?`, [
      rows.slice(at, at + ROWS_PER_STATEMENT),
    ]);
}

/** What the sheet `teachers` has no column for is NULL: nothing is said about it. */
function accountRow(kind: 'student' | 'teacher', person: SamplePerson): Value[] {
  const ofStudent = (value: string | undefined): Value => (kind === 'student' ? (value ?? '') : null);
  return [
    kind,
    person.externalId,
    ofStudent(person.nsn),
    person.title ?? '',
    person.surname,
    person.firstName,
    ofStudent(person.yearLevel),
    person.login,
    person.email,
  ];
}

function caregiverRow(student: SamplePerson): Value[] {
  return ['caregiver', `C${student.externalId}`, null, '', student.surname, 'Parent', null, '', ''];
}

const classRow = (group: SampleGroup): Value[] => [
  group.externalId,
  group.name,
  group.groupType,
  group.smsControlled,
  group.provisioning ?? null,
];

const memberRows = (person: SamplePerson): Value[][] =>
  person.groups.map((group) => [person.externalId, group]);

const ruleRow = (rule: SampleRule): Value[] => [
  rule.name,
  rule.userType,
  rule.yearLevel,
  rule.memberOf,
  rule.target,
  rule.applyToExisting ? 1 : 0,
];

/** Fills the tables; what was in them goes. */
export async function fillDatabase(
  connection: Connection,
  school: SampleSchool,
  rules: readonly SampleRule[] = [],
): Promise<void> {
  for (const table of ['account', 'class_type', 'class', 'class_member', 'class_rule'])
    await connection.query(`DELETE FROM ${table}`);
  const { students, teachers } = school;
  await insert(
    connection,
    'account',
    'kind, external_id, nsn, title, surname, first_name, year_level, login, email',
    [
      ...students.map((person) => accountRow('student', person)),
      ...teachers.map((person) => accountRow('teacher', person)),
      ...students.map(caregiverRow),
    ],
  );
  const types = school.groupTypes.map((name) => [name]);
  await insert(connection, 'class_type', 'name', types);
  await insert(
    connection,
    'class',
    'external_id, name, type_name, sms, provisioning',
    school.groups.map(classRow),
  );
  await insert(connection, 'class_member', 'person, class', [...students, ...teachers].flatMap(memberRows));
  await insert(
    connection,
    'class_rule',
    'name, user_type, year_level, member_of, target, existing',
    rules.map(ruleRow),
  );
}

/** Makes the tables and the views in the connection's empty schema, and fills them. */
export async function createDatabase(
  connection: Connection,
  school: SampleSchool,
  rules: readonly SampleRule[] = [],
): Promise<void> {
  for (const statement of [...tables, ...views]) await connection.query(statement);
  await fillDatabase(connection, school, rules);
}
