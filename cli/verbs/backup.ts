/** `rollover backup`: dumps of Moodle's database, and which courses lack a backup of their own. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { courseBackupCommand } from '../../data/backup/course-backups.js';
import { nameElsewhere, type NamedBackup } from '../../data/backup/named.js';
import type { Verification } from '../../data/backup/verify.js';
import { selectBackup, selectBackups, selectNewestBackup, type Backup } from '../../data/journal/backups.js';
import { RolloverError } from '../../data/model/errors.js';
import { workflowTypes, type BackupInput } from '../../workflows/messages.js';
import { askYes } from '../ask.js';
import { runShort, type ShortRun } from '../runs/short.js';
import type { Session } from '../session.js';
import { age, renderBackups, renderDumpProgress, renderVerification, size } from '../text/backups.js';
import { countOf, toIso, when } from '../text/format.js';
import { renderTable } from '../text/table.js';
import { examples, type Runner, type Verb } from '../verb.js';

interface NameOptions {
  readonly elsewhere?: string;
  readonly at?: string;
}

interface CourseOptions {
  readonly days: string;
  readonly destination: string;
}

interface CourseAnswer {
  readonly courses: number;
  readonly without: readonly { readonly courseId: number; readonly newestAt: number | null }[];
}

function short(session: Session, type: ShortRun['type'], id: string, input: object, doing: string): ShortRun {
  const { code } = session.school;
  const workflowId = `backup/${code}${id === '' ? '' : `/${id}`}`;
  return { type, workflowId, input: { school: code, ...input }, summary: `${doing} (${code})`, doing };
}

function byOf(session: Session): Pick<BackupInput, 'by'> {
  return { by: session.account };
}

/** A dump as `--json` prints it: times with their zone. */
function backupDocument(backup: Backup): object {
  const { takenAt, finishedAt, verifiedAt, damagedAt } = backup;
  return {
    ...backup,
    takenAt: toIso(takenAt),
    finishedAt: toIso(finishedAt),
    verifiedAt: verifiedAt === null ? null : toIso(verifiedAt),
    damagedAt: damagedAt === null ? null : toIso(damagedAt),
  };
}

async function make(session: Session): Promise<void> {
  const run = {
    ...short(session, workflowTypes.backup, '', byOf(session), "Dumping Moodle's database"),
    progress: renderDumpProgress,
  };
  const { backupId } = await runShort<{ backupId: number }>(session, run);
  const backup = await selectBackup(await session.journal(), backupId);
  await session.output.show(backupDocument(backup), () =>
    [
      `Backup ${backup.id}: ${backup.file ?? ''}`,
      `${size(backup.bytes ?? 0)}, data of ${when(backup.takenAt)}, SHA-256 ${backup.sha256 ?? ''}`,
      `See whether it restores: ${session.command(`backup verify ${backup.id}`)}`,
    ].join('\n'),
  );
}

async function list(session: Session): Promise<void> {
  const backups = await selectBackups(await session.journal());
  await session.output.show({ total: backups.length, items: backups.map(backupDocument) }, () =>
    backups.length === 0
      ? `No dump of Moodle's database is known. Make one: ${session.command('backup')}`
      : `${renderBackups(backups)}\nNothing is deleted by itself: ${session.command('backup delete ID')}`,
  );
}

function parseTime(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new RolloverError('UsageInvalid', 'Give the time as 2027-01-05T02:30 (local) or with its zone.');
  return time;
}

function parseId(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new RolloverError('UsageInvalid', 'A backup is named by its number: see `rollover backup list`.');
  return Number(text);
}

async function name(session: Session, file: string | undefined, options: NameOptions): Promise<void> {
  const { elsewhere } = options;
  if ((file === undefined) === (elsewhere === undefined))
    throw new RolloverError('UsageInvalid', 'Name a file, or say --elsewhere "what and where" --at TIME.');
  const takenAt = parseTime(options.at);
  if (elsewhere !== undefined) {
    if (takenAt === null) throw new RolloverError('UsageInvalid', 'Say when it was made: --at TIME.');
    const by = session.account;
    const backupId = await nameElsewhere(await session.journal(), { statement: elsewhere, takenAt, by });
    await session.output.show({ backupId }, () => `Backup ${backupId} is noted on your word.`);
    return;
  }
  const path = resolve(session.io.cwd, file ?? '');
  const input = { ...byOf(session), file: path, takenAt: takenAt?.toISOString() ?? null };
  const run = short(session, workflowTypes.nameBackup, 'name', input, 'Reading the dump');
  const named = await runShort<NamedBackup>(session, run);
  await session.output.show(
    named,
    () => `Backup ${named.backupId}: ${size(named.bytes)}, SHA-256 ${named.sha256}; it ends as a dump ends.`,
  );
}

