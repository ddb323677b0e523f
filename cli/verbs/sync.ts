/** `rollover sync`: brings a new reading into Moodle between two rollovers. */
import { selectUpload } from '../../data/journal/uploads.js';
import { RolloverError } from '../../data/model/errors.js';
import { syncWorkflowId } from '../../workflows/messages.js';
import { describeRun, findRun, type FoundRun } from '../runs/find.js';
import { followRun } from '../runs/follow.js';
import { holderOf } from '../runs/holder.js';
import { failureOf, refuseSetback } from '../runs/outcome.js';
import { startSync } from '../runs/start-sync.js';
import { queryStatus } from '../runs/view.js';
import type { Session } from '../session.js';
import { requireDatabase } from '../source/offer.js';
import { describeUpload, uploadSource, type Uploaded } from '../source/upload.js';
import { renderRun, runDocument } from '../text/run.js';
import { examples, type Verb } from '../verb.js';

interface SyncOptions {
  readonly database?: boolean;
  readonly full?: boolean;
  readonly changes?: boolean;
  readonly wait: boolean;
}

/** Whether the sync under way reads the same: that upload, or the database (null). */
async function readsSame(session: Session, found: FoundRun, uploaded: Uploaded | null): Promise<boolean> {
  const status = await queryStatus(session, found);
  if (status === null) return false;
  if (status.uploadId === null || uploaded === null) return status.uploadId === null && uploaded === null;
  const upload = await selectUpload(await session.journal(), status.uploadId);
  return upload.originalSha256 === uploaded.originalSha256;
}

/** The same source twice is one sync; another one has to wait its turn. */
async function joinExisting(session: Session, found: FoundRun, uploaded: Uploaded | null): Promise<void> {
  if (await readsSame(session, found, uploaded)) return;
  throw new RolloverError(
    'TargetHeld',
    uploaded === null
      ? 'A sync of this school is under way already, and does not read the database.'
      : 'A sync of this school is under way already; this file was kept, but is not read by it.',
  );
}

/** @throws RolloverError UsageInvalid, SourceNotConfigured */
function requireSource(session: Session, path: string | undefined, options: SyncOptions): void {
  if ((path === undefined) !== (options.database === true))
    throw new RolloverError(
      'UsageInvalid',
      "Name a file, or say --database to read KnowledgeNET's database.",
    );
  if (path !== undefined) return;
  if (options.changes === true)
    throw new RolloverError('UsageInvalid', 'A database is always read completely; leave --changes out.');
  requireDatabase(session);
}

async function sync(session: Session, path: string | undefined, options: SyncOptions): Promise<void> {
  requireSource(session, path, options);
  const { output, school, configuration } = session;
  const workflowId = syncWorkflowId(school.code);
  const existed = (await describeRun(session, workflowId))?.status.name === 'RUNNING';
  const uploaded =
    path === undefined
      ? null
      : await uploadSource(session, path, options.changes === true ? 'changes' : 'complete', 'same');
  if (existed) await joinExisting(session, await findRun(session, workflowId), uploaded);
  else {
    // whoever holds it now is told by the sync itself
    await holderOf(session);
    await startSync(session, {
      school: school.code,
      uploadId: uploaded?.uploadId ?? null,
      startedBy: session.account,
      ...(options.full === true ? { full: true } : {}),
    });
  }
  const found = await findRun(session, workflowId);
  const view = await followRun(session, found, { show: 'live', ...(options.wait ? {} : { forMs: 0 }) });
  const failed = !view.running && view.execution !== 'COMPLETED';
  if (failed) throw await failureOf(found.handle);
  const command = (words: string): string => session.command(words);
  await output.show({ existed, upload: uploaded, ...runDocument(view, command) }, () =>
    [
      existed
        ? 'A sync with this source is under way already; it was not started a second time.'
        : 'The sync has begun.',
      uploaded === null
        ? "It reads KnowledgeNET's database."
        : describeUpload(uploaded, configuration.passwordKey !== undefined),
      '',
      renderRun(view, school.name, command, output.style),
    ].join('\n'),
  );
  refuseSetback(view.run?.outcome ?? null);
}

export const syncVerb: Verb = (program, run) => {
  program
    .command('sync')
    .description("read a workbook or KnowledgeNET's database, plan it, and wait for you at gate plan")
    .argument('[file]', 'an XLSX or ODS workbook, or a folder of CSV files; it is never altered')
    .option('--database', "read KnowledgeNET's database instead of a file")
    .option('--full', 'compare everything, even if the source is what the last clean run had')
    .option('--changes', 'the file holds changes only; who is absent is not gone')
    .option('--no-wait', 'do not follow until something waits')
    .addHelpText(
      'after',
      examples(
        'sync kn-export.xlsx                reads, plans, shows what waits',
        'sync --database                    where the school has one configured',
        'settings set mode snapshot-only    needed once: a Disabled synchronisation refuses',
      ),
    )
    .action(run<[string?], SyncOptions>((session, [path], options) => sync(session, path, options)));
};
