/** An invented school with exact numbers of people, classes and memberships: the same seed gives the same school. */
import type { SampleGroup, SamplePerson, SampleSchool } from '../../embedded/sample-school/model.js';
import { firstNames, plainLetters, surnames } from '../../embedded/sample-school/names.js';
import { Random } from '../../embedded/sample-school/random.js';
import type { SchoolSize } from './sizes.js';

const LEVELS = 5;
const FIRST_LEVEL = 9;
/** Who leaves and who is new, of last year's people. */
const TURNOVER = 0.2;

export interface GeneratedSchool extends SampleSchool {
  readonly size: SchoolSize;
}

export interface GenerateOptions {
  readonly size: SchoolSize;
  readonly seed: string;
  readonly year: number;
  /** Fill the Password column. Default: it is empty. */
  readonly passwords?: boolean;
}

/** Students and teachers by the running number they were taken on with. */
class People {
  constructor(
    private readonly random: Random,
    private readonly passwords: boolean,
  ) {}

  student(ever: number, level: number): SamplePerson {
    const nsn = String(100_000_000 + ((ever * 7_919) % 899_999_981));
    return { externalId: String(100_000 + ever), nsn, yearLevel: String(level), ...this.#person(`s${ever}`) };
  }

  teacher(ever: number): SamplePerson {
    return { externalId: `T${String(ever).padStart(5, '0')}`, title: 'Ms', ...this.#person(`t${ever}`) };
  }

  #person(mark: string): Omit<SamplePerson, 'externalId'> {
    const [firstName, surname] = [this.random.pick(firstNames), this.random.pick(surnames)];
    const login = `${plainLetters(firstName)}.${plainLetters(surname)}.${mark}`;
    return {
      firstName,
      surname,
      login,
      email: `${login}@bench.example`,
      groups: [],
      ...(this.passwords ? { password: `Kererū-${100_000 + this.random.below(900_000)}` } : {}),
    };
  }
}

const typeNames = ['Class', 'Option', 'Form', 'House'];

function classesOf({ courses, groupTypes }: SchoolSize, year: number): SampleGroup[] {
  return Array.from({ length: courses }, (_, index) => ({
    externalId: `${year}-${String(index + 1).padStart(5, '0')}`,
    name: `Pōtae ${index + 1}`,
    groupType: typeNames[index % groupTypes] ?? 'Class',
    smsControlled: 'yes',
  }));
}

/** Each class one teacher; the other memberships go round the students, nobody twice into a class. */
function place(
  students: readonly SamplePerson[],
  teachers: readonly SamplePerson[],
  groups: readonly SampleGroup[],
  enrolments: number,
  random: Random,
): void {
  groups.forEach((group, index) => teachers[index % teachers.length]?.groups.push(group.externalId));
  const order = random.shuffle(students);
  const ids = groups.map((group) => group.externalId);
  const wanted = enrolments - groups.length;
  // every student takes neighbouring classes from a place of their own, so that nobody is twice in one
  order.forEach((student, index) => {
    const share = Math.floor(wanted / order.length) + (index < wanted % order.length ? 1 : 0);
    const first = Math.floor((index * ids.length) / order.length);
    for (let n = 0; n < share; n++) student.groups.push(ids[(first + n) % ids.length] ?? '');
  });
}

function assemble(
  { size, seed, year }: GenerateOptions,
  students: SamplePerson[],
  teachers: SamplePerson[],
  ever: { readonly students: number; readonly teachers: number },
  random: Random,
): GeneratedSchool {
  const groups = classesOf(size, year);
  place(students, teachers, groups, size.enrolments, random);
  return {
    ...{ size, seed, year, groups, students, teachers },
    name: 'Bench College',
    groupTypes: typeNames.slice(0, size.groupTypes),
    studentsEver: ever.students,
    teachersEver: ever.teachers,
  };
}

/** The first year. */
export function generateSchool(options: GenerateOptions): GeneratedSchool {
  const { size, seed, year, passwords = false } = options;
  const random = new Random(`${seed}/${year}`);
  const people = new People(random, passwords);
  const count = size.users - size.teachers;
  const students = Array.from({ length: count }, (_, i) =>
    people.student(i, FIRST_LEVEL + Math.floor((i * LEVELS) / count)),
  );
  const teachers = Array.from({ length: size.teachers }, (_, i) => people.teacher(i));
  return assemble(options, students, teachers, { students: count, teachers: size.teachers }, random);
}

/** The year after: a fifth of the people have left, as many are new, every class is new. The given school is kept. */
export function generateNextYear(school: GeneratedSchool): GeneratedSchool {
  const year = school.year + 1;
  const random = new Random(`${school.seed}/${year}`);
  const people = new People(random, school.students[0]?.password !== undefined);
  const leave = <T>(list: readonly T[]): T[] =>
    random.shuffle(list).slice(Math.round(list.length * TURNOVER));
  const keep = (person: SamplePerson): SamplePerson => ({ ...person, groups: [] });
  const stayed = leave(school.students).map(keep);
  const stayedTeachers = leave(school.teachers).map(keep);
  const newStudents = school.students.length - stayed.length;
  const newTeachers = school.teachers.length - stayedTeachers.length;
  return assemble(
    { ...school, year },
    [
      ...stayed,
      ...Array.from({ length: newStudents }, (_, i) => people.student(school.studentsEver + i, FIRST_LEVEL)),
    ],
    [
      ...stayedTeachers,
      ...Array.from({ length: newTeachers }, (_, i) => people.teacher(school.teachersEver + i)),
    ],
    { students: school.studentsEver + newStudents, teachers: school.teachersEver + newTeachers },
    random,
  );
}
