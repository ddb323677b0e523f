/**
 * "The same source, nothing to do": true only if everything that planning depends on equals what a run that left
 * nothing open was computed from, at most a day ago. Moodle's own rows are compared once a day.
 */
import { countFindings, type FindingCount } from '../journal/findings.js';
import type { Journal } from '../journal/journal.js';
import { selectAnswers } from '../journal/links.js';
import { countStates, selectPlanHeader } from '../journal/plans.js';
import { selectReadingHash } from '../journal/reading-hashes.js';
import {
  deleteSettledInputs,
  putSettledInputs,
  putSettledSource,
  selectSettledInputs,
  type SettledInputs,
} from '../journal/settled-inputs.js';
import { selectSnapshotRules } from '../journal/snapshot-rules.js';
import { selectSnapshotHeader } from '../journal/snapshots.js';
import { selectUpload } from '../journal/uploads.js';
import type { GroupProvisioningRule, SchoolSettings } from '../model/settings.js';
import { readRelease } from '../moodle/probe.js';
import { recordLimits } from '../rules/findings/limits.js';
import type { School } from '../schools.js';
import { hashJson } from '../settings/hash.js';
import { RULES_VERSION } from './compute-plan.js';
import { settingsInForce } from './settings-in-force.js';
import type { JudgedReading } from './take-snapshot.js';

/** Settings that change no plan. */
const apart: ReadonlySet<string> = new Set([
  'mode',
  'everyMinutes',
  'retentionDays',
  'logEvents',
] satisfies (keyof SchoolSettings)[]);

function planningSettings(settings: SchoolSettings): object {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !apart.has(name)));
}

/** What a source said, as far as a run can depend on it. */
export interface SourceContent {
  /** Of the snapshot. */
  readonly hash: string;
  readonly rules: readonly GroupProvisioningRule[];
  /** `code severity count`, so that a new finding is seen although its record is left out. */
  readonly findings: readonly string[];
}

function describe({ code, severity, count }: FindingCount): string {
  return `${code} ${severity} ${count}`;
}

/** What a stored snapshot says. */
async function contentOf(journal: Journal, snapshotId: number): Promise<SourceContent> {
  const { hash } = await selectSnapshotHeader(journal, snapshotId);
  const findings = (await countFindings(journal, snapshotId)).map(describe).sort();
  return { hash, rules: await selectSnapshotRules(journal, snapshotId), findings };
}

/** What a reading says of which nothing is stored. */
function contentOfReading({ hash, rules, findings }: JudgedReading): SourceContent {
  const counts = new Map<string, FindingCount>();
  for (const { code, severity } of findings) {
    const key = `${code} ${severity}`;
    counts.set(key, { code, severity, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return { hash, rules, findings: [...counts.values()].map(describe).sort() };
}

/** SHA-256 of what a plan of this content depends on now. */
async function hashInputs(school: School, content: SourceContent): Promise<string> {
  const { journal } = school;
  const { settings } = await settingsInForce(journal);
  const answers = await selectAnswers(journal, settings.year);
  const { release, config } = await readRelease(school.db, school.moodle);
  const { extendedUsernameChars, sameEmailAllowed } = recordLimits(settings, config);
  return hashJson({
    ...content,
    settings: planningSettings(settings),
    links: [...answers.links].sort(),
    reusedCodes: [...answers.reusedCodes].sort(),
    rulesVersion: RULES_VERSION,
    release,
    // what Moodle allows decides which records come in
    allowed: { extendedUsernameChars, sameEmailAllowed },
  });
}

/** How the settled run ended, if this content and everything besides it is what that run was computed from. */
async function outcomeOn(
  school: School,
  settled: SettledInputs,
  content: SourceContent,
): Promise<SettledInputs['outcome'] | null> {
  return settled.inputsHash === (await hashInputs(school, content)) ? settled.outcome : null;
}

/** The same for a source that is known to say what the settled one said. */
async function stillSettled(
  school: School,
  settled: SettledInputs,
): Promise<SettledInputs['outcome'] | null> {
  return outcomeOn(school, settled, await contentOf(school.journal, settled.snapshotId));
}

/** How the last run on the very same inputs ended, if that is less than a day ago; else null. */
export async function settledOutcome(
  school: School,
  reading: JudgedReading,
): Promise<SettledInputs['outcome'] | null> {
  const settled = await selectSettledInputs(school.journal);
  return settled === null ? null : outcomeOn(school, settled, contentOfReading(reading));
}

/**
 * After `settledOutcome` or `settledReadingOutcome` has said that an upload says what was settled: these files stand for it from now on, so that they
 * need not be read when they come again. Changes do not: they build on what came between.
 */
export async function rememberFiles({ journal }: School, uploadId: number): Promise<void> {
  const { originalSha256, reading } = await selectUpload(journal, uploadId);
  if (reading === 'complete') await putSettledSource(journal, originalSha256);
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
  return stillSettled(school, settled);
}

/** The same for a reading whose records have not been judged: rows that say what the settled ones said. */
export async function settledReadingOutcome(
  school: School,
  readingHash: string,
): Promise<SettledInputs['outcome'] | null> {
  const settled = await selectSettledInputs(school.journal);
  if (settled === null) return null;
  if ((await selectReadingHash(school.journal, settled.snapshotId)) !== readingHash) return null;
  return stillSettled(school, settled);
}

/** Whether a plan left nothing that waits for anybody. */
export async function isClean(school: School, planId: number): Promise<boolean> {
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
    inputsHash: await hashInputs(school, await contentOf(journal, run.snapshotId)),
    snapshotId: run.snapshotId,
    sourceSha256: uploadId === null ? null : (await selectUpload(journal, uploadId)).originalSha256,
    outcome: ended === 'verified' ? 'clean' : ended,
    runId: run.runId,
  });
}
