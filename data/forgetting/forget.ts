/** A person goes from everything that the journal keeps. Moodle is not touched: that is Moodle's own privacy tool's work. */
import { createHash, randomBytes } from 'node:crypto';
import { sideItem } from '../journal/link-sides.js';
import { deleteGivenUpOf } from '../journal/managed-history.js';
import { deleteDeletionsOf } from '../journal/deletions.js';
import { deleteUndoWishesOf } from '../journal/undo-wishes.js';
import { deleteUndoneOf } from '../journal/undone.js';
import { deleteWithdrawnOf } from '../journal/withdrawn.js';
import type { Journal } from '../journal/journal.js';
import { fromPage } from '../journal/plan-items.js';
import { RolloverError } from '../model/errors.js';
import type { Guarded, GuardVerdict } from '../model/guard.js';
import type { MoodleSide } from '../model/link-sides.js';
import type { Kept, LinkProposal, Notice } from '../model/plan.js';
import { purge } from '../retention/retention.js';
import { markAltered, readPages, rewritePage, selectSnapshotIds, withoutPerson } from './pages.js';
import { findPerson, type KnownPerson } from './person.js';
import * as rows from './rows.js';

/** What a person's forgetting takes away, in counts. */
export interface Traces {
  /** Uploads whose kept files go whole: a workbook cannot be rewritten. */
  readonly uploads: readonly number[];
  /** Those of them that were never read: nobody knows whom they hold. */
  readonly unread: readonly number[];
  /** Snapshots that are rewritten without the person. */
  readonly snapshots: readonly number[];
  readonly findings: number;
  readonly changes: number;
  readonly items: number;
  /** Free texts that may name the person; left to people. */
  readonly comments: readonly number[];
  /** Other External IDs of, most likely, the same person: they are forgotten by a command of their own. */
  readonly alsoKnownAs: readonly string[];
  /** Whether we have provenance of an account. */
  readonly known: boolean;
}

interface Found extends Traces {
  readonly person: KnownPerson;
}

/** What guards count by people's External IDs. */
const countsPeople: ReadonlySet<Guarded> = new Set(['user', 'student', 'teacher'] as const);

/** Whether she is one of a guard's examples. */
function isExample({ of, examples }: GuardVerdict, externalId: string): boolean {
  return examples.some(
    ({ subject, person, before }) =>
      person === externalId || before === externalId || (countsPeople.has(of) && subject === externalId),
  );
}

function isHersAtPlan(kind: string, stored: unknown, externalId: string): boolean {
  if (kind === sideItem) {
    const side = stored as MoodleSide;
    return side.kind === 'user' && [side.idnumber, ...side.proposedFor].includes(externalId);
  }
  if (kind === 'guard') return isExample(stored as GuardVerdict, externalId);
  const item = stored as Partial<Notice & Kept & LinkProposal>;
  if (kind === 'proposal') return item.kind === 'user' && item.externalId === externalId;
  return item.person === externalId || (item.kind === 'user' && item.subject === externalId);
}

/** Texts so short or common that finding them within another word says nothing. */
const SHORT = 4;

function mentions(finding: rows.StoredFinding, { externalId, texts, places }: KnownPerson): boolean {
  if (finding.subject === externalId) return true;
  if (places.get(finding.snapshotId)?.has(finding.place) === true) return true;
  const shown = [finding.value ?? '', finding.subject ?? '', finding.mend];
  return [externalId, ...texts].some((text) =>
    shown.some((one) => one === text || (text.length >= SHORT && one.includes(text))),
  );
}

async function isOnPages(journal: Journal, snapshotId: number, externalId: string): Promise<boolean> {
  for await (const page of readPages(journal, snapshotId))
    if (withoutPerson(page, externalId) !== null) return true;
  const withheld = JSON.parse(await rows.selectWithheld(journal, snapshotId)) as { persons: string[] };
  return withheld.persons.includes(externalId);
}

async function findingsOf(journal: Journal, person: KnownPerson): Promise<Map<number, number[]>> {
  const found = new Map<number, number[]>();
  for (const id of await selectSnapshotIds(journal)) {
    const hers = (await rows.selectFindingsOf(journal, id)).filter((one) => mentions(one, person));
    if (hers.length > 0)
      found.set(
        id,
        hers.map((one) => one.ordinal),
      );
  }
  return found;
}

/** A page of items beside a plan with items of hers on it. */
interface HerItems extends rows.StoredItems {
  readonly hers: number;
  /** What stays. */
  readonly others: readonly unknown[];
}

async function itemsOf(journal: Journal, externalId: string): Promise<HerItems[]> {
  const pages = await rows.selectItemsWith(journal, externalId);
  return pages
    .map((page) => {
      const items = fromPage<unknown>(page.body);
      const others = items.filter((item) => !isHersAtPlan(page.kind, item, externalId));
      return { ...page, hers: items.length - others.length, others };
    })
    .filter(({ hers }) => hers > 0);
}

async function forgetItems(journal: Journal, { others, ...page }: HerItems): Promise<void> {
  if (others.length === 0) await rows.deleteItems(journal, page);
  else await rows.updateItems(journal, page, JSON.stringify(others));
}

