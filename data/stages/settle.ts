/**
 * "The same source, nothing to do": true only if everything that planning depends on equals what a run that left
 * nothing open was computed from, at most a day ago. Moodle's own rows are compared once a day.
 */
import { selectAnswers } from '../journal/links.js';
import { countStates, selectPlanHeader } from '../journal/plans.js';
import {
  deleteSettledInputs,
  putSettledInputs,
  selectSettledInputs,
  type SettledInputs,
} from '../journal/settled-inputs.js';
import { selectSnapshotRules } from '../journal/snapshot-rules.js';
import { selectSnapshotHeader } from '../journal/snapshots.js';
import { selectUpload } from '../journal/uploads.js';
import type { SchoolSettings } from '../model/settings.js';
import { probeSite } from '../moodle/probe.js';
import type { School } from '../schools.js';
import { hashJson } from '../settings/hash.js';
import { RULES_VERSION } from './compute-plan.js';
import { settingsInForce } from './settings-in-force.js';

/** Settings that change no plan. */
const apart: ReadonlySet<string> = new Set([
  'mode',
  'everyMinutes',
  'retentionDays',
  'logEvents',
  'deletion',
] satisfies (keyof SchoolSettings)[]);

function planningSettings(settings: SchoolSettings): object {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !apart.has(name)));
}

/** SHA-256 of what a plan of this snapshot depends on now. */
export async function hashInputs(school: School, snapshotId: number): Promise<string> {
  const { journal } = school;
  const { settings } = await settingsInForce(journal);
  const { hash } = await selectSnapshotHeader(journal, snapshotId);
  const answers = await selectAnswers(journal, settings.year);
  const site = await probeSite(school.db, school.moodle);
  return hashJson({
    snapshot: hash,
    rules: await selectSnapshotRules(journal, snapshotId),
    settings: planningSettings(settings),
    links: [...answers.links].sort(),
    reusedCodes: [...answers.reusedCodes].sort(),
    rulesVersion: RULES_VERSION,
    release: site.release,
  });
}

/** How the last run on the very same inputs ended, if that is less than a day ago; else null. */
export async function settledOutcome(
  school: School,
  snapshotId: number,
): Promise<SettledInputs['outcome'] | null> {
  const settled = await selectSettledInputs(school.journal);
  if (settled === null || settled.inputsHash !== (await hashInputs(school, snapshotId))) return null;
  return settled.outcome;
}

/**
 * The same without reading: an upload of the very same files. Only for complete readings, because changes build on what
 * came between.
 */
export async function settledUploadOutcome(
  school: School,
  uploadId: number,
): Promise<SettledInputs['outcome'] | null> {
  const settled = await selectSettledInputs(school.journal);
  if (settled === null || settled.sourceSha256 === null) return null;
  const { originalSha256, reading } = await selectUpload(school.journal, uploadId);
  if (reading !== 'complete' || originalSha256 !== settled.sourceSha256) return null;
  return settled.inputsHash === (await hashInputs(school, settled.snapshotId)) ? settled.outcome : null;
}

/** Whether a plan left nothing that waits for anybody. */
async function isClean(school: School, planId: number): Promise<boolean> {
  const { counts } = await selectPlanHeader(school.journal, planId);
  const open = ['notice.conflict', 'notice.held', 'reused', 'held.enrolment'];
  if (open.some((name) => (counts[name] ?? 0) > 0)) return false;
  const states = await countStates(school.journal, planId);
  return states.pending === 0 && states.conflict === 0;
}

/**
 * Remembers what a run was computed from. A run that left something open is not remembered: its source is looked at
 * again as often as it comes.
 */
export async function settle(
  school: School,
  run: { readonly runId: number; readonly snapshotId: number; readonly planId: number | null },
  ended: 'verified' | 'rejected' | 'stopped-by-findings',
): Promise<void> {
  const { journal } = school;
  if (ended === 'verified' && (run.planId === null || !(await isClean(school, run.planId)))) {
    await deleteSettledInputs(journal);
    return;
  }
  const { uploadId } = await selectSnapshotHeader(journal, run.snapshotId);
  await putSettledInputs(journal, {
    inputsHash: await hashInputs(school, run.snapshotId),
    snapshotId: run.snapshotId,
    sourceSha256: uploadId === null ? null : (await selectUpload(journal, uploadId)).originalSha256,
    outcome: ended === 'verified' ? 'clean' : ended,
    runId: run.runId,
  });
}
