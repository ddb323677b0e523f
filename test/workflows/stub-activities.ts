/** Activities that only count, for tests of order and gates; everything they would write is in `calls`. */
import type { Activities } from '../../activities/index.js';

export interface Stub {
  readonly activities: Activities;
  readonly calls: string[];
  /** Refusals and acceptances as they were recorded. */
  readonly decisions: { readonly gate: string; readonly outcome: string; readonly channel: string }[];
}

export interface StubOptions {
  readonly heldBy?: string;
  readonly mode?: 'disabled' | 'enabled' | 'snapshot-only';
  readonly stopsRun?: number;
  /** Changes of the 1st, 2nd … plan. Default 3, 0. */
  readonly changes?: readonly number[];
  /** What the 1st, 2nd … slice ends with. Default done. */
  readonly slices?: readonly ('more' | 'done' | 'paused' | 'drift')[];
}

export const planHashOf = (planId: number): string => `plan${planId}`.padEnd(64, '0');
export const snapshotHash = 'abcdef'.padEnd(64, '0');
export const checklistHash = 'c'.repeat(64);

export function stubActivities(options: StubOptions = {}): Stub {
  const calls: string[] = [];
  const decisions: Stub['decisions'] = [];
  const changes = [...(options.changes ?? [3, 0])];
  const slices = [...(options.slices ?? ['done'])];
  let plans = 0;
  const note = (name: string): void => void calls.push(name);
  const activities: Activities = {
    async beginRun() {
      note('beginRun');
      return 7;
    },
    async holdTarget() {
      note('holdTarget');
      return { heldBy: options.heldBy ?? null };
    },
    async readMode() {
      return { mode: options.mode ?? 'snapshot-only' };
    },
    async setMode({ mode }) {
      note(`setMode ${mode}`);
    },
    async moveToYear({ year }) {
      note(`moveToYear ${year}`);
    },
    async requireMode() {
      note('requireMode');
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
    async readBrake() {
      return { brake: 'go' };
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
    async takeSnapshot({ uploadId }) {
      note(`takeSnapshot ${uploadId}`);
      const findings: Record<string, number> =
        options.stopsRun === undefined ? {} : { 'stops-run': options.stopsRun };
      return { snapshotId: uploadId * 10, hash: snapshotHash, findings, counts: { person: 5 } };
    },
    async makePlan() {
      plans++;
      const count = changes.shift() ?? 0;
      note(`makePlan ${plans}`);
      return {
        planId: plans,
        hash: planHashOf(plans),
        counts: { 'user.create': count, 'notice.conflict': 1 },
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
    async verify() {
      note('verify');
      return { remaining: 0, duplicates: 0 };
    },
  };
  return { activities, calls, decisions };
}
