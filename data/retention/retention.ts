/** Personal data of ended runs go after the days that the settings allow; runs, decisions, counts and reports stay. */
import { deleteOldDeletionItems } from '../journal/deletions.js';
import {
  deleteDifferences,
  deleteGroups,
  deleteLooks,
  deleteScope,
  selectLookIds,
} from '../journal/grade-safety.js';
import type { Journal } from '../journal/journal.js';
import { deletePasswordHashes } from '../journal/passwords.js';
import { beginPurge, endPurge, type PurgedKind, type PurgeReason } from '../journal/purged.js';
import { deleteOldUndoWishes } from '../journal/undo-wishes.js';
import { deleteOldReleased } from '../journal/undone.js';
import { RETENTION_DAYS } from '../model/settings.js';
import { settingsInForce } from '../stages/settings-in-force.js';
import { selectOldPlans, selectOldSnapshots, selectOldUploads } from './candidates.js';
import {
  clearWithheld,
  deleteChanges,
  deleteChunks,
  deleteFindings,
  deleteItems,
  deletePages,
  deleteSealedIds,
  untilGone,
} from './delete.js';

/** What has had its time, by id. */
export interface Due {
  readonly days: number;
  readonly uploads: readonly number[];
  readonly snapshots: readonly number[];
  readonly plans: readonly number[];
}

/** Looks only. */
export async function findDue(journal: Journal): Promise<Due> {
  const { settings } = await settingsInForce(journal);
  const days = settings.retentionDays ?? RETENTION_DAYS;
  return {
    days,
    uploads: await selectOldUploads(journal, days),
    snapshots: await selectOldSnapshots(journal, days),
    plans: await selectOldPlans(journal, days),
  };
}

const deletions: Readonly<Record<PurgedKind, (journal: Journal, id: number) => Promise<number>>> = {
  async upload(journal, id) {
    await untilGone(() => deleteSealedIds(journal, id));
    return untilGone(() => deleteChunks(journal, id));
  },
  async snapshot(journal, id) {
    await clearWithheld(journal, id);
    const pages = await untilGone(() => deletePages(journal, id));
    return pages + (await untilGone(() => deleteFindings(journal, id)));
  },
  async plan(journal, id) {
    const changes = await untilGone(() => deleteChanges(journal, id));
    // a run that was terminated has left the hashes that it wanted to write
    await deletePasswordHashes(journal, id);
    // an apply that was broken off has left what was to be compared
    for (const lookId of await selectLookIds(journal, id)) await deleteGroups(journal, lookId);
    await deleteLooks(journal, id);
    await deleteScope(journal, id);
    await deleteDifferences(journal, id);
    return changes + (await untilGone(() => deleteItems(journal, id)));
  },
};

/** Deletes the personal content of one thing. Interrupted anywhere, it is finished the next time. @returns rows */
export async function purge(
  journal: Journal,
  kind: PurgedKind,
  id: number,
  reason: PurgeReason,
): Promise<number> {
  await beginPurge(journal, kind, id, reason);
  const rows = await deletions[kind](journal, id);
  await endPurge(journal, kind, id);
  return rows;
}

/** Deletes everything that has had its time. */
export async function deleteDue(journal: Journal): Promise<Due & { readonly rows: number }> {
  const due = await findDue(journal);
  let rows = 0;
  for (const id of due.plans) rows += await purge(journal, 'plan', id, 'retention');
  for (const id of due.snapshots) rows += await purge(journal, 'snapshot', id, 'retention');
  for (const id of due.uploads) rows += await purge(journal, 'upload', id, 'retention');
  rows += await untilGone(() => deleteOldDeletionItems(journal, due.days));
  rows += await untilGone(() => deleteOldReleased(journal, due.days));
  rows += await untilGone(() => deleteOldUndoWishes(journal, due.days));
  return { ...due, rows };
}
