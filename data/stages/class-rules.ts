/** snapshot → memberships by rule: reads what the rules need from the journal; planning and previews are this same code. */
import { readFilled, storeFilled } from '../journal/filled-classes.js';
import type { Journal } from '../journal/journal.js';
import { rememberNsns } from '../journal/managed-nsn.js';
import { selectSnapshotRules } from '../journal/snapshot-rules.js';
import { readPersons } from '../journal/snapshot-subjects.js';
import { readSnapshot } from '../journal/snapshots.js';
import { selectTarget, setAppliedSnapshot } from '../journal/targets.js';
import type { SchoolSettings } from '../model/settings.js';
import type { Snapshot } from '../model/snapshot.js';
import {
  fillClasses,
  type FilledClasses,
  type FillInput,
  type Memberships,
} from '../rules/group-provisioning/fill-classes.js';
import { joinRules, refuseCircles, type RuleInForce } from '../rules/group-provisioning/rules-in-force.js';
import { settingsInForce } from './settings-in-force.js';

/** A snapshot that is in memory. */
export interface ReadSnapshot {
  readonly snapshotId: number;
  readonly snapshot: Snapshot;
}

/** The last applied snapshot, and what rules had added to it. */
export interface Applied {
  readonly previous: Snapshot | null;
  readonly filledBefore: Memberships;
}

/** `given` is not read again when it is the one that was applied last. */
export async function readApplied(journal: Journal, given: ReadSnapshot): Promise<Applied> {
  const { appliedSnapshotId: id } = await selectTarget(journal);
  if (id === null) return { previous: null, filledBefore: new Map() };
  const previous = id === given.snapshotId ? given.snapshot : await readSnapshot(journal, id);
  return { previous, filledBefore: await readFilled(journal, id) };
}

/** The rules that hold for a snapshot: the school's, and KnowledgeNET's as they were read with it. */
export async function rulesFor(
  journal: Journal,
  snapshotId: number,
  settings: SchoolSettings,
): Promise<RuleInForce[]> {
  return joinRules(settings.groupProvisioning ?? [], await selectSnapshotRules(journal, snapshotId));
}

/** The settings as planning takes them: with KnowledgeNET's rules. @throws RolloverError SettingsInvalid */
export async function withRulesFor(
  journal: Journal,
  snapshotId: number,
  settings: SchoolSettings,
): Promise<SchoolSettings> {
  const rules = await rulesFor(journal, snapshotId, settings);
  refuseCircles(rules);
  return rules.length === 0 ? settings : { ...settings, groupProvisioning: rules };
}

/** What rules add to a snapshot by the settings in force. */
export interface Filling extends FilledClasses<RuleInForce> {
  readonly input: FillInput<RuleInForce>;
}

/** Evaluates the rules that hold for a snapshot that was read already; looks at the journal only. */
export async function fillRead(journal: Journal, read: ReadSnapshot): Promise<Filling> {
  const { snapshotId, snapshot } = read;
  const { settings } = await settingsInForce(journal);
  const rules = await rulesFor(journal, snapshotId, settings);
  const input = { snapshot, rules, ...(await readApplied(journal, read)) };
  return { ...fillClasses(input), input };
}

/** Evaluates the rules that hold for a snapshot; looks at the journal only. */
export async function fillSnapshot(journal: Journal, snapshotId: number): Promise<Filling> {
  return fillRead(journal, { snapshotId, snapshot: await readSnapshot(journal, snapshotId) });
}

/** Keeps what rules add to a snapshot that is about to be remembered as applied. */
async function rememberFilled(journal: Journal, snapshotId: number): Promise<void> {
  const { settings } = await settingsInForce(journal);
  const rules = await rulesFor(journal, snapshotId, settings);
  const filling = rules.length === 0 ? [] : (await fillSnapshot(journal, snapshotId)).memberships;
  await storeFilled(journal, snapshotId, filling);
}

/** Keeps the National Student Numbers beside the accounts that are ours. */
async function rememberNumbers(journal: Journal, snapshotId: number): Promise<void> {
  const numbered: { readonly externalId: string; readonly nsn: string }[] = [];
  for await (const persons of readPersons(journal, snapshotId))
    for (const { externalId, nsn = '' } of persons) if (nsn !== '') numbered.push({ externalId, nsn });
  await rememberNsns(journal, numbered);
}

/** Remembers that Moodle has everything of this snapshot, with what rules added to it. */
export async function rememberApplied(journal: Journal, snapshotId: number): Promise<void> {
  await rememberFilled(journal, snapshotId);
  await rememberNumbers(journal, snapshotId);
  await setAppliedSnapshot(journal, snapshotId);
}
