/** Guards: how much a plan may do, and a source may have lost, before a person must look twice (docs/guards.md). */
import type { RunKind } from './run.js';

/** What is counted, each against its own total. */
export const guardedTypes = ['user', 'course', 'enrolment'] as const;
export type GuardedType = (typeof guardedTypes)[number];

/** What limits are set for: the types, each year level's students by themselves, and all teachers. */
export const guardedSubjects = [...guardedTypes, 'yearLevel', 'teachers'] as const;
export type GuardedSubject = (typeof guardedSubjects)[number];

/**
 * create: new rows. change: rows that are ours become different. suspend: accounts and enrolments suspended, courses
 * hidden. remove: rows taken out.
 */
export const guardedKinds = ['create', 'change', 'suspend', 'remove'] as const;
export type GuardedKind = (typeof guardedKinds)[number];

/** rollover: everything turns over. term: little should. */
export type Season = 'rollover' | 'term';

/** The season that a run belongs to. */
export function seasonOf(kind: RunKind): Season {
  return kind === 'rollover' ? 'rollover' : 'term';
}

/** any: never too much. percent: of its own total. atMost: records, whatever their share. */
export type GuardLimit = 'any' | { readonly percent?: number; readonly atMost?: number };

/** Limits that replace the defaults of a season, one by one. */
export type SeasonLimits = Readonly<
  Partial<Record<GuardedSubject, Readonly<Partial<Record<GuardedKind, GuardLimit>>>>>
>;

/**
 * threshold, year-level: more changes than usual. no-rows: a sheet without a valid row. sheet-missing: a sheet that was
 * there is not. source-shrank: the source lost more than usual. ids-changed: many people have another External ID.
 */
export const guardNames = [
  'no-rows',
  'sheet-missing',
  'ids-changed',
  'source-shrank',
  'threshold',
  'year-level',
] as const;
export type GuardName = (typeof guardNames)[number];

/** What a guard counted: changes of a type, or records of the source. */
export type Guarded = GuardedType | 'student' | 'teacher' | 'group' | 'membership';

/** What most likely explains it. */
export const likelyCauses = [
  'first-time',
  'sheet-empty',
  'sheet-missing',
  'ids-changed',
  'year-level-missing',
  'new-school-year',
  'one-class',
  'one-person',
  'one-field',
  'new-classes',
  'source-shrank',
  'unknown',
] as const;
export type LikelyCause = (typeof likelyCauses)[number];

/** Somebody or something of many, by External ID. */
export interface GuardExample {
  /** Person's or class's External ID; of an enrolment or membership: the class's. */
  readonly subject: string;
  /** Of an enrolment or membership: the person's External ID. */
  readonly person?: string;
  /** The External ID that the person had before. */
  readonly before?: string;
}

/** A guard that holds the plan. */
export interface GuardVerdict {
  readonly guard: GuardName;
  readonly of: Guarded;
  readonly kind?: GuardedKind;
  /** Year level, '' for students without one, "teachers" for teachers. */
  readonly yearLevel?: string;
  readonly count: number;
  /** What the count is a share of. */
  readonly total: number;
  /** What is usual; absent: nothing of it is, or there is no limit of this sort. */
  readonly percent?: number;
  readonly atMost?: number;
  readonly cause: LikelyCause;
  /** At most twenty, from the largest groups first. */
  readonly examples: readonly GuardExample[];
}

/** How many examples a verdict has at most. */
export const GUARD_EXAMPLES = 20;
