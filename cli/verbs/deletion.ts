/** `rollover deletion show`: what would be deleted for good, and what became of it. Looks only. */
import {
  deletionItemPages,
  selectDeletion,
  selectDeletionItems,
  selectDeletionKept,
  selectLatestDeletionId,
} from '../../data/journal/deletions.js';
import { RolloverError } from '../../data/model/errors.js';
import type { DeletionResult } from '../../data/model/deletion.js';
import { writeCsv, type CsvCell } from '../csv.js';
import { parseId } from '../parse.js';
import type { Session } from '../session.js';
import { renderDeletion } from '../text/deletion.js';
import { examples, type Verb } from '../verb.js';

interface ShowOptions {
  readonly csv?: boolean;
}

async function idOf(session: Session, argument: string | undefined): Promise<number> {
  if (argument !== undefined) return parseId(argument, 'list of deletions');
  const id = await selectLatestDeletionId(await session.journal());
  if (id === null)
    throw new RolloverError('DeletionNotFound', 'No run has made a list of deletions for this school.');
  return id;
}

const csvColumns = [
  'kind',
  'moodle id',
  'external id',
  'person',
  'name in moodle',
  'since',
  'grades',
  'submissions',
  'posts',
  'files',
  'enrolments',
  'last access',
  'state',
  'code',
];

function toCells(item: DeletionResult): CsvCell[] {
  const { hanging } = item;
  const { lastAccess } = hanging;
  return [
    item.kind,
    item.moodleId,
    item.externalId,
    item.secondId,
    item.naturalKey,
    item.since,
    hanging.grades,
    hanging.submissions,
    hanging.posts,
    hanging.files,
    hanging.enrolments,
    lastAccess === null ? null : lastAccess === 0 ? 'never' : new Date(lastAccess * 1000).toISOString(),
    item.state,
    item.errorcode,
  ];
}

async function show(session: Session, argument: string | undefined, { csv }: ShowOptions): Promise<void> {
  const journal = await session.journal();
  const id = await idOf(session, argument);
  const header = await selectDeletion(journal, id);
  if (csv === true) {
    const pages = async function* (): AsyncGenerator<CsvCell[][]> {
      for await (const page of deletionItemPages(journal, id)) yield page.map(toCells);
    };
    return writeCsv(session.output, csvColumns, pages());
  }
  const shown = {
    header,
    items: await selectDeletionItems(journal, id),
    kept: await selectDeletionKept(journal, id),
  };
  const document = { ...header, items: shown.items, kept: shown.kept };
  await session.output.show(document, () => renderDeletion(shown, session.output.style));
}

export const deletionVerb: Verb = (program, run) => {
  const list = ['deletion show', 'deletion show --csv > deletion.csv', 'deletion show --json'] as const;
  const deletion = program
    .command('deletion')
    .description('what is to be deleted for good after the grace period')
    .addHelpText('after', examples(...list));
  deletion
    .command('show')
    .description('the list, what hangs on each item, and what became of it')
    .argument('[list]', 'number of the list (default: the newest)')
    .option('--csv', 'as CSV for a spreadsheet')
    .addHelpText('after', examples(...list))
    .action(run<[string?], ShowOptions>((session, [list], options) => show(session, list, options)));
};
