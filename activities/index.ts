/** The registry of activities: what workers register, and the type that workflows see. */
import { applyActivities } from './apply.js';
import { backupActivities } from './backup.js';
import { brakeActivities } from './brake.js';
import type { ActivityContext } from './context.js';
import { deletionActivities } from './deletion.js';
import { gradeSafetyActivities } from './grade-safety.js';
import { notifyActivities } from './notify.js';
import { passwordActivities } from './passwords.js';
import { planActivities } from './plan.js';
import { preflightActivities } from './preflight.js';
import { protectedTimeActivities } from './protected-time.js';
import { relinkActivities } from './relink.js';
import { removalActivities } from './removals.js';
import { runActivities } from './runs.js';
import { snapshotActivities } from './snapshot.js';
import { syncActivities } from './sync.js';
import { undoActivities } from './undo.js';
import { verifyActivities } from './verify.js';
import { visibilityActivities } from './visibility.js';

export function createActivities(context: ActivityContext) {
  return {
    ...runActivities(context),
    ...preflightActivities(context),
    ...snapshotActivities(context),
    ...planActivities(context),
    ...passwordActivities(context),
    ...applyActivities(context),
    ...brakeActivities(context),
    ...gradeSafetyActivities(context),
    ...verifyActivities(context),
    ...notifyActivities(context),
    ...visibilityActivities(context),
    ...syncActivities(context),
    ...backupActivities(context),
    ...relinkActivities(context),
    ...protectedTimeActivities(context),
    ...removalActivities(context),
    ...deletionActivities(context),
    ...undoActivities(context),
  };
}

export type Activities = ReturnType<typeof createActivities>;
