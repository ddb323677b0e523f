/** Steps that keep the run's own record: begin, hold, stages, decisions, end. All are repeatable. */
import { createHash } from 'node:crypto';
import type { Decision, Gate, OpenGate } from '../data/model/gate.js';
import { RolloverError } from '../data/model/errors.js';
import type { RunKind, RunOutcome } from '../data/model/run.js';
import type { SyncMode } from '../data/model/settings.js';
import { deletePasswordHashes, deletePasswords, deleteRenamedPasswords } from '../data/journal/passwords.js';
import {
  beginRun,
  endRun,
  insertDecision,
  insertOpening,
  selectRunPlanIds,
  updateRunStage,
  type Channel,
} from '../data/journal/runs.js';
import { selectSettingsHistory, storeSettings } from '../data/journal/settings.js';
import { holdTarget, releaseTarget, selectTarget } from '../data/journal/targets.js';
import { buildReport } from '../data/report/build-report.js';
import { rememberApplied } from '../data/stages/class-rules.js';
import { settingsInForce } from '../data/stages/settings-in-force.js';
import { moveToYear } from '../data/settings/edit.js';
import { settingsHash } from '../data/settings/hash.js';
import type { SchoolSettings } from '../data/model/settings.js';
import { followSettings } from './sync.js';
import type { ActivityContext } from './context.js';

function checklistHash(runId: number, gate: Gate, opening: number): string {
  return createHash('sha256').update(`${runId}/${gate}/${opening}`).digest('hex');
}

export interface BegunRun {
  readonly runId: number;
  /** Workflow that holds the target instead, or null when we do. */
  readonly heldBy: string | null;
  readonly mode: SyncMode;
  readonly modeInForce: SyncMode;
  /** KnowledgeNET's database can be read without an upload. */
  readonly database: boolean;
}

/** What of the deletion settings says how, and not what. */
function keptSafe({
  graceDays,
  secondPerson,
}: SchoolSettings['deletion']): Partial<SchoolSettings['deletion']> {
  return {
    ...(graceDays === undefined ? {} : { graceDays }),
    ...(secondPerson === undefined ? {} : { secondPerson }),
  };
}

