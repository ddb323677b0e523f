/** What an undo needs stays in the journal while it waits for a person, however long. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { write } from '../../data/journal/journal.js';
import { insertUndoPurpose } from '../../data/journal/plan-purpose.js';
import { insertChanges, insertPlan, sealPlan } from '../../data/journal/plans.js';
import { beginRun, endRun } from '../../data/journal/runs.js';
import { storeSettings } from '../../data/journal/settings.js';
import { insertUndoWish, selectUndoWish } from '../../data/journal/undo-wishes.js';
import type { Change, Plan } from '../../data/model/plan.js';
import { deleteDue, findDue } from '../../data/retention/retention.js';
import { defaultSettings } from '../../data/settings/defaults.js';
import { settingsHash } from '../../data/settings/hash.js';
import { undoWorkflowId } from '../../workflows/messages.js';
import { createJournal } from '../support/journal.js';

let own: Awaited<ReturnType<typeof createJournal>>;
beforeEach(async () => {
  own = await createJournal();
  const settings = defaultSettings(2027);
  await storeSettings(own.journal, settings, settingsHash(settings), 'test');
});
afterEach(async () => own.close());

const begin = (kind: 'sync' | 'undo', workflowId: string): Promise<number> =>
  beginRun(own.journal, { kind, year: null, workflowId, workflowRunId: 'one', startedBy: 'kiri' });

async function keepPlan(runId: number, changes: readonly Change[]): Promise<number> {
  const plan: Plan = {
    changes,
    notices: [],
    kept: [],
    proposals: [],
    reusedCodes: [],
    counts: {},
    satisfied: 0,
  };
  const about = { runId, snapshotId: 1, settingsHash: 'b'.repeat(64), rulesVersion: 2, moodleRelease: '4.5' };
  const planId = await insertPlan(own.journal, about, plan);
  await insertChanges(own.journal, planId, changes);
  await sealPlan(own.journal, planId, 'a'.repeat(64));
  return planId;
}

/** Everything that is in the journal was there `days` days ago. */
async function age(days: number): Promise<void> {
  const { db } = own.journal;
  const ago = `INTERVAL ${days} DAY`;
  await write(db, `UPDATE plan SET created_at = created_at - ${ago}`, []);
  await write(db, `UPDATE undo_wish SET wished_at = wished_at - ${ago}`, []);
  await write(db, `UPDATE run SET started_at = started_at - ${ago}, ended_at = ended_at - ${ago}`, []);
}

test('the wish and the changes that it is about stay until the undo has ended, and go in time after it', async () => {
  const { journal } = own;
  const undone = await begin('sync', 'sync/test');
  const change: Change = { seq: 1, kind: 'category', operation: 'create', path: '2027', parentId: 0 };
  const plan = await keepPlan(undone, [change]);
  await endRun(journal, undone, 'completed', {});
  const scope = { kind: 'person', externalId: '01001' } as const;
  const wish = await insertUndoWish(journal, { undoneRunId: undone, scope }, 'kiri');
  const other = await insertUndoWish(journal, { undoneRunId: undone + 100, scope }, 'kiri');
  const undo = await begin('undo', undoWorkflowId('test', undone));
  await insertUndoPurpose(journal, await keepPlan(undo, []), undone, 'person');

  await age(300);
  expect((await findDue(journal)).plans).toEqual([]);
  await deleteDue(journal);
  expect(await selectUndoWish(journal, wish)).toEqual({ undoneRunId: undone, scope });
  await expect(selectUndoWish(journal, other)).rejects.toMatchObject({ code: 'RunNotFound' });

  await endRun(journal, undo, 'rejected', {});
  await age(1);
  expect((await findDue(journal)).plans).toEqual([plan]);
  await deleteDue(journal);
  await expect(selectUndoWish(journal, wish)).rejects.toMatchObject({ code: 'RunNotFound' });
  await age(300);
  expect((await findDue(journal)).plans).toHaveLength(1);
});
