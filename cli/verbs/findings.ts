/** `rollover findings`: what is wrong in a reading, most frequent cause first, and how to mend it. */
import { countFindings, selectFindings } from '../../data/journal/findings.js';
import type { Journal } from '../../data/journal/journal.js';
import { refusePurged } from '../../data/journal/purged.js';
import { selectLatestSnapshotId, selectSnapshotHeader } from '../../data/journal/snapshots.js';
import { RolloverError } from '../../data/model/errors.js';
import { findingCodes, type Finding, type FindingCode, type Severity } from '../../data/model/finding.js';
import { renderFindingsPage } from '../../pages/findings.js';
import { onePage, writeCsv } from '../csv.js';
import { gatherFindings } from '../pages/findings-page.js';
import { refuseOtherForms, writePage, type PageTarget } from '../pages/write-page.js';
import { parseId } from '../parse.js';
import type { Session } from '../session.js';
import { renderComparison, renderHeaders } from '../text/comparison.js';
import { groupFindings, renderFindingCounts, renderGroup } from '../text/findings.js';
import { alteredWords, shortHash } from '../text/format.js';
import { severityWords } from '../text/words.js';
import { examples, type Verb } from '../verb.js';

interface FindingsOptions {
  readonly code?: string;
  readonly severity?: string;
  readonly csv?: boolean;
  readonly comparison?: boolean;
  readonly html?: PageTarget;
}

const EXAMPLES = 5;
const EXAMPLES_OF_ONE_CODE = 1000;

function parseCode(text: string | undefined): FindingCode | null {
  if (text === undefined) return null;
  const code = (Object.keys(findingCodes) as FindingCode[]).find(
    (one) => one.toLowerCase() === text.toLowerCase(),
  );
  if (code === undefined)
    throw new RolloverError('UsageInvalid', 'There is no such finding; docs/findings.md lists them.');
  return code;
}

function parseSeverity(text: string | undefined): Severity | null {
  if (text === undefined) return null;
  const severities = Object.keys(severityWords) as Severity[];
  const severity = severities.find((one) => one === text);
  if (severity === undefined)
    throw new RolloverError('UsageInvalid', `A severity is one of ${severities.join(', ')}.`);
  return severity;
}

/** The snapshot that is named, else the newest. @throws RolloverError SnapshotNotFound, UsageInvalid */
export async function snapshotIdOf(journal: Journal, argument: string | undefined): Promise<number> {
  const id = argument === undefined ? await selectLatestSnapshotId(journal) : parseId(argument, 'snapshot');
  if (id === null) throw new RolloverError('SnapshotNotFound', 'Nothing has been read for this school yet.');
  return id;
}

async function showCsv(session: Session, findings: readonly Finding[]): Promise<void> {
  const columns = ['severity', 'code', 'sheet', 'row', 'column', 'value', 'externalId', 'what', 'mend'];
  const rows = findings.map((one) => [
    one.severity,
    one.code,
    one.sheet,
    one.row,
    one.column,
    one.value,
    one.subject,
    findingCodes[one.code],
    one.mend,
  ]);
  await writeCsv(session.output, columns, onePage(rows));
}

async function showText(
  session: Session,
  snapshotId: number,
  findings: readonly Finding[],
  one: boolean,
): Promise<void> {
  const { output } = session;
  const journal = await session.journal();
  const { hash, altered } = await selectSnapshotHeader(journal, snapshotId);
  const groups = groupFindings(findings, one ? EXAMPLES_OF_ONE_CODE : EXAMPLES);
  const counts = groups.map(({ code, severity, count }) => ({ code, severity, count }));
  const parts = [
    `${output.style.bold(`Findings of snapshot ${snapshotId}`)}  hash ${shortHash(hash)}${alteredWords(altered)}`,
    renderFindingCounts(counts, output.style),
    ...groups.map((group) => renderGroup(group, output.style)),
  ];
  await output.write(`${parts.join('\n\n')}\n`);
}

async function showComparison(session: Session, snapshotId: number): Promise<void> {
  const header = await selectSnapshotHeader(await session.journal(), snapshotId);
  const { comparison, headers, hash, altered, statements, reading, complete } = header;
  const document = { snapshotId, hash, altered, reading, complete, statements, comparison, headers };
  await session.output.show(document, () =>
    [
      session.output.style.bold(`Snapshot ${snapshotId}, compared`) + alteredWords(altered),
      comparison === null ? 'There is no comparison.' : renderComparison(comparison),
      session.output.style.bold('Which header was read as what'),
      renderHeaders(headers),
    ].join('\n\n'),
  );
}

async function findings(
  session: Session,
  argument: string | undefined,
  options: FindingsOptions,
): Promise<void> {
  const code = parseCode(options.code);
  const severity = parseSeverity(options.severity);
  const { csv, comparison, html } = options;
  if (html !== undefined)
    refuseOtherForms({ csv, comparison, code: options.code, severity: options.severity });
  const journal = await session.journal();
  const snapshotId = await snapshotIdOf(journal, argument);
  if (options.comparison === true) {
    await showComparison(session, snapshotId);
    return;
  }
  // the comparison holds numbers and outlives the records; findings go with them
  const { hash, altered } = await selectSnapshotHeader(journal, snapshotId);
  await refusePurged(journal, 'snapshot', snapshotId);
  if (html !== undefined) {
    const all = await selectFindings(journal, snapshotId);
    await writePage(
      session,
      html,
      renderFindingsPage(await gatherFindings(session, journal, snapshotId, all)),
    );
    return;
  }
  const all = await selectFindings(journal, snapshotId);
  const chosen = all.filter(
    (one) => (code === null || one.code === code) && (severity === null || one.severity === severity),
  );
  if (options.csv === true) await showCsv(session, chosen);
  else if (session.output.json)
    await session.output.list(
      { snapshotId, hash, altered, counts: await countFindings(journal, snapshotId) },
      chosen.length,
      onePage(chosen),
    );
  else await showText(session, snapshotId, chosen, code !== null);
}

export const findingsVerb: Verb = (program, run) => {
  program
    .command('findings')
    .description('what is wrong in a reading, most frequent cause first, and how to mend it')
    .argument('[snapshot]', 'number of a snapshot (default: the newest)')
    .option('--code <code>', 'only this cause, with all its places')
    .option('--severity <severity>', 'stops-run, drops-record, drops-value or notice')
    .option('--csv', 'print CSV for a spreadsheet')
    .option(
      '--html [file]',
      'one page for the people who decide, into this file (- or none: standard output)',
    )
    .option('--comparison', 'joiners, leavers, classes new and gone; and how the headers were read')
    .addHelpText(
      'after',
      examples(
        'findings                           the newest reading',
        'findings --severity stops-run      what must be mended before it goes on',
        'findings 12 --code DuplicateEmail',
        'findings --csv > findings.csv',
        'findings --html findings.html      a page to read, search and print',
        'findings --comparison              against what Moodle was last brought to',
      ),
    )
    .action(
      run<[string?], FindingsOptions>((session, [argument], options) => findings(session, argument, options)),
    );
};
