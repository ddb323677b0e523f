/** Kahurangi College, an invented New Zealand school: the same seed always gives the same people and classes. */
import {
  groupTypes,
  placeStudents,
  placeTeachers,
  planClasses,
  yearLevels,
  type SchoolClasses,
} from './sample-school/classes.js';
import type { SamplePerson, SampleSchool } from './sample-school/model.js';
import { firstNames, plainLetters, surnames, titles } from './sample-school/names.js';
import { Random } from './sample-school/random.js';

export type { SampleGroup, SamplePerson, SampleSchool } from './sample-school/model.js';

export interface SampleOptions {
  readonly seed?: string;
  /** The school year of the classes. */
  readonly year: number;
  /** How many students; default 240. Teachers follow, one per twelve. */
  readonly students?: number;
  /** Fill the Password column. Default: it is empty, as for a school with single sign-on. */
  readonly passwords?: boolean;
}

const STUDENTS_PER_TEACHER = 12;
const MAIL_DOMAIN = 'kahurangi-college.example';

/** Shares of people whose data change from one year to the next; at least one teacher always leaves. */
const turnover = { leavesEarly: 0.04, joinsLate: 0.02, newSurname: 0.01, teacherLeaves: 0.1 };

/** A school in which every cell is as it should be. */
export function sampleSchool(options: SampleOptions): SampleSchool {
  const { seed = 'kahurangi', year, students: count = 240, passwords = false } = options;
  const people = new Registrar(new Random(`${seed}/${year}`), 0, 0, passwords);
  const students = Array.from({ length: count }, (_, i) =>
    people.student(yearLevels[Math.floor((i * yearLevels.length) / count)] ?? 9),
  );
  const teachers = Array.from({ length: teachersFor(count) }, () => people.teacher());
  return assemble(seed, year, students, teachers, people);
}

/**
 * The same school a year later: the highest level and some others have left, everybody is a year level up, new
 * students and teachers have joined, some surnames have changed. The given school is not changed.
 */
export function nextYear(school: SampleSchool): SampleSchool {
  const year = school.year + 1;
  const passwords = school.students.some((student) => student.password !== undefined);
  const random = new Random(`${school.seed}/${year}`);
  const people = new Registrar(random, school.studentsEver, school.teachersEver, passwords);
  people.reserve([...school.students, ...school.teachers]);

  const stayed = school.students
    .filter((student) => student.yearLevel !== '13' && !random.chance(turnover.leavesEarly))
    .map((student) => ({
      ...student,
      yearLevel: String(Number(student.yearLevel) + 1),
      surname: random.chance(turnover.newSurname) ? random.pick(surnames) : student.surname,
    }));
  const perLevel = Math.max(1, Math.round(school.students.length / yearLevels.length));
  const joiners = [
    ...Array.from({ length: perLevel }, () => people.student(9)),
    ...stayed
      .filter(() => random.chance(turnover.joinsLate))
      .map((peer) => people.student(Number(peer.yearLevel))),
  ];
  const students = [...stayed, ...joiners];
  const leaver = random.pick(school.teachers);
  const kept = school.teachers
    .filter((teacher) => teacher !== leaver && !random.chance(turnover.teacherLeaves))
    .map((teacher) => ({ ...teacher }));
  const missing = Math.max(0, teachersFor(students.length) - kept.length);
  const teachers = [...kept, ...Array.from({ length: missing }, () => people.teacher())];
  return assemble(school.seed, year, students, teachers, people);
}

function teachersFor(students: number): number {
  return Math.max(1, Math.round(students / STUDENTS_PER_TEACHER));
}

function assemble(
  seed: string,
  year: number,
  students: SamplePerson[],
  teachers: SamplePerson[],
  people: Registrar,
): SampleSchool {
  const classes = planClasses(year, sizesOf(students));
  placeStudents(students, classes, people.random);
  placeTeachers(teachers, classes, people.random);
  return {
    seed,
    name: 'Kahurangi College',
    year,
    groupTypes: [...groupTypes],
    groups: withMembers(classes, students, teachers),
    students,
    teachers,
    studentsEver: people.studentsEver,
    teachersEver: people.teachersEver,
  };
}

/** A very small school has classes that nobody is in; it would not open them. */
function withMembers(
  classes: SchoolClasses,
  students: readonly SamplePerson[],
  teachers: readonly SamplePerson[],
): SchoolClasses['groups'] {
  const used = new Set(students.flatMap((student) => student.groups));
  for (const teacher of teachers)
    teacher.groups = teacher.groups.filter((id) => id === 'STAFF' || used.has(id));
  return classes.groups.filter((group) => group.externalId === 'STAFF' || used.has(group.externalId));
}

function sizesOf(students: readonly SamplePerson[]): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const { yearLevel } of students) sizes.set(Number(yearLevel), (sizes.get(Number(yearLevel)) ?? 0) + 1);
  return sizes;
}

/** Gives new people their ids, names and logins. */
class Registrar {
  readonly #logins = new Set<string>();
  readonly #staffCodes = new Set<string>();

  constructor(
    readonly random: Random,
    public studentsEver: number,
    public teachersEver: number,
    private readonly passwords: boolean,
  ) {}

  /** Logins and staff codes that are taken. */
  reserve(people: readonly SamplePerson[]): void {
    for (const person of people) {
      this.#logins.add(person.login);
      this.#staffCodes.add(person.externalId);
    }
  }

  student(level: number): SamplePerson {
    this.studentsEver += 1;
    const ever = this.studentsEver;
    return {
      externalId: String(1_000 + ever).padStart(5, '0'),
      // nine digits, no two alike: 7919 is prime to the modulus
      nsn: String(100_000_000 + ((ever * 7_919) % 899_999_981)),
      yearLevel: String(level),
      ...this.#person(),
    };
  }

  teacher(): SamplePerson {
    this.teachersEver += 1;
    const person = this.#person();
    return { externalId: this.#staffCode(person.surname), title: this.random.pick(titles), ...person };
  }

  #person(): Omit<SamplePerson, 'externalId'> {
    const firstName = this.random.pick(firstNames);
    const surname = this.random.pick(surnames);
    const login = this.#login(firstName, surname);
    return {
      firstName,
      surname,
      login,
      email: `${login}@${MAIL_DOMAIN}`,
      groups: [],
      ...(this.passwords ? { password: `Kererū-${100_000 + this.random.below(900_000)}` } : {}),
    };
  }

  #login(firstName: string, surname: string): string {
    const base = `${plainLetters(firstName)}.${plainLetters(surname)}`;
    let login = base;
    for (let n = 2; this.#logins.has(login); n += 1) login = `${base}${n}`;
    this.#logins.add(login);
    return login;
  }

  /** Three letters of the surname, as staff rooms use them. */
  #staffCode(surname: string): string {
    const base = plainLetters(surname).slice(0, 3).toUpperCase().padEnd(3, 'X');
    let code = base;
    for (let n = 2; this.#staffCodes.has(code); n += 1) code = `${base}${n}`;
    this.#staffCodes.add(code);
    return code;
  }
}
