/** Which sheet and which column is which. Spellings vary between exports; what was understood is always reported. */
import { RolloverError } from '../model/errors.js';
import type { Finding } from '../model/finding.js';
import type { HeaderReading } from '../model/snapshot.js';
import { isBlank, rawTextOf, textOf, type Cell } from './cells.js';
import { findingOf } from './finding.js';

/** The sheets of KN's workbook; caregivers are known and not read. */
export const sheetKinds = ['students', 'teachers', 'groups', 'groupTypes', 'caregivers'] as const;
export type SheetKind = (typeof sheetKinds)[number];
/** The sheets that a snapshot is made of. */
export type ReadSheetKind = Exclude<SheetKind, 'caregivers'>;

/** KN's own names of the sheets, for messages. */
export const sheetTitles: Readonly<Record<SheetKind, string>> = {
  students: 'students',
  teachers: 'teachers',
  groups: 'groups',
  groupTypes: 'Group Types',
  caregivers: 'caregivers',
};

/** What a column means. `caregiver` and `phone` are known and not read. */
export type Field =
  | 'externalId'
  | 'newExternalId'
  | 'nsn'
  | 'title'
  | 'surname'
  | 'firstName'
  | 'yearLevel'
  | 'login'
  | 'password'
  | 'email'
  | 'memberOfGroup'
  | 'delete'
  | 'disabled'
  | 'locked'
  | 'name'
  | 'groupType'
  | 'smsControlled'
  | 'provisioning'
  | 'caregiver'
  | 'phone';

/** Upper and lower case, spaces, punctuation, byte order marks and zero-width characters do not matter. */
export function normaliseHeader(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

const sheetNames: Readonly<Record<SheetKind, readonly string[]>> = {
  students: ['students', 'student', 'pupils'],
  teachers: ['teachers', 'teacher', 'staff'],
  groups: ['groups', 'group', 'classes', 'class'],
  groupTypes: ['grouptypes', 'grouptype', 'typesofgroup'],
  caregivers: ['caregivers', 'caregiver', 'parents', 'parent'],
};

/** The sheet that a name stands for, or null. */
export function sheetKindOf(name: string): SheetKind | null {
  const wanted = normaliseHeader(name);
  return sheetKinds.find((kind) => sheetNames[kind].includes(wanted)) ?? null;
}

type Spellings = Readonly<Partial<Record<Field, readonly string[]>>>;

const keys: Spellings = {
  externalId: [
    'uniqueexternalid',
    'uniqueexternalidentifier',
    'externalid',
    'externalidentifier',
    'uniqueid',
  ],
  newExternalId: ['newexternalid', 'newuniqueexternalid', 'newexternalidentifier', 'newid', 'newuniqueid'],
};

const people: Spellings = {
  ...keys,
  nsn: [
    'nationalstudentnumbernsn',
    'nationalstudentnumber',
    'nationalstudentno',
    'nsn',
    'nsnnumber',
    'nsnno',
  ],
  title: ['title', 'salutation'],
  surname: ['surname', 'surnames', 'lastname', 'lastnames', 'familyname'],
  firstName: ['firstname', 'firstnames', 'givenname', 'givennames', 'forename', 'forenames'],
  yearLevel: ['yearlevel', 'year', 'yr', 'yrlevel', 'yearlvl', 'currentyearlevel', 'schoolyearlevel'],
  login: ['userid', 'useridlogin', 'login', 'loginname', 'loginid', 'logon', 'userlogin', 'username'],
  password: ['password', 'passwords', 'passwd', 'pwd', 'initialpassword', 'userpassword', 'newpassword'],
  email: ['emailaddress', 'email', 'mail', 'emailaddr', 'emailaddresses'],
  memberOfGroup: ['memberofgroup', 'memberofgroups', 'memberof', 'groupmembership', 'groupmember'],
  delete: ['deletethisuser', 'deleteuser', 'delete', 'deletethisperson'],
  disabled: ['disableuser', 'disabled', 'userdisabled', 'disablethisuser', 'isdisabled', 'disable'],
  locked: ['lockaccount', 'locked', 'accountlocked', 'lockuser', 'lockthisaccount', 'islocked'],
};

const groups: Spellings = {
  ...keys,
  externalId: [...(keys.externalId ?? []), 'groupexternalid', 'uniqueexternalgroupid'],
  name: ['name', 'groupname', 'title', 'displayname', 'grouptitle', 'classname', 'description'],
  groupType: ['grouptype', 'type', 'grouptypename', 'typeofgroup'],
  delete: ['deletethisgroup', 'deletegroup', 'delete', 'deletethisclass'],
  smsControlled: ['smscontrolled', 'smscontrolledgroup', 'issmscontrolled', 'controlledbysms'],
  provisioning: ['moodleprovisioning', 'provisioning', 'provisioninmoodle', 'moodleprovision'],
};

const groupTypes: Spellings = {
  ...keys,
  name: ['grouptype', 'grouptypes', 'grouptypename', 'name', 'type', 'typename', 'title'],
  delete: ['deletethisgrouptype', 'deletegrouptype', 'delete'],
};

interface SheetFormat {
  /** Without it the sheet cannot be read. */
  readonly key: Field;
  readonly fields: ReadonlyMap<string, Field>;
}

function sheetFormat(key: Field, spellings: Spellings): SheetFormat {
  const fields = new Map<string, Field>();
  for (const [field, names] of Object.entries(spellings))
    for (const name of names) if (!fields.has(name)) fields.set(name, field as Field);
  return { key, fields };
}

const formats: Readonly<Record<ReadSheetKind, SheetFormat>> = {
  students: sheetFormat('externalId', people),
  teachers: sheetFormat('externalId', people),
  groups: sheetFormat('externalId', groups),
  groupTypes: sheetFormat('name', groupTypes),
};

/** `Member of Group` repeats, and programs number repeated headers; no other field does. */
const numbered = /^(memberofgroups?|memberof|groupmembership)\d+$/;
const repeated: ReadonlySet<Field> = new Set(['memberOfGroup', 'caregiver', 'phone']);
const caregiver = /caregiver|parentid/;
const phone = /phone|mobile|^cell$/;

/** The field that a header stands for on this kind of sheet, or null. */
export function fieldOf(kind: ReadSheetKind, header: string): Field | null {
  const { fields } = formats[kind];
  const isPeople = kind === 'students' || kind === 'teachers';
  // "First Name (legal)" is read as "First Name" unless the brackets belong to the header's own spelling.
  for (const spelling of [header, header.replace(/\([^)]*\)/g, '')]) {
    const name = normaliseHeader(spelling);
    const field = fields.get(name);
    if (field !== undefined) return field;
    if (isPeople && numbered.test(name)) return 'memberOfGroup';
  }
  if (!isPeople) return null;
  const name = normaliseHeader(header);
  return caregiver.test(name) ? 'caregiver' : phone.test(name) ? 'phone' : null;
}

