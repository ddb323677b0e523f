/** `rollover snapshot`: uploads a workbook and has it read. */
import { countFindings, type FindingCount } from '../../data/journal/findings.js';
import { selectLatestUploadId, selectUpload } from '../../data/journal/uploads.js';
import { selectSnapshotHeader, type SnapshotHeader } from '../../data/journal/snapshots.js';
import { selectTarget } from '../../data/journal/targets.js';
import { RolloverError } from '../../data/model/errors.js';
import { workflowTypes, type ReadingResult } from '../../workflows/messages.js';
import type { FoundRun } from '../runs/find.js';
import { followRun } from '../runs/follow.js';
import { runShort, startShort, type ShortRun } from '../runs/short.js';
import type { Session } from '../session.js';
import { findReader, offerReading } from '../source/offer.js';
import { describeUpload, uploadSource, type Uploaded } from '../source/upload.js';
import { renderComparison } from '../text/comparison.js';
import { renderFindingCounts } from '../text/findings.js';
import { renderCounts, renderRun, runDocument, titleOf } from '../text/run.js';
import { shortHash } from '../text/format.js';
import { examples, type Verb } from '../verb.js';

/** What is shown of an upload, new or kept from before. */
type Kept = Pick<Uploaded, 'uploadId' | 'originalSha256' | 'files' | 'reading'>;

interface SnapshotOptions {
  readonly again?: boolean;
  readonly changes?: boolean;
  readonly wait: boolean;
}

function readingRun(session: Session, uploadId: number): ShortRun {
  const school = session.school.code;
  return {
    type: workflowTypes.takeReading,
    workflowId: `reading/${school}/${uploadId}`,
    input: { school, uploadId },
    summary: `Read upload ${uploadId} of ${school}`,
    doing: 'Reading the workbook',
  };
}

function renderReading(session: Session, header: SnapshotHeader, findings: readonly FindingCount[]): string {
  const { style } = session.output;
  return [
    `${style.bold(`Snapshot ${header.id}`)}  hash ${shortHash(header.hash)}${header.complete ? '' : '  (changes only: who is absent is not gone)'}`,
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

async function read(session: Session, uploaded: Kept, uploadText: string): Promise<void> {
  const { output } = session;
  const { snapshotId } = await runShort<ReadingResult>(session, readingRun(session, uploaded.uploadId));
  const journal = await session.journal();
  const header = await selectSnapshotHeader(journal, snapshotId);
  const findings = await countFindings(journal, snapshotId);
  const { withheld, headers, ...shown } = header;
  const document = {
    upload: uploaded,
    snapshot: {
      ...shown,
      withheld: { persons: withheld.persons.size, groups: withheld.groups.size },
      headers,
    },
    findings,
  };
  await output.show(document, () => [uploadText, '', renderReading(session, header, findings)].join('\n'));
}

async function offer(
  session: Session,
  reader: FoundRun,
  uploaded: Uploaded,
  uploadText: string,
  wait: boolean,
): Promise<void> {
  const { output, school } = session;
  await offerReading(session, reader, uploaded.uploadId);
  const told = `${titleOf(reader.workflowId)} has been told that a reading is there.`;
  const view = await followRun(session, reader, { show: 'live', forMs: wait ? 5_000 : 0 });
  const command = (words: string): string => session.command(words);
  await output.show({ upload: uploaded, offeredTo: reader.workflowId, ...runDocument(view, command) }, () =>
    [uploadText, told, '', renderRun(view, school.name, command, output.style)].join('\n'),
  );
}

/** A run that has come past its data does not take another reading by itself. */
async function tellOtherRun(session: Session): Promise<void> {
  const { holder } = await selectTarget(await session.journal());
  if (holder !== null)
    session.output.note(
      `${titleOf(holder)} is under way and keeps to its own reading. To have it take this one, reject its plan; ` +
        'then upload the workbook once more.',
    );
}

/** Settings may have changed what findings say: the newest upload is read again as it is [T42]. */
async function readAgain(session: Session): Promise<void> {
  const journal = await session.journal();
  const uploadId = await selectLatestUploadId(journal);
  if (uploadId === null) throw new RolloverError('NoReading', 'Nothing was uploaded for this school yet.');
  const { files, originalSha256, reading } = await selectUpload(journal, uploadId);
  const names = files.map((file) => file.name).join(', ');
  await read(session, { uploadId, originalSha256, files, reading }, `Upload ${uploadId} again: ${names}.`);
}

function snapshot(session: Session, path: string | undefined, options: SnapshotOptions): Promise<void> {
  if ((path === undefined) !== (options.again === true))
    throw new RolloverError(
      'UsageInvalid',
      'Name a file, or say --again to read the newest upload once more.',
    );
  return path === undefined ? readAgain(session) : upload(session, path, options);
}

async function upload(session: Session, path: string, options: SnapshotOptions): Promise<void> {
  const reader = await findReader(session);
  const uploaded = await uploadSource(session, path, options.changes === true ? 'changes' : 'complete');
  const text = describeUpload(uploaded, session.configuration.passwordKey !== undefined);
  if (reader !== null) {
    await offer(session, reader, uploaded, text, options.wait);
    return;
  }
  await tellOtherRun(session);
  if (options.wait) {
    await read(session, uploaded, text);
    return;
  }
  const short = readingRun(session, uploaded.uploadId);
  await startShort(session, short);
  await session.output.show({ upload: uploaded, workflowId: short.workflowId }, () =>
    [text, `It is being read: ${session.command('findings')} shows the newest reading.`].join('\n'),
  );
}

export const snapshotVerb: Verb = (program, run) => {
  program
    .command('snapshot')
    .description("upload KnowledgeNET's workbook and have it read")
    .argument('[file]', 'an XLSX or ODS workbook, or a folder of CSV files; it is never altered')
    .option('--again', 'read the newest upload once more, after the settings have changed')
    .option('--changes', 'the file holds changes only; who is absent is not gone')
    .option('--no-wait', 'do not wait until it is read')
    .addHelpText(
      'after',
      examples(
        'snapshot kn-2027.xlsx              tells the rollover that waits for it, or just reads it',
        'snapshot exported-csv/ --changes',
        'snapshot --again                   after a change of the settings; nothing is uploaded',
      ),
    )
    .action(run<[string?], SnapshotOptions>((session, [path], options) => snapshot(session, path, options)));
};
