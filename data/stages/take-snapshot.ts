/** source → snapshot → findings: reads the source, judges its records, stores what remains, seals it last. */
import { countFindings, insertFindings } from '../journal/findings.js';
import type { Journal } from '../journal/journal.js';
import {
  insertRecords,
  insertSnapshot,
  readSnapshot,
  sealSnapshot,
  selectSnapshotHeader,
} from '../journal/snapshots.js';
import { putRenamedPasswords } from '../journal/passwords.js';
import { insertReadingHash } from '../journal/reading-hashes.js';
import { insertSnapshotRules } from '../journal/snapshot-rules.js';
import { selectTarget } from '../journal/targets.js';
import { hashReading } from '../knowledgenet/hash-reading.js';
import { snapshotOf, type ReadSource } from '../knowledgenet/source.js';
import type { Finding } from '../model/finding.js';
import type { PlacedSnapshot, Snapshot } from '../model/snapshot.js';
import { foldByCollation } from '../moodle/fold.js';
import { probeSite } from '../moodle/probe.js';
import { compareSnapshots, type ComparisonBase } from '../rules/comparison.js';
import { findRecordProblems } from '../rules/findings/index.js';
import { stringsToFold } from '../rules/findings/kept.js';
import { recordLimits } from '../rules/findings/limits.js';
import { orderFindings } from '../rules/findings/order.js';
import type { Dropped, RecordRows } from '../rules/findings/rows.js';
import type { School } from '../schools.js';
import { readSchool, type ReadingOptions, type SchoolReading } from './read-source.js';
import { settingsInForce } from './settings-in-force.js';

export type { ReadingOptions } from './read-source.js';

export interface TakenSnapshot {
  readonly snapshotId: number;
  readonly hash: string;
  /** Findings by severity. */
  readonly findings: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
}

async function readApplied(journal: Journal): Promise<ComparisonBase | null> {
  const { appliedSnapshotId: id } = await selectTarget(journal);
  return id === null ? null : { id, snapshot: await readSnapshot(journal, id) };
}

/** External IDs that the source has though their record was dropped: they are not "no longer in KN". */
function withheldIds(rows: RecordRows, dropped: Dropped): NonNullable<Snapshot['withheld']> {
  const idsOf = (
    list: readonly { readonly record: { readonly externalId: string } }[],
    indexes: ReadonlySet<number>,
  ): Set<string> => new Set([...indexes].flatMap((index) => list[index]?.record.externalId ?? []));
  return { persons: idsOf(rows.persons, dropped.persons), groups: idsOf(rows.groups, dropped.groups) };
}

/** What remains of a reading, and what was found. */
interface Judged {
  readonly snapshot: PlacedSnapshot;
  readonly hash: string;
  readonly findings: readonly Finding[];
}

/** Applies the rules on records, with equality as this school's Moodle sees it. */
async function judge(school: School, read: ReadSource): Promise<Judged> {
  const site = await probeSite(school.db, school.moodle);
  const { settings } = await settingsInForce(school.journal);
  const fold = await foldByCollation(school.db, site, stringsToFold(read.rows));
  const { findings, dropped } = findRecordProblems(
    read.rows,
    read.frame.statements,
    settings,
    fold,
    recordLimits(settings, site.config),
  );
  const { snapshot, hash } = snapshotOf(read, dropped);
  return {
    snapshot: { ...snapshot, withheld: withheldIds(read.rows, dropped) },
    hash,
    findings: orderFindings([...read.findings, ...findings]),
  };
}

async function bySeverity(journal: Journal, snapshotId: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { severity, count } of await countFindings(journal, snapshotId))
    counts[severity] = (counts[severity] ?? 0) + count;
  return counts;
}

/** A reading as it came, of which nothing is stored yet. */
export interface HashedReading extends SchoolReading {
  /** Null: KnowledgeNET's database. */
  readonly uploadId: number | null;
  /** `hashReading`: the same again becomes the same snapshot with the same findings, under the same settings. */
  readonly readingHash: string;
}

/** The same with its records judged. */
export interface JudgedReading extends HashedReading, Judged {}

/**
 * Reads an upload, or KnowledgeNET's database (null).
 *
 * @throws RolloverError of the reader (SourceUnreadable, SourceUnavailable …), UploadNotFound, DatabaseUnavailable
 */
export async function hashSource(
  school: School,
  uploadId: number | null,
  options: ReadingOptions,
): Promise<HashedReading> {
  const reading = await readSchool(school, uploadId, options);
  return { ...reading, uploadId, readingHash: hashReading(reading.read, reading.rules) };
}

/** Judges the records of a reading; nothing is stored. @throws RolloverError DatabaseUnavailable, MoodleUnsupported */
export async function judgeReading(school: School, reading: HashedReading): Promise<JudgedReading> {
  return { ...reading, ...(await judge(school, reading.read)) };
}

/**
 * Stores a reading as a new snapshot that nobody sees until its last statement has sealed it: one that fails half-way
 * leaves no snapshot.
 */
export async function storeSnapshot({ journal }: School, judged: JudgedReading): Promise<TakenSnapshot> {
  const { uploadId, readingHash, read, rules, baseSnapshotId, snapshot, hash, findings } = judged;
  const comparison = compareSnapshots(snapshot, await readApplied(journal));
  const { headers } = read;
  const snapshotId = await insertSnapshot(journal, { uploadId, baseSnapshotId, snapshot, headers });
  await insertRecords(journal, snapshotId, snapshot);
  await insertSnapshotRules(journal, snapshotId, rules);
  await insertReadingHash(journal, snapshotId, readingHash);
  await insertFindings(journal, snapshotId, findings);
  if (uploadId !== null) await putRenamedPasswords(journal, uploadId, read.renamed.persons);
  await sealSnapshot(journal, snapshotId, hash, comparison);
  const { counts } = await selectSnapshotHeader(journal, snapshotId);
  return { snapshotId, hash, findings: await bySeverity(journal, snapshotId), counts };
}

/** Reads and stores: every call writes a snapshot of its own. @throws RolloverError as `hashSource` and `judgeReading` */
export async function takeSnapshot(
  school: School,
  uploadId: number | null,
  options: ReadingOptions,
): Promise<TakenSnapshot> {
  const reading = await hashSource(school, uploadId, options);
  return storeSnapshot(school, await judgeReading(school, reading));
}
