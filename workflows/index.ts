/** The registry: what is exported here is what workers run. Names are workflow types and never change. */
export { applyPlan } from './apply-plan.js';
export { backup, courseBackups, deleteBackup, nameBackup, verifyBackup } from './backup.js';
export { checkTarget, draftPlan, takeReading } from './inspect.js';
export { applyRelink, forgetLink, lookLink, lookRelink } from './relink.js';
export { rollover } from './rollover.js';
export { followMode, scheduledSync, sync } from './sync.js';
export { draftUndo, undo } from './undo.js';
