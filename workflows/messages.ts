/**
 * Everything that is said to and asked of our workflows. Names are API: histories and Temporal UI hold them.
 *
 * Payloads carry ids, hashes, counts and codes only; never personal data.
 */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Decision, DecisionOutcome } from '../data/model/gate.js';
import type { RunOutcome, RunStatus } from '../data/model/run.js';

/** Workflow types. */
export const workflowTypes = {
  rollover: 'rollover',
  sync: 'sync',
  applyPlan: 'applyPlan',
  takeReading: 'takeReading',
  draftPlan: 'draftPlan',
  checkTarget: 'checkTarget',
  scheduledSync: 'scheduledSync',
  followMode: 'followMode',
  backup: 'backup',
  verifyBackup: 'verifyBackup',
  nameBackup: 'nameBackup',
  deleteBackup: 'deleteBackup',
  courseBackups: 'courseBackups',
  lookRelink: 'lookRelink',
  applyRelink: 'applyRelink',
  lookLink: 'lookLink',
  forgetLink: 'forgetLink',
  undo: 'undo',
  draftUndo: 'draftUndo',
} as const;

/** `rollover/<school>/<year>`: one per school and year. */
export function rolloverWorkflowId(school: string, year: number): string {
  return `rollover/${school}/${year}`;
}

/** `sync/<school>`: one at a time. */
export function syncWorkflowId(school: string): string {
  return `sync/${school}`;
}

/** `undo/<school>/<run>`: one per run that is taken back. */
export function undoWorkflowId(school: string, runId: number): string {
  return `undo/${school}/${runId}`;
}

/** The schedule of a school's synchronisation. */
export function syncScheduleId(school: string): string {
  return `sync/${school}`;
}

/** What the schedule starts; it runs the sync proper under its one id. Temporal appends the time. */
export function scheduledSyncId(school: string): string {
  return `scheduled-sync/${school}`;
}

/** Search attributes; never encoded by Temporal, so never personal. */
export const searchAttributes = {
  school: defineSearchAttributeKey('School', SearchAttributeType.KEYWORD),
  year: defineSearchAttributeKey('RolloverYear', SearchAttributeType.INT),
  stage: defineSearchAttributeKey('Stage', SearchAttributeType.KEYWORD),
  waiting: defineSearchAttributeKey('Waiting', SearchAttributeType.KEYWORD),
} as const;

/** Limits of one slice of applying; the defaults suit a school. */
export interface ApplyTuning {
  /** Changes per transaction, by kind; absent: 1,000 users, 250 courses, 4,000 enrolments. */
  readonly batch?: Readonly<Partial<Record<'category' | 'user' | 'course' | 'enrolment', number>>>;
  /** Milliseconds after which a slice returns, so that progress is seen. Default 10,000. */
  readonly sliceMs?: number;
  /** Milliseconds without a sign of life after which a worker is taken for dead. Default 20,000. */
  readonly heartbeatMs?: number;
  /** Longest pause in milliseconds before a failed slice is tried again. Default 30,000. */
  readonly retryMs?: number;
  /** Longest time in milliseconds that Moodle may be at work on a deletion that it has not answered. Default 120,000. */
  readonly unansweredMs?: number;
}

export interface RolloverInput {
  readonly school: string;
  readonly year: number;
  /** The reading, if it is there already. */
  readonly uploadId: number | null;
  /** Account id. */
  readonly startedBy: string;
  readonly tuning?: ApplyTuning;
}

export interface SyncInput {
  readonly school: string;
  /** Null: KnowledgeNET's database. */
  readonly uploadId: number | null;
  readonly startedBy: string;
  /** Started by the schedule: it finds the source itself, and is unattended. */
  readonly scheduled?: boolean;
  /** In mode Enabled: a small plan needs no decision. */
  readonly unattended?: boolean;
  /** Compare everything, even if the source is what the last clean run had. */
  readonly full?: boolean;
  readonly tuning?: ApplyTuning;
}

export interface UndoInput {
  readonly school: string;
  /** Number of what is wanted back; run, class and person stand in the journal. */
  readonly wishId: number;
  /** Account id. */
  readonly startedBy: string;
  readonly tuning?: ApplyTuning;
}

