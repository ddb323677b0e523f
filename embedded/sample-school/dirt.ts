/** Everything that goes wrong in real workbooks, put into a clean one, and a list of what was put where. */
import type { FindingCode } from '../../data/model/finding.js';
import type { SampleGroup, SamplePerson, SampleSchool } from './model.js';
import { Random } from './random.js';

/** One thing that was made wrong. */
export interface Dirt {
  readonly code: FindingCode;
  /** External ID of the person or class concerned, clean; empty when the dirt is that it has none. */
  readonly subject: string;
}

export interface MessySchool {
  readonly school: SampleSchool;
  readonly dirt: readonly Dirt[];
}

/** One of every so many students gets each kind of dirt; at least one. */
const STUDENTS_PER_DIRT = 400;

/**
 * A copy of the school with every kind of dirt. No person or class gets two kinds, so that each kind can be looked
 * for on its own.
 */
export function messy(school: SampleSchool, seed: string): MessySchool {
  const mess = new Mess(structuredClone(school), new Random(`${school.seed}/${school.year}/mess/${seed}`));
  const times = Math.max(1, Math.round(school.students.length / STUDENTS_PER_DIRT));
  for (let i = 0; i < times; i += 1) {
    dirtyIds(mess, i);
    dirtyAccounts(mess, i);
    dirtyPeople(mess);
    dirtyClasses(mess, i);
    dirtyOperations(mess, i);
  }
  return {
    school: { ...mess.school, extraHeaders: ['Bus Route'] },
    dirt: [...mess.dirt, { code: 'UnknownHeader', subject: '' }],
  };
}

/** A copy without a single person: an export that failed. */
export function withoutPeople(school: SampleSchool): SampleSchool {
  return { ...structuredClone(school), students: [], teachers: [] };
}

class Mess {
  readonly dirt: Dirt[] = [];
  readonly #students: SamplePerson[];
  readonly #classes: SampleGroup[];

  constructor(
    readonly school: SampleSchool,
    readonly random: Random,
  ) {
    this.#students = random.shuffle(school.students);
    this.#classes = random.shuffle(school.groups.filter((group) => group.groupType === 'Class'));
  }

  note(code: FindingCode, subject: string): void {
    this.dirt.push({ code, subject });
  }

  /** A student that nothing has been done to yet. */
  student(): SamplePerson {
    return this.#next(this.#students);
  }

  /** An SMS class that nothing has been done to yet. */
  class(): SampleGroup {
    return this.#next(this.#classes);
  }

  /** A further student in the same classes as another one, with data of its own. */
  newcomer(externalId: string, like: SamplePerson): SamplePerson {
    const login = `newcomer.${externalId.toLowerCase().replace(/[^a-z0-9]/g, '')}.${this.dirt.length}`;
    const person: SamplePerson = {
      ...structuredClone(like),
      externalId,
      nsn: String(990_000_000 + this.dirt.length),
      firstName: 'Nova',
      surname: 'Newcomer',
      login,
      email: `${login}@kahurangi-college.example`,
    };
    this.school.students.push(person);
    return person;
  }

  #next<T>(list: T[]): T {
    const item = list.pop();
    if (item === undefined) throw new RangeError('The school is too small for every kind of dirt.');
    return item;
  }
}

function dirtyIds(mess: Mess, round: number): void {
  const spaced = mess.student();
  mess.note('IdCleaned', spaced.externalId);
  // a non-breaking space in front, a zero-width one inside, blanks behind
  spaced.externalId = `\u00a0${spaced.externalId.slice(0, 2)}\u200b${spaced.externalId.slice(2)}  `;

  const number = mess.student();
  number.externalId = String(70_000 + round);
  number.idAsNumber = true;
  mess.note('IdFromNumber', number.externalId);

  const twice = mess.student();
  mess.school.students.push(structuredClone(twice));
  mess.note('DuplicateIdenticalRow', twice.externalId);

  const taken = mess.student();
  mess.newcomer(taken.externalId, taken);
  mess.note('DuplicateExternalId', taken.externalId);

  const plain = mess.student();
  plain.externalId = `ext-tui-${round}`;
  mess.newcomer(`EXT-TŪĪ-${round}`, plain);
  mess.note('ExternalIdCollation', plain.externalId);

  mess.student().externalId = '';
  mess.note('MissingExternalId', '');
}