/** Looks for a person everywhere; changes nothing. */
export async function findTraces(journal: Journal, externalId: string): Promise<Found> {
  const person = await findPerson(journal, externalId);
  const snapshots: number[] = [];
  for (const id of await selectSnapshotIds(journal))
    if (await isOnPages(journal, id, externalId)) snapshots.push(id);
  const findings = await findingsOf(journal, person);
  const holding = new Set([...snapshots, ...findings.keys()]);
  // a file that nobody could read may hold anybody
  const kept = (await rows.selectKeptUploads(journal)).filter(
    ({ snapshotId }) => snapshotId === null || holding.has(snapshotId),
  );
  return {
    person,
    uploads: [...new Set(kept.map(({ uploadId }) => uploadId))],
    unread: kept.filter(({ snapshotId }) => snapshotId === null).map(({ uploadId }) => uploadId),
    snapshots,
    findings: [...findings.values()].reduce((sum, list) => sum + list.length, 0),
    changes: await rows.countChangesOf(journal, externalId),
    items: (await itemsOf(journal, externalId)).reduce((sum, { hers }) => sum + hers, 0),
    comments: await rows.selectCommentsWith(journal, [externalId, ...person.texts]),
    alsoKnownAs: person.alsoKnownAs,
    known: person.texts.size > 0,
  };
}

/** @throws RolloverError TargetHeld while a run that is open works with the person */
export async function refuseWhilePlanned(
  journal: Journal,
  traces: Traces,
  externalId: string,
): Promise<void> {
  const runs = await rows.selectOpenRuns(journal, externalId);
  const open = (await rows.selectOpenSnapshots(journal)).filter((id) => traces.snapshots.includes(id));
  if (runs.length + open.length > 0)
    throw new RolloverError(
      'TargetHeld',
      'The person is in the reading or plan of a run that has not ended.',
    );
}

async function rewriteSnapshot(journal: Journal, snapshotId: number, externalId: string): Promise<void> {
  await markAltered(journal, snapshotId);
  for await (const page of readPages(journal, snapshotId)) {
    const left = withoutPerson(page, externalId);
    if (left !== null) await rewritePage(journal, snapshotId, page, left.text, left.removed);
  }
  const withheld = JSON.parse(await rows.selectWithheld(journal, snapshotId)) as {
    persons: string[];
    groups: string[];
  };
  const persons = withheld.persons.filter((one) => one !== externalId);
  if (persons.length < withheld.persons.length)
    await rows.updateWithheld(journal, snapshotId, JSON.stringify({ ...withheld, persons }));
}

/** `salt` makes equal persons different, so that nobody can look a list of ids up without trying each. */
export function hashPerson(salt: string, externalId: string): string {
  return createHash('sha256').update(`${salt}/${externalId}`).digest('hex');
}

/**
 * Forgets. Repeatable: interrupted anywhere, the same command finishes it, because the readings that tell what to look
 * for are rewritten last.
 */
export async function forgetPerson(
  journal: Journal,
  externalId: string,
  options: { readonly account: string; readonly alsoLink: boolean },
): Promise<Traces> {
  const { person, ...traces } = await findTraces(journal, externalId);
  await refuseWhilePlanned(journal, traces, externalId);
  await rows.deleteSealedPassword(journal, externalId);
  await rows.deleteRenamedPassword(journal, externalId);
  await rows.deletePasswordHash(journal, externalId);
  await rows.deleteLinkAnswers(journal, externalId);
  for (const [snapshotId, ordinals] of await findingsOf(journal, person))
    await rows.deleteFindingsAt(journal, snapshotId, ordinals);
  for (const page of await itemsOf(journal, externalId)) await forgetItems(journal, page);
  await rows.deleteChangesOf(journal, externalId);
  await deleteGivenUpOf(journal, externalId);
  await deleteUndoneOf(journal, externalId);
  await deleteUndoWishesOf(journal, externalId);
  await deleteDeletionsOf(journal, externalId);
  for (const id of traces.uploads) await purge(journal, 'upload', id, 'forgetting');
  if (options.alsoLink) {
    await rows.deleteProvenance(journal, externalId);
    await deleteWithdrawnOf(journal, externalId);
  } else await rows.blankProvenance(journal, externalId);
  for (const id of traces.snapshots) await rewriteSnapshot(journal, id, externalId);
  const salt = randomBytes(16).toString('hex');
  const { uploads, snapshots, findings, changes, items } = traces;
  await rows.insertForgotten(journal, {
    salt,
    personHash: hashPerson(salt, externalId),
    account: options.account,
    counts: { uploads: uploads.length, snapshots: snapshots.length, findings, changes, items },
  });
  return traces;
}

/** When a person was forgotten, or null. */
export async function whenForgotten(journal: Journal, externalId: string): Promise<string | null> {
  const found = (await rows.selectForgotten(journal)).find(
    ({ salt, personHash }) => hashPerson(salt, externalId) === personHash,
  );
  return found?.forgottenAt ?? null;
}
