/** The year's procedure around several runs, in the guide's order (docs/administrator.md). */
import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { quick } from './activities-proxy.js';
import { listenToBrake } from './brake.js';
import { failureCode } from './failure-code.js';
import { createGatekeeper, type Gatekeeper } from './gatekeeper.js';
import { readingOffered, searchAttributes, type RolloverInput, type RunResult } from './messages.js';
import { createRunState, type RunState } from './run-state.js';
import { deleteForGood } from './stages/deletion.js';
import { endBroken, finish } from './stages/finish.js';
import { begin, checkMoodle, freeze } from './stages/freeze.js';
import { waitForObjections } from './stages/grace.js';
import { holdAgain, letGo } from './stages/hold.js';
import { backupCounts, planAndApply } from './stages/plan-and-apply.js';
import { listenToRemovals, rolloverRemovals, type RemovalWishes } from './stages/removals.js';
import { isBlocked, read, readingCounts, type TakenReading } from './stages/reading.js';

/** The newest reading offered: an upload, or KnowledgeNET's database (null). */
interface Readings {
  latest: number | null;
  /** Whether there is anything to read. */
  ready: boolean;
  /** KnowledgeNET's database can be read without an upload. */
  database: boolean;
  /** Counts offers, so that a later one is seen. */
  offers: number;
}

function checklist(state: RunState): { readonly kind: 'checklist'; readonly id: number } {
  return { kind: 'checklist', id: state.now.runId ?? 0 };
}

/** Stage 2: reject stays, approve goes on. */
async function askBackups(state: RunState, gatekeeper: Gatekeeper): Promise<void> {
  state.enterStage('backups');
  for (;;) {
    const { ageHours } = await quick.readBackupAge({ school: state.now.school });
    const subject = { gate: 'backups', subject: checklist(state), counts: backupCounts(ageHours) } as const;
    if ((await gatekeeper.ask(subject)) === 'approve') return;
  }
}

/** Stage 3: KN has been rolled over and a reading is there. */
async function askKnowledgeNET(state: RunState, gatekeeper: Gatekeeper, readings: Readings): Promise<void> {
  state.enterStage('knowledgenet');
  for (;;) {
    const verdict = await gatekeeper.ask({
      gate: 'knowledgenet',
      subject: checklist(state),
      extra: () => (readings.ready ? null : 'NoReading'),
    });
    if (verdict === 'approve') return;
  }
}

/** Null: there is no such upload; somebody has offered a number by hand. */
async function readIfThere(state: RunState, uploadId: number | null): Promise<TakenReading | null> {
  try {
    return await read(state, uploadId);
  } catch (error) {
    if (failureCode(error) === 'UploadNotFound') return null;
    throw error;
  }
}

/** Stage 4: approve goes on with the snapshot; a new reading opens the gate anew; reject leads back (null). */
async function askData(
  state: RunState,
  gatekeeper: Gatekeeper,
  readings: Readings,
): Promise<TakenReading | null> {
  for (;;) {
    state.enterStage('data');
    const { offers, latest } = readings;
    const reading = await readIfThere(state, latest);
    if (reading === null) {
      Object.assign(readings, { latest: null, ready: readings.database });
      return null;
    }
    const verdict = await gatekeeper.ask(
      {
        gate: 'data',
        subject: { kind: 'snapshot', id: reading.snapshotId },
        hash: reading.hash,
        counts: readingCounts(reading),
        extra: () => (isBlocked(reading) ? 'BlockingFindings' : null),
      },
      () => readings.offers !== offers,
    );
    if (verdict === 'approve') return reading;
    if (verdict === 'reject') return null;
  }
}

/** Stages 2 to 6: a rejected plan leads back to the data, rejected data back to KnowledgeNET. */
async function untilApplied(
  state: RunState,
  gatekeeper: Gatekeeper,
  readings: Readings,
  input: RolloverInput,
): Promise<void> {
  await askBackups(state, gatekeeper);
  for (;;) {
    await askKnowledgeNET(state, gatekeeper, readings);
    for (;;) {
      const reading = await askData(state, gatekeeper, readings);
      if (reading === null) break;
      state.enterStage('safe-settings');
      await quick.setSafeSettings({ school: input.school, by: workflowInfo().workflowId });
      if ((await planAndApply(state, gatekeeper, reading, { tuning: input.tuning })) !== 'rejected') return;
    }
  }
}