/** Logins that Moodle's form refuses, each for a reason of its own. */
const refusedLogins = ['tama tū', 'jane+smith', "o'brien", 'whetū', 'a/b', 'ana;latu'];

function dirtyAccounts(mess: Mess, round: number): void {
  const withoutLogin = mess.student();
  withoutLogin.login = '';
  mess.note('MissingLogin', withoutLogin.externalId);

  for (const login of refusedLogins) {
    const person = mess.student();
    person.login = `${login}${round > 0 ? round : ''}`;
    mess.note('InvalidLogin', person.externalId);
  }

  const [first, second] = [mess.student(), mess.student()];
  first.login = `jane.smith.${round}`;
  second.login = `Jane.Smith.${round}`;
  mess.note('DuplicateLogin', second.externalId);

  const withoutEmail = mess.student();
  withoutEmail.email = '';
  mess.note('MissingEmail', withoutEmail.externalId);

  const noAddress = mess.student();
  noAddress.email = mess.random.pick(['ask at the office', 'name@', '@example.org', 'a@b@example.org']);
  mess.note('InvalidEmail', noAddress.externalId);

  const [owner, other] = [mess.student(), mess.student()];
  other.email = owner.email.toUpperCase();
  mess.note('DuplicateEmail', other.externalId);
}

function dirtyPeople(mess: Mess): void {
  const surname = mess.student();
  surname.surname = '';
  mess.note('MissingName', surname.externalId);
  const firstName = mess.student();
  firstName.firstName = '\u00a0';
  mess.note('MissingName', firstName.externalId);

  const long = mess.student();
  long.firstName = 'Ā'.repeat(101);
  mess.note('ValueTooLong', long.externalId);
  const longEmail = mess.student();
  longEmail.email = `${'a'.repeat(60)}@${'b'.repeat(40)}.example`;
  mess.note('ValueTooLong', longEmail.externalId);

  for (const yearLevel of ['nine', '99', 'Y9/10']) {
    const person = mess.student();
    person.yearLevel = yearLevel;
    mess.note('YearLevelUnreadable', person.externalId);
  }

  const astray = mess.student();
  astray.groups.push('NO-SUCH-CLASS');
  mess.note('UnknownGroup', astray.externalId);
}

function dirtyClasses(mess: Mess, round: number): void {
  const withoutType = mess.class();
  withoutType.groupType = '';
  mess.note('GroupWithoutType', withoutType.externalId);

  const unknownType = mess.class();
  unknownType.groupType = 'Klass';
  mess.note('UnknownGroupType', unknownType.externalId);

  const withoutName = mess.class();
  withoutName.name = '';
  mess.note('MissingGroupName', withoutName.externalId);

  const unknownOrigin = mess.class();
  unknownOrigin.smsControlled = '';
  mess.note('OriginUnknown', unknownOrigin.externalId);

  const unreadable = mess.class();
  unreadable.provisioning = 'Sometimes';
  mess.note('ProvisioningUnreadable', unreadable.externalId);

  const withoutTeacher = mess.class();
  for (const teacher of mess.school.teachers)
    teacher.groups = teacher.groups.filter((id) => id !== withoutTeacher.externalId);
  mess.note('ClassWithoutTeacher', withoutTeacher.externalId);

  const empty = { ...mess.class(), externalId: `EMPTY-${round}`, name: 'Nobody here' };
  mess.school.groups.push(empty);
  mess.note('ClassWithoutMembers', empty.externalId);

  const taken = mess.class();
  mess.school.groups.push({ ...taken, name: 'Another class' });
  mess.note('DuplicateExternalId', taken.externalId);
}

function dirtyOperations(mess: Mess, round: number): void {
  const renamed = mess.student();
  renamed.newExternalId = mess.student().externalId;
  mess.note('NewIdTaken', renamed.externalId);

  const leaving = mess.student();
  leaving.remove = 'Y';
  mess.note('DeletionRequested', leaving.externalId);

  const unclear = mess.student();
  unclear.remove = 'perhaps';
  mess.note('FlagUnreadable', unclear.externalId);

  const secret = mess.student();
  secret.password = `Kererū-${round}`;
  mess.note('PasswordsIgnored', '');
}
