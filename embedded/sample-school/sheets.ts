/** The sheets of KnowledgeNET's workbook: headers as its export spells them, one row per record. */
import type { SampleGroup, SamplePerson, SampleSchool } from './model.js';

export type SheetCell = string | number;

export interface Sheet {
  readonly name: string;
  readonly rows: readonly (readonly SheetCell[])[];
}

const studentHeaders = [
  'Unique External Id',
  'New External Id',
  'National Student Number (NSN)',
  'Title',
  'Surname',
  'First Name',
  'Year Level',
  'User ID',
  'Password',
  'Email Address',
];
const teacherHeaders = studentHeaders.filter((header) => !/NSN|Year Level/.test(header));
const groupHeaders = [
  'Unique External Id',
  'New External Id',
  'Group Name',
  'Group Type',
  'SMS Controlled',
  'Moodle Provisioning',
  'Delete This Group',
];

/** All sheets of a school, in KN's order. Caregivers have their sheet; nothing reads it. */
export function sheetsOf(school: SampleSchool): Sheet[] {
  return [
    { name: 'students', rows: studentRows(school) },
    { name: 'teachers', rows: teacherRows(school.teachers) },
    { name: 'caregivers', rows: caregiverRows(school.students) },
    { name: 'groups', rows: [groupHeaders, ...school.groups.map(groupRow)] },
    { name: 'Group Types', rows: [['Group Type'], ...school.groupTypes.map((name) => [name])] },
  ];
}

function studentRows(school: SampleSchool): SheetCell[][] {
  const columns = mostGroups(school.students);
  const disabling = school.students.some(({ disabled }) => disabled !== undefined);
  const extra = [...(disabling ? ['Disable User'] : []), ...(school.extraHeaders ?? [])];
  return [
    [...studentHeaders, ...memberHeaders(columns), 'Caregiver 1 External Id', 'Delete This User', ...extra],
    ...school.students.map((person) => [
      ...idCells(person),
      numeric(person.nsn),
      ...nameCells(person),
      numeric(person.yearLevel),
      ...accountCells(person),
      ...memberCells(person, columns),
      caregiverId(person),
      person.remove ?? '',
      ...(disabling ? [person.disabled ?? ''] : []),
    ]),
  ];
}

function teacherRows(teachers: readonly SamplePerson[]): SheetCell[][] {
  const columns = mostGroups(teachers);
  return [
    [...teacherHeaders, ...memberHeaders(columns), 'Delete This User'],
    ...teachers.map((person) => [
      ...idCells(person),
      ...nameCells(person),
      ...accountCells(person),
      ...memberCells(person, columns),
      person.remove ?? '',
    ]),
  ];
}

function caregiverRows(students: readonly SamplePerson[]): SheetCell[][] {
  return [
    ['Unique External Id', 'Surname', 'First Name', 'Delete This User'],
    ...students.map((student) => [caregiverId(student), student.surname, 'Parent', '']),
  ];
}

function groupRow(group: SampleGroup): SheetCell[] {
  return [
    group.externalId,
    group.newExternalId ?? '',
    group.name,
    group.groupType,
    group.smsControlled,
    group.provisioning ?? '',
    group.remove ?? '',
  ];
}

function idCells(person: SamplePerson): SheetCell[] {
  return [
    person.idAsNumber === true ? Number(person.externalId) : person.externalId,
    person.newExternalId ?? '',
  ];
}

function nameCells(person: SamplePerson): SheetCell[] {
  return [person.title ?? '', person.surname, person.firstName];
}

function accountCells(person: SamplePerson): SheetCell[] {
  return [person.login, person.password ?? '', person.email];
}

const mostGroups = (people: readonly SamplePerson[]): number =>
  people.reduce((most, person) => Math.max(most, person.groups.length), 1);

const memberHeaders = (columns: number): string[] => Array.from({ length: columns }, () => 'Member of Group');

/** To the right without gaps, then blanks up to the last column. */
function memberCells(person: SamplePerson, columns: number): SheetCell[] {
  return [...person.groups, ...Array.from({ length: columns - person.groups.length }, () => '')];
}

const caregiverId = (person: SamplePerson): string => `C${person.externalId}`;

/** Spreadsheet programs keep plain numbers as numbers. */
function numeric(text: string | undefined): SheetCell {
  return text !== undefined && /^[1-9]\d*$/.test(text) ? Number(text) : (text ?? '');
}