async function newestId(session: Session): Promise<number> {
  const newest = await selectNewestBackup(await session.journal());
  if (newest === null) throw new RolloverError('BackupNotFound', "No dump of Moodle's database is known.");
  return newest.id;
}

async function verify(session: Session, id: string | undefined): Promise<void> {
  const backupId = id === undefined ? await newestId(session) : parseId(id);
  const type = workflowTypes.verifyBackup;
  const run = short(session, type, `verify/${backupId}`, { backupId }, 'Verifying the dump');
  const found = await runShort<Verification>(session, run);
  await session.output.show(found, () => renderVerification(found));
}

async function remove(session: Session, id: string, yes: boolean): Promise<void> {
  const backupId = parseId(id);
  const backup = await selectBackup(await session.journal(), backupId);
  const what = `backup ${backup.id}, ${age(backup.ageHours)} old${backup.bytes === null ? '' : `, ${size(backup.bytes)}`}`;
  const effect =
    backup.kind === 'made' ? 'Its file is gone then' : 'It is only forgotten; what you have stays';
  if (!yes && !(await askYes(session, `Delete ${what}? ${effect}.`))) {
    session.output.note('Nothing was deleted.');
    return;
  }
  const input = { backupId, ...byOf(session) };
  const run = short(session, workflowTypes.deleteBackup, `delete/${backupId}`, input, 'Deleting the dump');
  const done = await runShort<{ fileDeleted: boolean }>(session, run);
  await session.output.show({ backupId, ...done }, () =>
    done.fileDeleted ? `Deleted: ${what}.` : `Forgotten: ${what}.`,
  );
}

async function courses(session: Session, options: CourseOptions): Promise<void> {
  const days = Number(options.days);
  if (!Number.isInteger(days) || days < 1)
    throw new RolloverError('UsageInvalid', '--days takes a number of days.');
  const run = short(session, workflowTypes.courseBackups, 'courses', { days }, 'Looking at course backups');
  const found = await runShort<CourseAnswer>(session, run);
  const items = found.without.map(({ courseId, newestAt }) => ({
    courseId,
    newestAt: newestAt === null ? null : new Date(newestAt * 1000).toISOString(),
    command: courseBackupCommand(courseId, options.destination),
  }));
  const head = `${countOf(items.length, 'course')} of ${found.courses} without a course backup of the last ${days} days.`;
  await session.output.show({ courses: found.courses, total: items.length, items }, () =>
    items.length === 0
      ? head
      : [
          head,
          renderTable(
            [
              { title: 'Course' },
              { title: 'Newest' },
              { title: "In Moodle's folder, as its web server", limit: 300 },
            ],
            items.map((item) => [
              String(item.courseId),
              item.newestAt === null ? 'none' : when(item.newestAt),
              item.command,
            ]),
          ),
        ].join('\n'),
  );
}

function addParts(backup: Command, run: Runner): void {
  backup
    .command('list')
    .description('dumps that are known, with age and size')
    .action(run<[], object>((session) => list(session)));
  backup
    .command('name')
    .description("keep a dump that was made by other means: a file on the worker's machine, or your word")
    .argument('[file]', 'an SQL dump, plain or gzipped')
    .option('--elsewhere <text>', 'a dump that we cannot see: what and where')
    .option('--at <time>', 'the moment whose data it holds (default: when the file was written)')
    .action(run<[string?], NameOptions>((session, [file], options) => name(session, file, options)));
  backup
    .command('verify')
    .description(
      'compare with its hash and, where rights allow, restore into a scratch schema and count rows',
    )
    .argument('[id]', 'default: the newest')
    .action(run<[string?], object>((session, [id]) => verify(session, id)));
  backup
    .command('delete')
    .description('delete a dump of ours; nothing is ever deleted by itself')
    .argument('<id>')
    .option('--yes', 'do not ask')
    .action(run<[string], { yes?: boolean }>((session, [id], { yes }) => remove(session, id, yes === true)));
  backup
    .command('courses')
    .description("courses without a recent backup of Moodle's own, with Moodle's command for each")
    .option('--days <n>', 'older than this is not recent', '30')
    .option('--destination <folder>', "where Moodle's command should put them", '/var/backups/moodle-courses')
    .action(run<[], CourseOptions>((session, _args, options) => courses(session, options)));
}

export const backupVerb: Verb = (program, run) => {
  const backup = program
    .command('backup')
    .description("make a dump of Moodle's database, or list, name, verify and delete them")
    .addHelpText(
      'after',
      examples(
        'backup                                  makes one, on the worker\u2019s machine',
        'backup verify                           does the newest restore?',
        'backup name /srv/dumps/moodle.sql.gz    it was made by other means',
        'backup name --elsewhere "nightly dump on the NAS" --at 2027-01-05T02:30',
        'backup courses                          which courses lack a backup of their own',
      ),
    )
    .action(run<[], object>((session) => make(session)));
  addParts(backup, run);
};