/** The columns of a sheet, 0-based, and what its headers say. */
export interface SheetHeader {
  readonly columns: ReadonlyMap<Field, number>;
  /** What each column is: a class that the person is in, something else that has a header, or nothing known. */
  readonly use: (column: number) => 'member' | 'titled' | 'untitled';
  /** Whether the sheet has any Member of Group column. */
  readonly hasMembers: boolean;
  /** Header text as the source has it, per column. */
  readonly titles: readonly string[];
  readonly headers: readonly HeaderReading[];
  readonly findings: readonly Finding[];
}

/**
 * Reads a header row.
 *
 * @throws RolloverError MissingKeyColumn
 */
export function readHeader(
  kind: ReadSheetKind,
  sheet: string,
  row: number,
  cells: readonly Cell[],
): SheetHeader {
  const columns = new Map<Field, number>();
  const uses: ('member' | 'titled' | 'untitled')[] = [];
  const headers: HeaderReading[] = [];
  const findings: Finding[] = [];
  for (const [index, cell] of cells.entries()) {
    if (isBlank(cell)) {
      // People go on with classes to the right of the last titled column: a blank title continues them.
      uses[index] = uses[index - 1] === 'member' ? 'member' : 'untitled';
      continue;
    }
    const header = textOf(cell) || rawTextOf(cell);
    const field = fieldOf(kind, header);
    const at = { sheet, row, column: header, value: header };
    uses[index] = field === 'memberOfGroup' ? 'member' : 'titled';
    if (field === null) findings.push(findingOf('UnknownHeader', 'notice', at));
    else if (!columns.has(field)) columns.set(field, index);
    else if (!repeated.has(field)) findings.push(findingOf('DuplicateHeader', 'notice', at));
    headers.push({ sheet, header, field });
  }
  if (!columns.has(formats[kind].key)) throw missingKey(kind, sheet);
  const beyond = uses.at(-1) === 'member' ? 'member' : 'untitled';
  return {
    columns,
    use: (column) => uses[column] ?? beyond,
    hasMembers: columns.has('memberOfGroup'),
    titles: Array.from(cells, (cell) => textOf(cell)),
    headers,
    findings,
  };
}

/** @throws always: the sheet's key column is not there. */
export function missingKey(kind: ReadSheetKind, sheet: string): RolloverError {
  const wanted = kind === 'groupTypes' ? 'Group Type' : 'Unique External Id';
  return new RolloverError('MissingKeyColumn', `The sheet ${sheetTitles[kind]} has no column "${wanted}".`, {
    sheet,
    column: wanted,
  });
}
