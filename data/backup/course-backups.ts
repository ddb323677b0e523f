/** Moodle's own backups of courses: which course has none of late. Reads only. */
import type { Knex } from 'knex';
import { select } from '../journal/journal.js';

export interface CourseBackup {
  readonly courseId: number;
  /** Unix time of the newest course backup in Moodle's files, or null. */
  readonly newestAt: number | null;
}

const CONTEXT_COURSE = 50;

/**
 * The newest backup file of every course but the site itself. Automated backups that a site keeps in a folder outside
 * of Moodle's files are not seen.
 */
export async function selectCourseBackups(
  db: Knex,
  { database, prefix }: { readonly database: string; readonly prefix: string },
): Promise<CourseBackup[]> {
  const statement = `SELECT c.id AS courseId, MAX(f.timecreated) AS newestAt FROM ??.?? c
    LEFT JOIN ??.?? x ON x.contextlevel = ${CONTEXT_COURSE} AND x.instanceid = c.id
    LEFT JOIN ??.?? f ON f.contextid = x.id AND f.component = 'backup' AND f.filearea IN ('course', 'automated')
      AND f.filename <> '.'
    WHERE c.category <> 0 GROUP BY c.id ORDER BY c.id`;
  const tables = ['course', 'context', 'files'].flatMap((table) => [database, prefix + table]);
  const rows = await select<{ courseId: number; newestAt: number | string | null }>(db, statement, tables);
  return rows.map(({ courseId, newestAt }) => ({
    courseId: Number(courseId),
    newestAt: newestAt === null ? null : Number(newestAt),
  }));
}

/** Courses whose newest backup is older than `days`, or which have none. */
export function withoutRecent(courses: readonly CourseBackup[], days: number, now: Date): CourseBackup[] {
  const since = now.getTime() / 1000 - days * 86_400;
  return courses.filter(({ newestAt }) => newestAt === null || newestAt < since);
}

/** Moodle's own command, to be run in Moodle's folder as the web server's account. */
export function courseBackupCommand(courseId: number, destination: string): string {
  const folder = /^[\w@%+=:,./-]+$/.test(destination)
    ? destination
    : `'${destination.replaceAll("'", "'\\''")}'`;
  return `php admin/cli/backup.php --courseid=${courseId} --destination=${folder}`;
}
