/** The ratios that count, and what they are held against. */
import { median, spreadOf, type Spread } from '../measure/statistics.js';
import type { ApartResult } from '../phases/apart.js';
import type { Waits } from '../phases/beside.js';
import type { PasswordCost } from '../phases/passwords.js';
import type { WholeResult } from '../phases/whole.js';

/** One round of everything. */
export interface Round {
  readonly whole: WholeResult;
  readonly apart: ApartResult;
  readonly waits: Waits;
  readonly passwords: PasswordCost;
}

export interface Ratio {
  readonly name: string;
  readonly what: string;
  readonly spread: Spread;
  /** At most; null: shown, not held against anything. */
  readonly target: number | null;
  readonly unit: '×' | 's' | 'ms' | 'MiB' | '';
}

interface Rule {
  readonly name: string;
  readonly what: string;
  readonly unit: Ratio['unit'];
  readonly target: (district: boolean) => number | null;
  readonly of: (round: Round) => number;
}

const always = (target: number | null) => (): number | null => target;

/** Reading the file is not part of the floor of a source that was exported again: it is added to it. */
function reexport({ whole }: Round): number {
  return (whole.reexported.seconds - whole.readingSeconds) / whole.readFloorSeconds;
}

/** Comparing with Moodle and writing, as Temporal saw both; reading the file and verifying are the whole run's. */
function deltaSeconds({ activities }: WholeResult['delta']): number {
  const parts = ['makePlan', 'lookAtGrades', 'applyChanges', 'compareGrades'];
  return parts.reduce((sum, name) => sum + (activities[name] ?? Number.NaN), 0);
}

function applyStatements({ phases }: ApartResult): number {
  return Object.entries(phases)
    .filter(([name]) => name.startsWith('apply'))
    .reduce((sum, [, { statements }]) => sum + statements, 0);
}

const rules: readonly Rule[] = [
  {
    name: 'applyOverFloor',
    what: 'apply over the floor of its rows',
    unit: '×',
    target: always(2),
    of: ({ apart }) => apart.apply.seconds / apart.floors.all.seconds,
  },
  {
    name: 'wholeOverFloor',
    what: 'whole run, file to verified and visible in Moodle, over that floor',
    unit: '×',
    target: always(3),
    of: ({ whole, apart }) => whole.create.seconds / apart.floors.all.seconds,
  },
  {
    name: 'enrolmentsOverFloor',
    what: 'enrolments alone',
    unit: '×',
    target: always(2),
    of: ({ apart }) => apart.phases['apply enrolments'].seconds / apart.floors.enrolments.seconds,
  },
  {
    name: 'usersOverFloor',
    what: 'users alone',
    unit: '×',
    target: always(2.5),
    of: ({ apart }) => apart.phases['apply users'].seconds / apart.floors.users.seconds,
  },
  {
    name: 'coursesOverFloor',
    what: 'courses and categories alone',
    unit: '×',
    target: always(3),
    of: ({ apart }) =>
      (apart.phases['apply courses'].seconds + apart.phases['apply categories'].seconds) /
      apart.floors.courses.seconds,
  },
  {
    name: 'statements',
    what: 'SQL statements of that run',
    unit: '',
    target: (district) => (district ? null : 600),
    of: ({ whole }) => whole.create.statements,
  },
  {
    name: 'applyStatements',
    what: 'of these, in applying',
    unit: '',
    target: always(null),
    of: ({ apart }) => applyStatements(apart),
  },
  {
    name: 'unchangedSeconds',
    what: 'no change, same file',
    unit: 's',
    target: always(1),
    of: ({ whole }) => whole.sameFile.seconds,
  },
  {
    name: 'reexportOverFloor',
    what: 'no change, exported again, less reading the file, over the floor of its reads',
    unit: '×',
    target: always(4),
    of: reexport,
  },
  {
    name: 'rowsWrittenUnchanged',
    what: 'rows that both wrote into Moodle',
    unit: '',
    target: always(0),
    of: ({ whole }) => whole.sameFile.written + whole.reexported.written,
  },
  {
    name: 'deltaOverFloor',
    what: "next year's changes, found and written, over the floor of their rows",
    unit: '×',
    target: always(2.5),
    of: ({ whole }) => deltaSeconds(whole.delta) / whole.delta.floor.seconds,
  },
  {
    name: 'deltaWholeOverFloor',
    what: "next year's whole run, file to verified and visible in Moodle, over that floor",
    unit: '×',
    target: always(null),
    of: ({ whole }) => whole.delta.seconds / whole.delta.floor.seconds,
  },
  {
    name: 'peakMemoryMiB',
    what: 'most memory of the worker',
    unit: 'MiB',
    target: (district) => (district ? 768 : 300),
    of: ({ whole }) => whole.peakMemoryMiB,
  },
  {
    name: 'p99WaitMs',
    what: 'p99 of what readers and writers beside us wait',
    unit: 'ms',
    target: always(200),
    of: ({ waits }) => waits.p99,
  },
  {
    name: 'historyEvents',
    what: 'history events of a whole rollover',
    unit: '',
    target: (district) => (district ? 2_000 : 500),
    of: ({ whole }) => whole.create.events,
  },
  {
    name: 'workerStartMs',
    what: "worker's start to its first task",
    unit: 'ms',
    target: always(2_000),
    of: ({ whole }) => whole.workerStartMs,
  },
  {
    name: 'passwordsOverIdeal',
    what: 'hashing everybody over users × one hash ÷ cores',
    unit: '×',
    target: always(1.1),
    of: ({ passwords }) => passwords.overIdeal,
  },
];

/** Medians of all rounds with their spread. */
export function computeRatios(rounds: readonly Round[], district: boolean): Ratio[] {
  return rules.map(({ name, what, unit, target, of }) => ({
    ...{ name, what, unit, target: target(district) },
    spread: spreadOf(rounds.map(of)),
  }));
}

/** `growthPerRow`: the whole over its floor, at a district over a school; null while one of them was not measured. */
export function growthOf(school: number | null, district: number | null): number | null {
  return school === null || district === null ? null : district / school;
}

export function isMissed({ target, spread }: Ratio): boolean {
  return target !== null && !(spread.median <= target);
}

/** Median over rounds. */
export function medianOf(rounds: readonly Round[], of: (round: Round) => number): number {
  return median(rounds.map(of));
}

/** What one round came to, for whoever waits for the rest. */
export function oneLine(ratios: readonly Ratio[]): string {
  return ratios
    .map(({ name, spread, unit }) => `${name} ${spread.median.toFixed(unit === '' ? 0 : 2)}${unit}`)
    .join(', ');
}
