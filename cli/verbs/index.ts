/** The verbs, in the order in which help shows them. */
import type { Verb } from '../verb.js';
import { backupVerb } from './backup.js';
import { pause, resume } from './brake.js';
import { cancelVerb } from './cancel.js';
import { checkVerb } from './check.js';
import { commentVerb } from './comment.js';
import { codecServer } from './codec-server.js';
import { approve, reject } from './decide.js';
import { deletionVerb } from './deletion.js';
import { explainVerb } from './explain.js';
import { findingsVerb } from './findings.js';
import { forgetVerb } from './forget.js';
import { historyVerb } from './history.js';
import { linksVerb } from './links.js';
import { notifyVerb } from './notify.js';
import { planVerb } from './plan.js';
import { relinkVerb } from './relink.js';
import { removalsVerb } from './removals.js';
import { reportVerb } from './report.js';
import { rulesVerb } from './rules.js';
import { retentionVerb } from './retention.js';
import { scheduleVerb } from './schedule.js';
import { settingsVerb } from './settings.js';
import { snapshotVerb } from './snapshot.js';
import { startVerb } from './start.js';
import { status } from './status.js';
import { syncVerb } from './sync.js';
import { undoVerb } from './undo.js';
import { worker } from './worker.js';

export const verbs: readonly Verb[] = [
  checkVerb,
  settingsVerb,
  rulesVerb,
  startVerb,
  backupVerb,
  status,
  snapshotVerb,
  findingsVerb,
  planVerb,
  explainVerb,
  historyVerb,
  commentVerb,
  linksVerb,
  relinkVerb,
  deletionVerb,
  approve,
  reject,
  pause,
  resume,
  removalsVerb,
  cancelVerb,
  undoVerb,
  syncVerb,
  scheduleVerb,
  reportVerb,
  notifyVerb,
  retentionVerb,
  forgetVerb,
  worker,
  codecServer,
];