export function runActivities(context: ActivityContext) {
  return {
    /**
     * Begins the journal's record of this workflow execution and takes the target for it, and says who has it
     * otherwise. `mode` is the synchronisation as a person left it: a rollover that failed or was cancelled has left it
     * Disabled, and that is not what a later one should set again; `modeInForce` is what counts now.
     */
    async beginRun(input: {
      school: string;
      kind: RunKind;
      year: number | null;
      workflowId: string;
      workflowRunId: string;
      startedBy: string;
    }): Promise<BegunRun> {
      const { journal, knowledgenet } = await context.open(input.school);
      const runId = await beginRun(journal, input);
      const versions = await selectSettingsHistory(journal);
      const byPeople = versions.find(({ changedBy }) => !changedBy.startsWith('rollover/'));
      return {
        runId,
        heldBy: await holdTarget(journal, input.workflowId),
        mode: byPeople?.settings.mode ?? 'disabled',
        modeInForce: versions[0]?.settings.mode ?? 'disabled',
        database: knowledgenet.database !== undefined,
      };
    },

    /** The synchronisation mode in force now. */
    async readMode(input: { school: string }): Promise<{ mode: SyncMode; unattendedAtMost?: number }> {
      const { journal } = await context.open(input.school);
      const { mode, guards } = (await settingsInForce(journal)).settings;
      const { unattendedAtMost } = guards ?? {};
      return { mode, ...(unattendedAtMost === undefined ? {} : { unattendedAtMost }) };
    },

    /** Takes the target for a workflow that is no run; says who has it otherwise. */
    async holdTarget(input: { school: string; holder: string }): Promise<{ heldBy: string | null }> {
      const { journal } = await context.open(input.school);
      return { heldBy: await holdTarget(journal, input.holder) };
    },

    /** Sets the synchronisation mode as a new version of the settings; the schedule follows. */
    async setMode(input: { school: string; mode: SyncMode; by: string }): Promise<void> {
      const school = await context.open(input.school);
      const settings = { ...(await settingsInForce(school.journal)).settings, mode: input.mode };
      await storeSettings(school.journal, settings, settingsHash(settings), input.by);
      await followSettings(context, school, settings);
    },

    /** Moves the settings to a school year, with the dates of new courses; no new version when they are there already. */
    async moveToYear(input: { school: string; year: number; by: string }): Promise<void> {
      const { journal } = await context.open(input.school);
      const settings = moveToYear((await settingsInForce(journal)).settings, input.year);
      await storeSettings(journal, settings, settingsHash(settings), input.by);
    },

    /** Stage 5: both deletions off, courses "Don't delete"; set, read again, compared. */
    async setSafeSettings(input: { school: string; by: string }): Promise<void> {
      const { journal } = await context.open(input.school);
      const before = (await settingsInForce(journal)).settings;
      const settings: SchoolSettings = {
        ...before,
        deletion: { ...keptSafe(before.deletion), users: false, enrolments: false, courses: "don't-delete" },
      };
      await storeSettings(journal, settings, settingsHash(settings), input.by);
      const { deletion } = (await settingsInForce(journal)).settings;
      if (deletion.users || deletion.enrolments || deletion.courses !== "don't-delete")
        throw new RolloverError('Internal', 'The settings still allow deletion.');
    },

    /** Writes down that a gate opened and returns the hash that a decision must name. */
    async openGate(input: {
      school: string;
      runId: number;
      gate: Gate;
      opening: number;
      subject: OpenGate['subject'];
      hash: string | null;
      counts: Readonly<Record<string, number>>;
    }): Promise<{ hash: string; openedAt: string }> {
      const { journal } = await context.open(input.school);
      const hash = input.hash ?? checklistHash(input.runId, input.gate, input.opening);
      const openedAt = await insertOpening(journal, input.runId, { ...input, hash });
      await updateRunStage(journal, input.runId, input.gate);
      return { hash, openedAt };
    },

    /** Writes down a decision, or that it was refused and why. */
    async recordDecision(input: {
      school: string;
      workflowId: string;
      decision: Decision;
      channel: Channel;
      outcome: string;
    }): Promise<void> {
      const { journal } = await context.open(input.school);
      const { by, commentId, ...decision } = input.decision;
      const { workflowId, channel, outcome } = input;
      await insertDecision(journal, {
        ...decision,
        workflowId,
        channel,
        outcome,
        account: by,
        commentId: commentId ?? null,
      });
    },

    /** Remembers that Moodle has everything of this snapshot. */
    async markApplied(input: { school: string; snapshotId: number }): Promise<void> {
      const { journal } = await context.open(input.school);
      await rememberApplied(journal, input.snapshotId);
    },

    /** Stage 9: report, secrets deleted, target free. */
    async endRun(input: {
      school: string;
      runId: number;
      outcome: RunOutcome;
      uploadId: number | null;
      holder: string;
    }): Promise<void> {
      const { journal } = await context.open(input.school);
      const planIds = await selectRunPlanIds(journal, input.runId);
      await endRun(
        journal,
        input.runId,
        input.outcome,
        await buildReport(journal, input.runId, input.outcome),
      );
      for (const planId of planIds) await deletePasswordHashes(journal, planId);
      // a run that never held the target leaves the passwords of the one that does
      const { holder } = await selectTarget(journal);
      if (input.uploadId !== null && holder === input.holder) {
        await deletePasswords(journal, input.uploadId);
        await deleteRenamedPasswords(journal, input.uploadId);
      }
      await updateRunStage(journal, input.runId, 'report');
      await releaseTarget(journal, input.holder);
    },
  };
}