/** How a rollover or sync ended. */
export interface RunResult {
  readonly runId: number;
  readonly outcome: RunOutcome;
}

export interface ApplyPlanInput {
  readonly school: string;
  readonly runId: number;
  readonly planId: number;
  /** The hash a person approved; compared with the stored plan before the first write. */
  readonly hash: string;
  readonly holder: string;
  readonly uploadId: number | null;
  readonly tuning?: ApplyTuning;
}

export interface ApplyProgress {
  readonly pending: number;
  readonly applied: number;
  readonly satisfied: number;
  readonly conflict: number;
}

export interface ApplyPlanResult extends ApplyProgress {
  /** drift: too many conflicts, the rest was not tried; a person must look again. */
  readonly ended: 'done' | 'drift';
}

export interface ReadingInput {
  readonly school: string;
  /** Null: KnowledgeNET's database. */
  readonly uploadId: number | null;
}

export interface ReadingResult {
  readonly snapshotId: number;
  readonly hash: string;
  /** Findings by severity. */
  readonly findings: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
}

export interface DraftPlanInput {
  readonly school: string;
  readonly snapshotId: number;
}

export interface DraftPlanResult {
  readonly planId: number;
  readonly hash: string;
  readonly counts: Readonly<Record<string, number>>;
}

export interface BackupInput {
  readonly school: string;
  /** Account id. */
  readonly by: string;
}

export interface VerifyBackupInput {
  readonly school: string;
  readonly backupId: number;
}

export interface NameBackupInput extends BackupInput {
  /** Absolute path on the worker's machine. */
  readonly file: string;
  /** ISO; null: when the file was last written. */
  readonly takenAt: string | null;
}

export interface DeleteBackupInput extends BackupInput {
  readonly backupId: number;
}

export interface ApplyRelinkInput {
  readonly school: string;
  /** Of what a person was shown. */
  readonly hash: string;
  /** The journal belongs to this site from now on, if it was another. */
  readonly acceptSite: boolean;
  /** Account id. */
  readonly account: string;
}

/** An account or course of ours by its Moodle id: no payload names a person. */
export interface LookLinkInput {
  readonly school: string;
  readonly kind: 'user' | 'course';
  readonly moodleId: number;
}

export interface ForgetLinkInput extends LookLinkInput {
  /** Account id. */
  readonly account: string;
}

export interface CourseBackupsInput {
  readonly school: string;
  /** Older than this many days is not recent. */
  readonly days: number;
}

/** Decides at an open gate; answers at once with the outcome or a typed refusal. */
export const decide = defineUpdate<DecisionOutcome, [Decision]>('decide');

/** The same decision for who can only signal (Temporal UI, the temporal CLI). A refusal is written down and shown. */
export const decisionSent = defineSignal<[Decision]>('decisionSent');

/** A new reading is there (null: KnowledgeNET's database): for gate knowledgenet, or to look again at gate data. */
export const readingOffered =
  defineSignal<[{ readonly uploadId: number | null; readonly by: string }]>('readingOffered');

/** Who moved the brake. `alreadySet`: it is in the journal already, the run need only show it. */
export interface BrakeWord {
  readonly by: string;
  readonly alreadySet?: boolean;
}

/** Sets the brake in the journal, read by every batch, and shows the run as paused. */
export const pauseRequested = defineSignal<[BrakeWord]>('pauseRequested');

/** Releases the brake. */
export const resumeRequested = defineSignal<[BrakeWord]>('resumeRequested');

/** What may be removed has changed in the settings: stage 8 plans again and opens its gate anew. */
export const planAgain = defineSignal<[{ readonly by: string }]>('planAgain');

/** Ends the grace period. keep: nothing is deleted for good; otherwise gate deletion opens now. */
export const graceAnswered = defineSignal<[{ readonly by: string; readonly keep: boolean }]>('graceAnswered');

/** Where the run stands. */
export const status = defineQuery<RunStatus>('status');

/** How far applying is. */
export const progress = defineQuery<ApplyProgress>('progress');
