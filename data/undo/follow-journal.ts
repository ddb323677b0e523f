/** What is not Moodle's and comes back with a run: settings, and what readings are compared with. */
import { selectSettingsHistory, storeSettings } from '../journal/settings.js';
import { deleteSettledInputs } from '../journal/settled-inputs.js';
import { selectPlanHeader } from '../journal/plans.js';
import { selectRun, selectRunPlanIds } from '../journal/runs.js';
import { selectTarget, setAppliedSnapshot } from '../journal/targets.js';
import { selectAppliedBefore } from '../journal/undo.js';
import type { Journal } from '../journal/journal.js';
import { settingsHash } from '../settings/hash.js';
import { undoSettings, type SettingsStep } from '../rules/undo/settings.js';
import { settingsInForce } from '../stages/settings-in-force.js';

/** The settings that a run changed come back, where nobody has changed them since; the mode stays. */
export async function restoreSettings(journal: Journal, undoneRunId: number, by: string): Promise<void> {
  const run = await selectRun(journal, undoneRunId);
  if (run === null) return;
  const versions = await selectSettingsHistory(journal);
  const steps = versions.flatMap((version, at): SettingsStep[] => {
    const before = versions[at + 1];
    const within =
      version.changedAt >= run.startedAt && (run.endedAt === null || version.changedAt <= run.endedAt);
    if (before === undefined || version.changedBy !== run.workflowId || !within) return [];
    return [{ before: before.settings, wrote: version.settings }];
  });
  const { settings } = await settingsInForce(journal);
  const wanted = undoSettings(settings, steps);
  if (settingsHash(wanted) !== settingsHash(settings))
    await storeSettings(journal, wanted, settingsHash(wanted), by);
}

/** The next reading is compared with the one that Moodle had been brought to before the run. */
export async function restoreAppliedSnapshot(journal: Journal, undoneRunId: number): Promise<void> {
  await deleteSettledInputs(journal);
  const { appliedSnapshotId } = await selectTarget(journal);
  for (const planId of await selectRunPlanIds(journal, undoneRunId))
    if ((await selectPlanHeader(journal, planId)).snapshotId === appliedSnapshotId)
      await setAppliedSnapshot(journal, await selectAppliedBefore(journal, undoneRunId));
}
