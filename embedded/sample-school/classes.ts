/** The classes of a school year, and who is in them. */
import type { SampleGroup, SamplePerson } from './model.js';
import type { Random } from './random.js';

export const yearLevels = [9, 10, 11, 12, 13] as const;
export const groupTypes = ['Class', 'Option', 'Form', 'House', 'Sport', 'Staff'];

const CLASS_SIZE = 27;
/** Of three options that a year level offers, each student takes two. */
const OPTIONS_TAKEN = 2;

const coreSubjects = [
  ['ENG', 'English'],
  ['MAT', 'Mathematics'],
  ['SCI', 'Science'],
] as const;

const optionSubjects = [
  ['MUS', 'Music'],
  ['TRM', 'Te Reo Māori'],
  ['DIG', 'Digital Technologies'],
] as const;

const houses = [
  ['HOUSE-RATA', 'Rātā House'],
  ['HOUSE-KOWHAI', 'Kōwhai House'],
  ['HOUSE-RIMU', 'Rimu House'],
  ['HOUSE-TOTARA', 'Tōtara House'],
] as const;

const sports = [
  ['SPORT-NETBALL', 'Netball'],
  ['SPORT-RUGBY', 'Rugby'],
  ['SPORT-KI-O-RAHI', 'Kī-o-rahi'],
  ['SPORT-WAKA', 'Waka ama'],
] as const;

/** A class that is one of several of its kind at a year level. */
interface Stream {
  readonly level: number;
  readonly groups: SampleGroup[];
}

export interface SchoolClasses {
  readonly groups: SampleGroup[];
  readonly core: Stream[];
  readonly options: Stream[];
  readonly forms: Stream[];
}

function sms(externalId: string, name: string, groupType: string): SampleGroup {
  return { externalId, name, groupType, smsControlled: 'Y' };
}

function byHand(externalId: string, name: string, groupType: string): SampleGroup {
  return { externalId, name, groupType, smsControlled: 'N' };
}

function streamsFor(students: number): number {
  return Math.max(1, Math.round(students / CLASS_SIZE));
}

/**
 * The classes of a year. Codes of core classes carry the year and are new each time; forms and options use last
 * year's codes for other students; houses and sports go on.
 */
export function planClasses(year: number, sizes: ReadonlyMap<number, number>): SchoolClasses {
  const core: Stream[] = [];
  const options: Stream[] = [];
  const forms: Stream[] = [];
  const short = String(year).slice(-2);
  for (const level of yearLevels) {
    const size = sizes.get(level) ?? 0;
    const streams = Array.from({ length: streamsFor(size) }, (_, i) => i + 1);
    forms.push({
      level,
      groups: streams.map((n) => sms(`${level}${formLetters(n)}`, `Form ${level}${formLetters(n)}`, 'Form')),
    });
    for (const [code, name] of coreSubjects)
      core.push({
        level,
        groups: streams.map((n) =>
          sms(`${short}-${level}${code}${n}`, `Year ${level} ${name} ${n}`, 'Class'),
        ),
      });
    const perOption = streamsFor((size * OPTIONS_TAKEN) / optionSubjects.length);
    for (const [code, name] of optionSubjects)
      options.push({
        level,
        groups: Array.from({ length: perOption }, (_, i) =>
          sms(`${level}${code}${perOption > 1 ? i + 1 : ''}`, `Year ${level} ${name}`, 'Option'),
        ),
      });
  }
  const groups = [
    ...[...forms, ...core, ...options].flatMap((stream) => stream.groups),
    ...houses.map(([id, name]) => byHand(id, name, 'House')),
    ...sports.map(([id, name]) => byHand(id, name, 'Sport')),
    byHand('STAFF', 'All staff', 'Staff'),
  ];
  return { groups, core, options, forms };
}

/** A, B, … Z, AA, AB, … */
function formLetters(n: number): string {
  const rest = Math.floor((n - 1) / 26);
  return (rest > 0 ? formLetters(rest) : '') + String.fromCharCode(65 + ((n - 1) % 26));
}

const houseIds = new Set<string>(houses.map(([id]) => id));

/** Puts every student into a form, core classes, options, a house (kept from last year) and perhaps a sport. */
export function placeStudents(
  students: readonly SamplePerson[],
  classes: SchoolClasses,
  random: Random,
): void {
  for (const level of yearLevels) {
    const peers = random.shuffle(students.filter((student) => student.yearLevel === String(level)));
    const forms = classes.forms.find((stream) => stream.level === level);
    const core = classes.core.filter((stream) => stream.level === level);
    const options = classes.options.filter((stream) => stream.level === level);
    peers.forEach((student, place) => {
      const house = student.groups.find((id) => houseIds.has(id)) ?? random.pick(houses)[0];
      student.groups = [
        ...nth(forms?.groups, place),
        ...core.flatMap((stream) => nth(stream.groups, place)),
        ...random
          .shuffle(options)
          .slice(0, OPTIONS_TAKEN)
          .flatMap((stream) => nth(stream.groups, place)),
        house,
        ...(random.chance(0.3) ? [random.pick(sports)[0]] : []),
      ];
    });
  }
}

/** Gives every class a teacher, some of them two; all teachers are staff. */
export function placeTeachers(
  teachers: readonly SamplePerson[],
  classes: SchoolClasses,
  random: Random,
): void {
  for (const teacher of teachers) teacher.groups = ['STAFF'];
  const turn = random.shuffle(teachers);
  let next = 0;
  const assign = (group: SampleGroup): void => {
    const teacher = turn[next % turn.length];
    next += 1;
    if (teacher !== undefined && !teacher.groups.includes(group.externalId))
      teacher.groups.push(group.externalId);
  };
  for (const group of classes.groups) {
    if (group.groupType === 'Staff') continue;
    assign(group);
    if (random.chance(0.1)) assign(group);
  }
}

function nth(groups: readonly SampleGroup[] | undefined, place: number): string[] {
  const group = groups?.[place % groups.length];
  return group === undefined ? [] : [group.externalId];
}
