/** Activities that only count, for tests of order and gates; everything they would write is in `calls`. */
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../activities/index.js';

export interface Stub {
  readonly activities: Partial<Activities>;
  readonly calls: string[];
  /** Notices in order: event and what it is about. */
  readonly told: string[];
  /** Refusals and acceptances as they were recorded. */
  readonly decisions: { readonly gate: string; readonly outcome: string; readonly channel: string }[];
}

type Deletion = Awaited<ReturnType<Activities['readDeletion']>>;

export interface StubOptions {
  readonly heldBy?: string;
  readonly mode?: 'disabled' | 'enabled' | 'snapshot-only';
  /** The mode when an unattended plan is about to be applied. */
  readonly modeLater?: 'disabled' | 'enabled' | 'snapshot-only';
  readonly stopsRun?: number;
  /** There is no upload of this number. */
  readonly noUpload?: number;
  /** Changes of the 1st, 2nd … plan. Default 3, 0. */
  readonly changes?: readonly number[];
  /** What is ours in Moodle before each plan. Default 0. */
  readonly managed?: number;
  /** Guards that hold every plan. Default none. */
  readonly guards?: number;
  /** False: plans are without conflicts. */
  readonly conflicts?: boolean;
  /** KnowledgeNET's database can be read. */
  readonly database?: boolean;
  /** What the schedule finds. Default the database. */
  readonly source?: Awaited<ReturnType<Activities['collectSource']>> | ApplicationFailure;
  /** How the last run on the same inputs ended. Default null. */
  readonly settled?: 'clean' | 'rejected' | 'stopped-by-findings' | null;
  /** Age of the newest dump, looked up each time. Default an hour. */
  readonly backupAgeHours?: () => number | null;
  /** What the 1st, 2nd … plan of removals suspends. Default 0. */
  readonly removals?: readonly number[];
  /** Every plan of removals is the same. */
  readonly sameRemovals?: boolean;
  /** More counts of plans of removals. */
  readonly withdrawn?: Readonly<Record<string, number>>;
  /** What the settings allow to be removed. Default nothing. */
  readonly deletion?: Deletion | (() => Deletion);
  /** Whether it is a time for removals, each time it is looked up. Default always. */
  readonly removalTime?: () => boolean;
  /** Who holds the target when it is to be taken again, until nobody does. */
  readonly holders?: readonly string[];
  /** The brake cannot be set. */
  readonly brakeFails?: boolean;
  /** Nobody can be told. */
  readonly deaf?: boolean;
  /** What the 1st, 2nd … slice ends with. Default done. */
  readonly slices?: readonly ('more' | 'done' | 'paused' | 'drift')[];
}

export const planHashOf = (planId: number): string => `plan${planId}`.padEnd(64, '0');
export const snapshotHash = 'abcdef'.padEnd(64, '0');
export const checklistHash = 'c'.repeat(64);

