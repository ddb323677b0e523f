/** `rollover snapshot`: uploads a workbook and has it read, or has KnowledgeNET's database read. */
import { countFindings, type FindingCount } from '../../data/journal/findings.js';
import { selectLatestUploadId, selectUpload } from '../../data/journal/uploads.js';
import {
  selectLatestSnapshotId,
  selectSnapshotHeader,
  type SnapshotHeader,
} from '../../data/journal/snapshots.js';
import type { Journal } from '../../data/journal/journal.js';
import { selectTarget } from '../../data/journal/targets.js';
import { RolloverError } from '../../data/model/errors.js';
import { settingsInForce } from '../../data/stages/settings-in-force.js';
import { syncWorkflowId, workflowTypes, type ReadingResult } from '../../workflows/messages.js';
import { findRun, type FoundRun } from '../runs/find.js';
import { followRun } from '../runs/follow.js';
import { failureOf, refuseSetback } from '../runs/outcome.js';
import { startSync } from '../runs/start-sync.js';
import { runShort, startShort, type ShortRun } from '../runs/short.js';
import type { Session } from '../session.js';
import { findReader, offerReading, requireDatabase } from '../source/offer.js';
import { describeUpload, uploadSource, type Uploaded } from '../source/upload.js';
import { renderComparison } from '../text/comparison.js';
import { renderFindingCounts } from '../text/findings.js';
import { renderCounts, renderRun, runDocument, titleOf } from '../text/run.js';
import { alteredWords, shortHash, toIso } from '../text/format.js';
import { examples, type Verb } from '../verb.js';

/** What is shown of an upload, new or kept from before. */
type Kept = Pick<Uploaded, 'uploadId' | 'originalSha256' | 'files' | 'reading'>;

/** Uploads, or the database; and how it is said. */
interface Given {
  /** Null: KnowledgeNET's database. */
  readonly upload: Kept | null;
  readonly text: string;
}

const fromDatabase: Given = { upload: null, text: "KnowledgeNET's database, as it is now." };

interface SnapshotOptions {
  readonly database?: boolean;
  readonly again?: boolean;
  readonly changes?: boolean;
  readonly wait: boolean;
}

function readingRun(session: Session, { upload }: Given): ShortRun {
  const school = session.school.code;
  const uploadId = upload?.uploadId ?? null;
  return {
    type: workflowTypes.takeReading,
    workflowId: `reading/${school}/${uploadId ?? 'database'}`,
    input: { school, uploadId },
    summary: uploadId === null ? `Read the database of ${school}` : `Read upload ${uploadId} of ${school}`,
    doing: uploadId === null ? "Reading KnowledgeNET's database" : 'Reading the workbook',
  };
}

