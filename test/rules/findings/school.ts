/** An invented school for the tests of findings. */
import type { SchoolSettings } from '../../../data/model/settings.js';
import type {
  GroupRecord,
  GroupTypeRecord,
  MembershipRecord,
  PersonRecord,
  Statements,
} from '../../../data/model/snapshot.js';
import type { CollationFold } from '../../../data/moodle/state.js';
import { findRecordProblems } from '../../../data/rules/findings/index.js';
import { stringsToFold } from '../../../data/rules/findings/kept.js';
import { recordLimits, type RecordLimits } from '../../../data/rules/findings/limits.js';
import type { RecordProblems, RecordRows, Row } from '../../../data/rules/findings/rows.js';
import { defaultSettings } from '../../../data/settings/defaults.js';

/** What utf8mb4_unicode_ci does to the strings of these tests: no case, no accents, no spaces at the end. */
export const fold: CollationFold = (value) =>
  value.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trimEnd();

export const stated: Statements = { students: true, teachers: true, groups: true };
export const settings: SchoolSettings = withProvisioning('enabled');
export const limits: RecordLimits = recordLimits(settings, new Map());

export function withProvisioning(
  provisioning: SchoolSettings['groupTypes']['default']['provisioning'],
  more: Partial<SchoolSettings> = {},
): SchoolSettings {
  const base = defaultSettings(2027);
  return {
    ...base,
    groupTypes: { default: { ...base.groupTypes.default, provisioning }, named: {} },
    ...more,
  };
}

/** A person without any problem. */
export function person(externalId: string, more: Partial<PersonRecord> = {}): PersonRecord {
  const login = externalId.toLowerCase().replace(/[^a-z0-9]/g, '');
  return {
    externalId,
    type: 'student',
    firstName: 'Mere',
    surname: 'Ngata',
    login,
    email: `${login}@school.example`,
    ...more,
  };
}

export function group(externalId: string, more: Partial<GroupRecord> = {}): GroupRecord {
  return { externalId, name: `Class ${externalId}`, groupType: 'Class', ...more };
}

export interface School {
  readonly persons: readonly PersonRecord[];
  readonly groups: readonly GroupRecord[];
  readonly groupTypes: readonly GroupTypeRecord[];
  readonly memberships: readonly MembershipRecord[];
}

/** One teacher, two students, one class of all three: nothing to find. */
export const clean: School = {
  persons: [person('T1', { type: 'teacher' }), person('S1'), person('S2')],
  groups: [group('9ENG')],
  groupTypes: [{ name: 'Class' }],
  memberships: ['T1', 'S1', 'S2'].map((one) => ({ group: '9ENG', person: one })),
};

function placed<R>(records: readonly R[], sheet: (record: R) => string): Row<R>[] {
  const next = new Map<string, number>();
  return records.map((record) => {
    const name = sheet(record);
    const row = (next.get(name) ?? 1) + 1;
    next.set(name, row);
    return { record, at: { sheet: name, row } };
  });
}

/** Rows as a workbook has them: the first record of a sheet stands in row 2. */
export function toRows(school: School): RecordRows {
  const persons = placed(school.persons, (one) => (one.type === 'teacher' ? 'teachers' : 'students'));
  const places = new Map(persons.map(({ record, at }) => [record.externalId, at]));
  return {
    persons,
    groups: placed(school.groups, () => 'groups'),
    groupTypes: placed(school.groupTypes, () => 'Group Types'),
    memberships: school.memberships.map((record) => ({ record, at: places.get(record.person) })),
  };
}

/** The clean school with more people and classes in it. */
export function withMore(more: Partial<School>): School {
  return {
    persons: [...clean.persons, ...(more.persons ?? [])],
    groups: [...clean.groups, ...(more.groups ?? [])],
    groupTypes: [...clean.groupTypes, ...(more.groupTypes ?? [])],
    memberships: [...clean.memberships, ...(more.memberships ?? [])],
  };
}

export function check(
  school: School,
  options: {
    readonly settings?: SchoolSettings;
    readonly statements?: Statements;
    readonly limits?: Partial<RecordLimits>;
  } = {},
): RecordProblems & { readonly rows: RecordRows } {
  const rows = toRows(school);
  const used = options.settings ?? settings;
  // The database is asked once, in bulk: the rules may only ask for what was announced.
  const announced = stringsToFold(rows);
  const strictFold: CollationFold = (value) => {
    if (!announced.has(value)) throw new Error('asked for a string that was not announced');
    return fold(value);
  };
  const problems = findRecordProblems(rows, options.statements ?? stated, used, strictFold, {
    ...recordLimits(used, new Map()),
    ...options.limits,
  });
  return { ...problems, rows };
}

/** "code severity sheet:row column=value subject" per finding, for tables in tests. */
export function brief(problems: RecordProblems): string[] {
  return problems.findings.map((finding) => {
    const place = finding.sheet === undefined ? '' : ` ${finding.sheet}:${finding.row ?? ''}`;
    const cell = finding.column === undefined ? '' : ` ${finding.column}=${finding.value ?? ''}`;
    return `${finding.code} ${finding.severity}${place}${cell}`;
  });
}

/** The External IDs of the persons that are dropped. */
export function droppedPersons(problems: ReturnType<typeof check>): string[] {
  return problems.rows.persons
    .filter((_, index) => problems.dropped.persons.has(index))
    .map((row) => row.record.externalId);
}
