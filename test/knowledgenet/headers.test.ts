import { describe, expect, it } from 'vitest';
import { fieldOf, readHeader, sheetKindOf } from '../../data/knowledgenet/headers.js';
import { RolloverError } from '../../data/model/errors.js';

describe('sheet names', () => {
  it.each([
    ['students', 'students'],
    ['Student', 'students'],
    [' TEACHERS ', 'teachers'],
    ['Group Types', 'groupTypes'],
    ['group_type', 'groupTypes'],
    ['Groups\u200b', 'groups'],
    ['Caregivers', 'caregivers'],
    ['studnets', null],
    ['students (2)', null],
  ])('reads the sheet %j as %j', (name, kind) => {
    expect(sheetKindOf(name)).toBe(kind);
  });
});

describe('headers', () => {
  it.each([
    ['Unique External Id', 'externalId'],
    ['UNIQUE_EXTERNAL-ID', 'externalId'],
    ['External ID', 'externalId'],
    ['\ufeffUnique External Id', 'externalId'],
    ['Unique\u200b External\u00a0Id', 'externalId'],
    ['New External Id', 'newExternalId'],
    ['National Student Number (NSN)', 'nsn'],
    ['NSN', 'nsn'],
    ['First Name(s)', 'firstName'],
    ['First Name (legal)', 'firstName'],
    ['Last Name', 'surname'],
    ['User ID', 'login'],
    ['Login', 'login'],
    ['Email', 'email'],
    ['E-mail Address', 'email'],
    ['Year Level', 'yearLevel'],
    ['Member of Group', 'memberOfGroup'],
    ['Member of Groups', 'memberOfGroup'],
    ['Member of Group 12', 'memberOfGroup'],
    ['Member of Group.1', 'memberOfGroup'],
    ['Delete This User', 'delete'],
    ['Disable User', 'disabled'],
    ['Lock Account', 'locked'],
    ['Caregiver 1 Unique External Id', 'caregiver'],
    ['Home Phone', 'phone'],
    ['Favourite colour', null],
    ['Member', null],
  ])('reads %j of a person as %j', (header, field) => {
    expect(fieldOf('students', header)).toBe(field);
  });

  it.each([
    ['Name', 'name'],
    ['Group Type', 'groupType'],
    ['SMS Controlled', 'smsControlled'],
    ['Moodle Provisioning', 'provisioning'],
    ['Delete This Group', 'delete'],
    ['Surname', null],
  ])('reads %j of a class as %j', (header, field) => {
    expect(fieldOf('groups', header)).toBe(field);
  });

  it('says what each header was read as, and names unknown and repeated ones', () => {
    const header = readHeader('students', 'students', 1, [
      'External Id',
      'Surname',
      'Last Name',
      'Shoe size',
      undefined,
      'Member of Group',
      'Member of Group',
      'Caregiver id',
      'Caregiver id',
    ]);
    expect(header.headers.map(({ header: text, field }) => [text, field])).toEqual([
      ['External Id', 'externalId'],
      ['Surname', 'surname'],
      ['Last Name', 'surname'],
      ['Shoe size', null],
      ['Member of Group', 'memberOfGroup'],
      ['Member of Group', 'memberOfGroup'],
      ['Caregiver id', 'caregiver'],
      ['Caregiver id', 'caregiver'],
    ]);
    expect(header.columns.get('surname')).toBe(1);
    const members = Array.from({ length: 10 }, (_, column) => column).filter(
      (column) => header.use(column) === 'member',
    );
    expect(members).toEqual([5, 6]);
    expect([header.use(4), header.use(3), header.use(9)]).toEqual(['untitled', 'titled', 'untitled']);
    expect(header.findings.map(({ code, value }) => [code, value])).toEqual([
      ['DuplicateHeader', 'Last Name'],
      ['UnknownHeader', 'Shoe size'],
    ]);
  });

  it.each([
    ['students', 'Unique External Id'],
    ['groups', 'Unique External Id'],
    ['groupTypes', 'Group Type'],
  ] as const)('stops where the key column of %s is missing', (kind, column) => {
    const reading = () => readHeader(kind, kind, 1, ['Surnam', 'Email Address']);
    expect(reading).toThrow(RolloverError);
    expect(reading).toThrow(
      expect.objectContaining({ code: 'MissingKeyColumn', details: { sheet: kind, column } }),
    );
  });
});
