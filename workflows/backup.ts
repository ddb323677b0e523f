/** Short workflows behind `rollover backup`: they look at Moodle and at files, and hold nothing. */
import { ActivityCancellationType, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { CourseBackups, MadeBackup } from '../activities/backup.js';
import type { Activities } from '../activities/index.js';
import type { NamedBackup } from '../data/backup/named.js';
import type { Verification } from '../data/backup/verify.js';
import { nonRetryableCodes } from '../data/model/errors.js';
import type {
  BackupInput,
  CourseBackupsInput,
  DeleteBackupInput,
  NameBackupInput,
  VerifyBackupInput,
} from './messages.js';

/** Hours at district size, with signs of life; a cancelled dump has removed its partial file when it ends. */
const patient = proxyActivities<Activities>({
  startToCloseTimeout: '12 hours',
  heartbeatTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: {
    initialInterval: '1 second',
    maximumInterval: '30 seconds',
    maximumAttempts: 5,
    nonRetryableErrorTypes: [...nonRetryableCodes],
  },
});

/** Dumps Moodle's database. */
export async function backup(input: BackupInput): Promise<MadeBackup> {
  setCurrentDetails("Moodle's database is being dumped; the step's heartbeat says how far it is.");
  const made = await patient.makeBackup(input);
  setCurrentDetails(`Backup ${made.backupId}: ${made.bytes} bytes, SHA-256 ${made.sha256}`);
  return made;
}

/** Compares a dump with its hash, and where rights allow restores it into a scratch schema. */
export async function verifyBackup(input: VerifyBackupInput): Promise<Verification> {
  setCurrentDetails(`Backup ${input.backupId} is being verified.`);
  const found = await patient.verifyBackup(input);
  setCurrentDetails(
    `Backup ${input.backupId}: ${found.how}${found.onlyHashed === null ? '' : ` (${found.onlyHashed})`}`,
  );
  return found;
}

/** Keeps a dump that was made by other means. */
export async function nameBackup(input: NameBackupInput): Promise<NamedBackup> {
  return patient.nameBackup(input);
}

/** Deletes a dump that a person asked to delete. */
export async function deleteBackup(input: DeleteBackupInput): Promise<{ readonly fileDeleted: boolean }> {
  return patient.deleteBackup(input);
}

/** Courses without a recent backup of Moodle's own. */
export async function courseBackups(input: CourseBackupsInput): Promise<CourseBackups> {
  return patient.listCourseBackups(input);
}
