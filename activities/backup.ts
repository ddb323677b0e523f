/** Dumps of Moodle's database, and Moodle's own backups of courses. */
import { CancelledFailure } from '@temporalio/common';
import { selectCourseBackups, withoutRecent, type CourseBackup } from '../data/backup/course-backups.js';
import { deleteBackup } from '../data/backup/delete.js';
import { makeDump, type DumpProgress } from '../data/backup/dump.js';
import { nameFile, type NamedBackup } from '../data/backup/named.js';
import { verifyBackup, type Verification } from '../data/backup/verify.js';
import { insertBackup, selectNewestBackup } from '../data/journal/backups.js';
import { RolloverError } from '../data/model/errors.js';
import { probeSite } from '../data/moodle/probe.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

export interface BackupAge {
  readonly backupId: number | null;
  /** Since the moment whose data the newest dump holds. */
  readonly ageHours: number | null;
}

export interface MadeBackup {
  readonly backupId: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface CourseBackups {
  /** Courses in all. */
  readonly courses: number;
  /** Those without a backup of the last `days` days. */
  readonly without: readonly CourseBackup[];
}

/** Cancelling ends as cancelled whatever the killed program or the torn stream said. */
async function cancellable<T>(
  work: (signal: AbortSignal) => Promise<T>,
  details?: () => unknown,
): Promise<T> {
  return alive(async (signal) => {
    try {
      return await work(signal);
    } catch (error) {
      if (signal.aborted) throw new CancelledFailure('CANCELLED');
      throw error;
    }
  }, details);
}

export function backupActivities(context: ActivityContext) {
  return {
    /**
     * Dumps Moodle's database into the backup folder of this worker's machine. Each attempt starts anew; only a whole
     * dump is kept.
     *
     * @throws RolloverError ConfigInvalid, ProgramMissing, MoodlePrivileges, BackupFailed
     */
    async makeBackup(input: { readonly school: string; readonly by: string }): Promise<MadeBackup> {
      const { backups } = context;
      if (backups === undefined)
        throw new RolloverError(
          'ConfigInvalid',
          'The configuration names no folder for backups (backups.folder).',
        );
      let progress: DumpProgress = { bytes: 0, rows: 0, ofBytes: 0 };
      return cancellable(
        async (signal) => {
          const school = await context.open(input.school);
          const dump = await makeDump(school, backups, { signal, onProgress: (now) => (progress = now) });
          const backupId = await insertBackup(school.journal, {
            ...dump,
            kind: 'made',
            statement: null,
            moodleDatabase: school.moodle.database,
            by: input.by,
          });
          return { backupId, bytes: dump.bytes, sha256: dump.sha256 };
        },
        () => progress,
      );
    },

    /** @throws RolloverError BackupNotFound, BackupFailed */
    async verifyBackup(input: { readonly school: string; readonly backupId: number }): Promise<Verification> {
      return cancellable(async (signal) =>
        verifyBackup(await context.open(input.school), input.backupId, signal),
      );
    },

    /** Keeps a file of this worker's machine as a dump. @throws RolloverError BackupNotFound, BackupFailed */
    async nameBackup(input: {
      readonly school: string;
      readonly file: string;
      /** ISO; null: when the file was last written. */
      readonly takenAt: string | null;
      readonly by: string;
    }): Promise<NamedBackup> {
      const { school, file, takenAt, by } = input;
      return cancellable(async (signal) => {
        const { journal } = await context.open(school);
        return nameFile(journal, { file, by, takenAt: takenAt === null ? null : new Date(takenAt) }, signal);
      });
    },

    /** Deletes a dump that a person asked to delete. @throws RolloverError BackupNotFound */
    async deleteBackup(input: {
      readonly school: string;
      readonly backupId: number;
      readonly by: string;
    }): Promise<{ readonly fileDeleted: boolean }> {
      const { journal } = await context.open(input.school);
      return deleteBackup(journal, context.backups, input.backupId, input.by);
    },

    /** Courses without a recent backup of Moodle's own. */
    async listCourseBackups(input: {
      readonly school: string;
      readonly days: number;
    }): Promise<CourseBackups> {
      return alive(async () => {
        const school = await context.open(input.school);
        const site = await probeSite(school.db, school.moodle);
        const courses = await selectCourseBackups(school.db, site);
        return { courses: courses.length, without: withoutRecent(courses, input.days, new Date()) };
      });
    },

    /** How old the newest dump is that is not known to be damaged; nulls where there is none. */
    async readBackupAge(input: { readonly school: string }): Promise<BackupAge> {
      const { journal } = await context.open(input.school);
      const newest = await selectNewestBackup(journal);
      return { backupId: newest?.id ?? null, ageHours: newest?.ageHours ?? null };
    },
  };
}
