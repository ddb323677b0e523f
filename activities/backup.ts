/** Dumps of Moodle's database. */
import { selectNewestBackup } from '../data/journal/backups.js';
import type { ActivityContext } from './context.js';

export interface BackupAge {
  readonly backupId: number | null;
  /** Since the moment whose data the newest dump holds. */
  readonly ageHours: number | null;
}

export function backupActivities(context: ActivityContext) {
  return {
    /** How old the newest dump is that is not known to be damaged; nulls where there is none. */
    async readBackupAge(input: { readonly school: string }): Promise<BackupAge> {
      const { journal } = await context.open(input.school);
      const newest = await selectNewestBackup(journal);
      return { backupId: newest?.id ?? null, ageHours: newest?.ageHours ?? null };
    },
  };
}