function renderReading(session: Session, header: SnapshotHeader, findings: readonly FindingCount[]): string {
  const { style } = session.output;
  return [
    `${style.bold(`Snapshot ${header.id}`)}  hash ${shortHash(header.hash)}${alteredWords(header.altered)}${header.complete ? '' : '  (changes only: who is absent is not gone)'}`,
    renderCounts(header.counts),
    renderFindingCounts(findings, style),
    ...(header.comparison === null ? [] : [renderComparison(header.comparison)]),
    [
      `See the findings: ${session.command(`findings ${header.id}`)}`,
      `See what Moodle would get: ${session.command(`plan --new --snapshot ${header.id}`)}`,
    ].join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

async function read(session: Session, given: Given): Promise<void> {
  const { output } = session;
  const { snapshotId } = await runShort<ReadingResult>(session, readingRun(session, given));
  const journal = await session.journal();
  const header = await selectSnapshotHeader(journal, snapshotId);
  const findings = await countFindings(journal, snapshotId);
  const { withheld, headers, ...shown } = header;
  const document = {
    upload: given.upload,
    snapshot: {
      ...shown,
      sealedAt: toIso(shown.sealedAt),
      withheld: { persons: withheld.persons.size, groups: withheld.groups.size },
      headers,
    },
    findings,
  };
  await output.show(document, () => [given.text, '', renderReading(session, header, findings)].join('\n'));
}

async function offer(session: Session, reader: FoundRun, given: Given, wait: boolean): Promise<void> {
  const { output, school } = session;
  await offerReading(session, reader, given.upload?.uploadId ?? null);
  const told = `${titleOf(reader.workflowId)} has been told that a reading is there.`;
  const view = await followRun(session, reader, { show: 'live', forMs: wait ? 5_000 : 0 });
  const command = (words: string): string => session.command(words);
  const document = { upload: given.upload, offeredTo: reader.workflowId, ...runDocument(view, command) };
  await output.show(document, () =>
    [given.text, told, '', renderRun(view, school.name, command, output.style)].join('\n'),
  );
}

/** A run that has come past its data does not take another reading by itself. */
async function tellOtherRun(session: Session): Promise<void> {
  const { holder } = await selectTarget(await session.journal());
  if (holder !== null)
    session.output.note(
      `${titleOf(holder)} is under way and keeps to its own reading. To have it take this one, reject its plan; ` +
        'then bring the reading once more.',
    );
}

/** The newest upload; where the newest reading was of the database, that. */
async function newestSource(journal: Journal): Promise<Given> {
  const snapshotId = await selectLatestSnapshotId(journal);
  if (snapshotId !== null && (await selectSnapshotHeader(journal, snapshotId)).uploadId === null)
    return fromDatabase;
  const uploadId = await selectLatestUploadId(journal);
  if (uploadId === null) throw new RolloverError('NoReading', 'Nothing was uploaded for this school yet.');
  const { files, originalSha256, reading } = await selectUpload(journal, uploadId);
  const names = files.map((file) => file.name).join(', ');
  const upload = { uploadId, originalSha256, files, reading };
  return { upload, text: `Upload ${uploadId} again: ${names}.` };
}

/** Settings may have changed what findings say: the newest source is read again as it is [T42]. */
async function readAgain(session: Session): Promise<void> {
  const given = await newestSource(await session.journal());
  if (given.upload === null) requireDatabase(session);
  await read(session, given);
}

/** In mode Enabled every new reading goes on into Moodle, within the limits of the schedule. */
async function followsUploads(session: Session): Promise<boolean> {
  const journal = await session.journal();
  const { settings } = await settingsInForce(journal);
  return settings.mode === 'enabled' && (await selectTarget(journal)).holder === null;
}

async function synchronise(session: Session, given: Given, wait: boolean): Promise<void> {
  const { output, school, account } = session;
  const uploadId = given.upload?.uploadId ?? null;
  await startSync(session, { school: school.code, uploadId, startedBy: account, unattended: true });
  const found = await findRun(session, syncWorkflowId(school.code));
  const view = await followRun(session, found, { show: 'live', ...(wait ? {} : { forMs: 0 }) });
  const command = (words: string): string => session.command(words);
  // the schedule's may have begun a moment before: there is one sync at a time
  const another = view.status !== null && view.status.uploadId !== uploadId;
  if (another) {
    await output.show({ upload: given.upload, ...runDocument(view, command) }, () => given.text);
    throw new RolloverError(
      'TargetHeld',
      'Another sync had begun and does not read this. Bring it once more when that one has ended.',
    );
  }
  if (!view.running && view.execution !== 'COMPLETED') throw await failureOf(found.handle);
  const told = 'The mode is Enabled: what was read goes on into Moodle; a large plan waits for you.';
  await output.show({ upload: given.upload, ...runDocument(view, command) }, () =>
    [given.text, told, '', renderRun(view, school.name, command, output.style)].join('\n'),
  );
  refuseSetback(view.run?.outcome ?? null);
}

async function take(
  session: Session,
  reader: FoundRun | null,
  given: Given,
  options: SnapshotOptions,
): Promise<void> {
  if (reader !== null) {
    await offer(session, reader, given, options.wait);
    return;
  }
  await tellOtherRun(session);
  if (await followsUploads(session)) {
    await synchronise(session, given, options.wait);
    return;
  }
  if (options.wait) {
    await read(session, given);
    return;
  }
  const short = readingRun(session, given);
  await startShort(session, short);
  await session.output.show({ upload: given.upload, workflowId: short.workflowId }, () =>
    [given.text, `It is being read: ${session.command('findings')} shows the newest reading.`].join('\n'),
  );
}

async function takeDatabase(session: Session, options: SnapshotOptions): Promise<void> {
  if (options.changes === true)
    throw new RolloverError('UsageInvalid', 'A database is always read completely; leave --changes out.');
  requireDatabase(session);
  await take(session, await findReader(session), fromDatabase, options);
}

async function takeFile(session: Session, path: string, options: SnapshotOptions): Promise<void> {
  const reader = await findReader(session);
  const upload = await uploadSource(session, path, options.changes === true ? 'changes' : 'complete');
  const text = describeUpload(upload, session.configuration.passwordKey !== undefined);
  await take(session, reader, { upload, text }, options);
}

function snapshot(session: Session, path: string | undefined, options: SnapshotOptions): Promise<void> {
  const sources = [path !== undefined, options.again === true, options.database === true];
  if (sources.filter(Boolean).length !== 1)
    throw new RolloverError(
      'UsageInvalid',
      "Name a file, or say --database to read KnowledgeNET's database, or --again to read the newest source once more.",
    );
  if (path !== undefined) return takeFile(session, path, options);
  return options.again === true ? readAgain(session) : takeDatabase(session, options);
}

export const snapshotVerb: Verb = (program, run) => {
  program
    .command('snapshot')
    .description("upload KnowledgeNET's workbook and have it read, or have its database read")
    .argument('[file]', 'an XLSX or ODS workbook, or a folder of CSV files; it is never altered')
    .option('--database', "read KnowledgeNET's database instead of a file")
    .option('--again', 'read the newest source once more, after the settings have changed')
    .option('--changes', 'the file holds changes only; who is absent is not gone')
    .option('--no-wait', 'do not wait until it is read')
    .addHelpText(
      'after',
      examples(
        'snapshot kn-2027.xlsx              tells the rollover that waits for it, or just reads it',
        'snapshot exported-csv/ --changes',
        'snapshot --database                where the school has one configured',
        'snapshot --again                   after a change of the settings; nothing is uploaded',
      ),
    )
    .action(run<[string?], SnapshotOptions>((session, [path], options) => snapshot(session, path, options)));
};