export function stubActivities(options: StubOptions = {}): Stub {
  const calls: string[] = [];
  const told: string[] = [];
  const decisions: Stub['decisions'] = [];
  const changes = [...(options.changes ?? [3, 0])];
  const slices = [...(options.slices ?? ['done'])];
  const removals = [...(options.removals ?? [])];
  const holders = [...(options.holders ?? [])];
  let plans = 0;
  const note = (name: string): void => void calls.push(name);
  const takeSnapshot = async ({ uploadId }: { uploadId: number | null }) => {
    note(`takeSnapshot ${uploadId}`);
    if (uploadId !== null && uploadId === options.noUpload)
      throw ApplicationFailure.nonRetryable('No such upload.', 'UploadNotFound');
    const findings: Record<string, number> =
      options.stopsRun === undefined ? {} : { 'stops-run': options.stopsRun };
    return { snapshotId: (uploadId ?? 9) * 10, hash: snapshotHash, findings, counts: { person: 5 } };
  };
  const activities: Partial<Activities> = {
    async beginRun() {
      note('beginRun');
      const mode = options.mode ?? 'enabled';
      return {
        runId: 7,
        heldBy: options.heldBy ?? null,
        mode,
        modeInForce: mode,
        database: options.database ?? false,
      };
    },
    async setMode({ mode }) {
      note(`setMode ${mode}`);
    },
    async moveToYear({ year }) {
      note(`moveToYear ${year}`);
    },
    async readMode() {
      return { mode: options.modeLater ?? options.mode ?? 'enabled' };
    },
    async tell({ event, gate, code }) {
      if (options.deaf === true)
        throw ApplicationFailure.nonRetryable('Nobody could be told.', 'NotificationFailed');
      told.push([event, gate ?? code ?? ''].join(' ').trim());
      return { sent: ['mail'], failed: [] };
    },
    async readBackupAge() {
      const ageHours = options.backupAgeHours === undefined ? 1 : options.backupAgeHours();
      return { backupId: ageHours === null ? null : 3, ageHours };
    },
    async showCategories() {
      note('showCategories');
      return { visibility: 'visible' };
    },
    async collectSource() {
      note('collectSource');
      if (options.source instanceof ApplicationFailure) throw options.source;
      return options.source ?? { kind: 'database' };
    },
    async settle({ ended }) {
      note(`settle ${ended}`);
    },
    async followMode() {
      note('followMode');
    },
    async setSafeSettings() {
      note('setSafeSettings');
    },
    async openGate({ gate, opening, hash }) {
      note(`openGate ${gate} ${opening}`);
      return { hash: hash ?? checklistHash, openedAt: '2026-12-15T00:00:00Z' };
    },
    async recordDecision({ decision, outcome, channel }) {
      decisions.push({ gate: decision.gate, outcome, channel });
    },
    async markApplied() {
      note('markApplied');
    },
    async setBrake({ brake, by }) {
      if (options.brakeFails === true)
        throw ApplicationFailure.nonRetryable('The journal is odd.', 'Internal');
      note(`setBrake ${brake} ${by}`);
    },
    async awaitResume() {
      note('awaitResume');
    },
    async endRun({ outcome }) {
      note(`endRun ${outcome}`);
    },
    async preflight() {
      note('preflight');
      return {
        release: '4.5.6',
        version: '2024100706',
        support: 'proven',
        accepted: false,
        differences: [],
        guards: [],
        missingRights: [],
        unlinkedUsers: 0,
        duplicateUsers: 0,
        duplicateCourses: 0,
        missingManaged: 0,
      };
    },
    takeSnapshot,
    async takeNews({ uploadId, enough }) {
      const { settled = null } = options;
      const isNews = enough === 'never' || settled === null || (enough === 'clean' && settled !== 'clean');
      return isNews ? takeSnapshot({ uploadId }) : null;
    },
    async makePlan() {
      plans++;
      const count = changes.shift() ?? 0;
      note(`makePlan ${plans}`);
      return {
        planId: plans,
        hash: planHashOf(plans),
        counts: {
          'user.create': count,
          'managed.user': options.managed ?? 0,
          ...(options.guards === undefined ? {} : { 'guard.exceeded': options.guards }),
          ...(options.conflicts === false ? {} : { 'notice.conflict': 1 }),
        },
      };
    },
    async hashPasswords() {
      note('hashPasswords');
      return { hashed: 0, refused: 0 };
    },
    async applyChanges({ planId, hash }) {
      const ended = slices.shift() ?? 'done';
      note(`applyChanges ${planId} ${hash === planHashOf(planId)} ${ended}`);
      return { ended, progress: { pending: 0, applied: 3, satisfied: 0, conflict: 0 } };
    },
    async letGo() {
      note('letGo');
    },
    async holdTarget() {
      const heldBy = holders.shift() ?? null;
      note(heldBy === null ? 'holdTarget' : `held by ${heldBy}`);
      return { heldBy };
    },
    async readDeletion() {
      return typeof options.deletion === 'function'
        ? options.deletion()
        : (options.deletion ?? { users: false, enrolments: false, courses: "don't-delete" });
    },
    async readRemovalWindow() {
      const allowed = options.removalTime?.() ?? true;
      return { allowed, until: allowed ? null : new Date(Date.now() + 1000).toISOString() };
    },
    async makeRemovalPlan({ snapshotId, season }) {
      plans++;
      const count = removals.shift() ?? 0;
      note(`makeRemovalPlan ${plans} of ${snapshotId} ${season}`);
      return {
        planId: plans,
        hash: planHashOf(options.sameRemovals === true ? 99 : plans),
        counts: { 'user.suspend': count, 'managed.user': options.managed ?? 0, ...options.withdrawn },
        snapshotId,
      };
    },
    async verifyRemovals() {
      note('verifyRemovals');
      return { remaining: 0, duplicates: 0 };
    },
    async lookAtGrades() {},
    async compareGrades() {
      return { losses: 0, others: 0 };
    },
    async verify() {
      note('verify');
      return { remaining: 0, duplicates: 0 };
    },
  };
  return { activities, calls, told, decisions };
}