/** A reading offered at gate removals; one that findings stop, or that is not there, is not used. */
async function readOffered(state: RunState, readings: Readings): Promise<number | null> {
  const reading = await readIfThere(state, readings.latest);
  return reading === null || isBlocked(reading) ? null : reading.snapshotId;
}

/** Stage 8: suspended and hidden at gate removals; deleted only after the grace period, at a gate of its own. */
async function removeMildlyThenAsk(
  state: RunState,
  gatekeeper: Gatekeeper,
  readings: Readings,
  wishes: RemovalWishes,
  { tuning }: RolloverInput,
): Promise<void> {
  const outcome = await rolloverRemovals(state, gatekeeper, state.now.snapshotId ?? 0, {
    wishes,
    offers: () => readings.offers,
    readOffered: () => readOffered(state, readings),
    tuning,
  });
  if (outcome === 'rejected' || outcome === 'nothing') return;
  if (!(await waitForObjections(state, wishes))) return;
  await holdAgain(state);
  await deleteForGood(state, gatekeeper, { tuning, graceOver: wishes.grace === 'now' });
}

/** Reads an offer that anybody may have typed into Temporal UI; undefined when it can mean nothing. */
function readOffer(raw: unknown): number | null | undefined {
  const uploadId = (raw as { uploadId?: unknown } | null | undefined)?.uploadId;
  if (uploadId === null) return null;
  return typeof uploadId === 'number' && Number.isSafeInteger(uploadId) && uploadId > 0
    ? uploadId
    : undefined;
}

function listen(state: RunState, readings: Readings): void {
  setHandler(
    readingOffered,
    (raw: unknown) => {
      const uploadId = readOffer(raw);
      // an older upload that arrives late is no news, and neither is nonsense
      if (uploadId === undefined) return;
      if (uploadId !== null && readings.latest !== null && uploadId <= readings.latest) return;
      readings.latest = uploadId;
      readings.ready = true;
      readings.offers++;
      state.update({ uploadId });
    },
    { description: 'A new reading is there: {"uploadId","by"}; uploadId null: KnowledgeNET\'s database' },
  );
  listenToBrake(state.now.school, (paused) => state.update({ paused }));
}

/**
 * `rollover(school, year)`, id `rollover/<school>/<year>`.
 *
 * Gates: backups, knowledgenet, data, plan, tidy, removals, deletion; each waits for weeks if need be. Writes to
 * Moodle's database only in its child `applyPlan`, only what a person approved by hash. Lets go of the target while people tidy and while objections are
 * waited for, so that syncs go on. Stage 8 removes what the administrator has allowed by then, mildly at first.
 * Cancelling it ends consistently, with a report and the synchronisation left Disabled; the same year can then be
 * started again. A completed year cannot.
 *
 * @throws ApplicationFailure TargetHeld, MoodleUnsupported, MoodleNotAccepted, MoodlePrivileges, MoodleRestored and the
 *   reader's failures; see data/model/errors.ts.
 */
export async function rollover(input: RolloverInput): Promise<RunResult> {
  const readings: Readings = {
    latest: input.uploadId,
    ready: input.uploadId !== null,
    database: false,
    offers: 0,
  };
  const state = createRunState('rollover', input.school, input.year);
  const gatekeeper = createGatekeeper(input.school, state);
  listen(state, readings);
  const wishes = listenToRemovals();
  upsertSearchAttributes([{ key: searchAttributes.year, value: input.year }]);
  state.update({ uploadId: input.uploadId });
  try {
    const { heldBy, mode, database } = await begin(state, input.startedBy);
    if (heldBy !== null)
      throw ApplicationFailure.nonRetryable(`Another run holds this Moodle: ${heldBy}`, 'TargetHeld');
    await freeze(state);
    await checkMoodle(state);
    readings.database = database;
    readings.ready ||= database;
    await untilApplied(state, gatekeeper, readings, input);
    await quick.setMode({ school: input.school, mode, by: input.startedBy });
    state.enterStage('tidy');
    await letGo(state);
    await gatekeeper.ask({ gate: 'tidy', subject: checklist(state) });
    await removeMildlyThenAsk(state, gatekeeper, readings, wishes, input);
    const result = await finish(state, 'completed', null);
    await condition(allHandlersFinished);
    return result;
  } catch (error) {
    return await endBroken(state, error);
  }
}
