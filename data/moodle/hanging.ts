/** What hangs on accounts, courses and enrolments: counted over all of Moodle's tables that say it, set by set. */
import type { Knex } from 'knex';
import type { DeletionCandidate, Hanging } from '../model/deletion.js';
import { hangingSources, neededColumns, type HangingSource } from './hanging-sources.js';
import {
  countByCourse,
  countByPair,
  countByUser,
  countEnrolmentsInCourses,
  countEnrolmentsOfUsers,
  countFilesInCourses,
  countFilesOfPairs,
  countFilesOfUsers,
  selectColumnsOf,
  selectLastAccessOfPairs,
  selectLastAccessOfUsers,
  selectLastAccessToCourses,
  type IdCount,
  type PairCount,
} from './sql/hanging.js';
import type { TablePlace } from './sql/statement.js';

type Aspect = keyof Hanging;
/** Null: it cannot be counted here. */
type Counts = Map<string, number> | null;
type Row = IdCount | PairCount;

const keyOf = (row: Row): string => ('id' in row ? `${row.id}` : `${row.userid} ${row.courseid}`);

/** What can be counted in this Moodle. */
interface Available {
  readonly sources: readonly HangingSource[];
  readonly files: boolean;
  readonly courseAccess: boolean;
}

async function findAvailable(db: Knex, place: TablePlace): Promise<Available> {
  const tables = new Set(['files', 'user_lastaccess']);
  for (const source of hangingSources) for (const [table] of neededColumns(source)) tables.add(table);
  const columns = await selectColumnsOf(db, place, [...tables]);
  const has = (...names: string[]): boolean => names.every((name) => columns.has(name));
  return {
    sources: hangingSources.filter((source) =>
      neededColumns(source).every(([table, column]) => columns.has(`${table}.${column}`)),
    ),
    files: has('files.userid', 'files.contextid', 'files.filename', 'files.filearea'),
    courseAccess: has('user_lastaccess.userid', 'user_lastaccess.courseid', 'user_lastaccess.timeaccess'),
  };
}

function add(counts: Counts, rows: readonly Row[]): Map<string, number> {
  const sums = counts ?? new Map<string, number>();
  for (const row of rows) sums.set(keyOf(row), (sums.get(keyOf(row)) ?? 0) + Number(row.count));
  return sums;
}

type Asker = (
  db: Knex,
  place: TablePlace,
  ids: readonly number[],
  courses: readonly number[],
) => Promise<readonly Row[]>;

/** How each kind of row is asked about. */
interface Asking {
  readonly source: (
    db: Knex,
    place: TablePlace,
    source: HangingSource,
    ids: readonly number[],
  ) => Promise<readonly Row[]>;
  readonly files: Asker;
  /** Null: there are none. */
  readonly enrolments: Asker | null;
  readonly lastAccess: Asker;
}

const askings: Readonly<Record<DeletionCandidate['kind'], Asking>> = {
  user: {
    source: countByUser,
    files: countFilesOfUsers,
    enrolments: countEnrolmentsOfUsers,
    lastAccess: selectLastAccessOfUsers,
  },
  course: {
    source: countByCourse,
    files: countFilesInCourses,
    enrolments: countEnrolmentsInCourses,
    lastAccess: selectLastAccessToCourses,
  },
  enrolment: {
    source: countByPair,
    files: countFilesOfPairs,
    enrolments: null,
    lastAccess: selectLastAccessOfPairs,
  },
};

async function countAspects(
  db: Knex,
  place: TablePlace,
  kind: DeletionCandidate['kind'],
  ids: readonly number[],
  courses: readonly number[],
  available: Available,
): Promise<Record<Aspect, Counts>> {
  const asking = askings[kind];
  const found: Record<Aspect, Counts> = {
    grades: null,
    submissions: null,
    posts: null,
    files: null,
    enrolments: new Map<string, number>(),
    lastAccess: null,
  };
  for (const source of available.sources)
    found[source.what] = add(found[source.what], await asking.source(db, place, source, ids));
  if (available.files) found.files = add(null, await asking.files(db, place, ids, courses));
  if (asking.enrolments !== null)
    found.enrolments = add(null, await asking.enrolments(db, place, ids, courses));
  if (kind === 'user' || available.courseAccess)
    found.lastAccess = add(null, await asking.lastAccess(db, place, ids, courses));
  return found;
}

function keyOfCandidate({ kind, moodleId, userId, courseId }: DeletionCandidate): string {
  return kind === 'enrolment' ? `${userId} ${courseId}` : `${moodleId}`;
}

/** Counts for every candidate, in their order. */
export async function countHanging(
  db: Knex,
  place: TablePlace,
  candidates: readonly DeletionCandidate[],
): Promise<Hanging[]> {
  const available = await findAvailable(db, place);
  const found = new Map<string, Record<Aspect, Counts>>();
  for (const kind of ['user', 'course', 'enrolment'] as const) {
    const own = candidates.filter((one) => one.kind === kind);
    const ids = own.map(({ moodleId, userId }) => (kind === 'enrolment' ? userId : moodleId));
    const courses = [...new Set(own.map(({ courseId }) => courseId))];
    if (own.length > 0)
      found.set(kind, await countAspects(db, place, kind, [...new Set(ids)], courses, available));
  }
  return candidates.map((candidate) => {
    const aspects = found.get(candidate.kind);
    const key = keyOfCandidate(candidate);
    const count = (aspect: Aspect): number | null => {
      const counts = aspects?.[aspect] ?? null;
      return counts === null ? null : (counts.get(key) ?? 0);
    };
    return {
      grades: count('grades'),
      submissions: count('submissions'),
      posts: count('posts'),
      files: count('files'),
      enrolments: count('enrolments'),
      lastAccess: count('lastAccess'),
    };
  });
}
