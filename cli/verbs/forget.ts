/** `rollover forget`: takes a person out of everything that we keep. Shows first what that is. */
import { findTraces, forgetPerson, refuseWhilePlanned, whenForgotten } from '../../data/forgetting/forget.js';
import type { Traces } from '../../data/forgetting/forget.js';
import type { Journal } from '../../data/journal/journal.js';
import { RolloverError } from '../../data/model/errors.js';
import { askYes } from '../ask.js';
import type { Session } from '../session.js';
import { countOf } from '../text/format.js';
import { examples, type Verb } from '../verb.js';

interface Options {
  readonly alsoLink?: boolean;
  readonly unread?: boolean;
  readonly yes?: boolean;
}

function describe(traces: Traces, alsoLink: boolean): string {
  const { uploads, snapshots, findings, changes, items, comments, alsoKnownAs, known } = traces;
  return [
    ...(uploads.length === 0
      ? []
      : [
          `${countOf(uploads.length, 'uploaded workbook')} (${uploads.join(', ')}): the kept files go whole, because a ` +
            'workbook cannot be rewritten; they cannot be read again',
        ]),
    ...(snapshots.length === 0
      ? []
      : [
          `${countOf(snapshots.length, 'snapshot')} (${snapshots.join(', ')}): rewritten without the person; the hash ` +
            'stays, marked as altered by forgetting',
        ]),
    `${countOf(findings, 'finding')}, ${countOf(changes, 'change')} of plans, ${countOf(items, 'notice')} beside them: deleted`,
    'link answers and passwords that wait: deleted',
    ...(!known
      ? []
      : [
          alsoLink
            ? 'that the Moodle account is ours: forgotten; if the person comes again, the account is only found by its idnumber'
            : 'that the Moodle account is ours: its number, External ID and login stay, so that it is known again (--also-link)',
        ]),
    ...(comments.length === 0
      ? []
      : [
          `${countOf(comments.length, 'comment')} (${comments.join(', ')}) may name the person: free text stays as people wrote it`,
        ]),
    ...(alsoKnownAs.length === 0
      ? []
      : [
          `the same NSN, login or e-mail address stands in readings under ${alsoKnownAs.join(', ')}: an earlier id of the ` +
            'person, most likely; it is forgotten by a command of its own',
        ]),
    'Moodle itself, its backups and KnowledgeNET are not touched',
  ]
    .map((line) => `  - ${line}`)
    .join('\n');
}

/** Whether she is nowhere that can be read; a file that was never read may hold anybody. */
function isNowhere({ uploads, unread, snapshots, findings, changes, items, known }: Traces): boolean {
  return uploads.length - unread.length + snapshots.length + findings + changes + items === 0 && !known;
}

/** A mistyped id does not cost the workbook that was uploaded last. @throws RolloverError SubjectNotFound */
async function refuseNobody(journal: Journal, { unread }: Traces, externalId: string): Promise<never> {
  const before = await whenForgotten(journal, externalId);
  const who =
    before === null
      ? 'The journal knows nobody of this External ID'
      : `This person was forgotten on ${before.slice(0, 10)}; nothing is kept`;
  const files =
    unread.length === 0
      ? ''
      : `; ${countOf(unread.length, 'uploaded workbook')} (${unread.join(', ')}) that nobody has read may hold anybody, ` +
        'and --unread deletes them';
  throw new RolloverError('SubjectNotFound', `${who}${files}.`);
}

async function forget(session: Session, externalId: string, options: Options): Promise<void> {
  const journal = await session.journal();
  const traces = await findTraces(journal, externalId);
  const alsoLink = options.alsoLink === true;
  const nothing = traces.unread.length === 0 || options.unread !== true;
  if (isNowhere(traces) && nothing) await refuseNobody(journal, traces, externalId);
  await refuseWhilePlanned(journal, traces, externalId);
  const what = describe(traces, alsoLink);
  if (options.yes !== true) {
    session.output.note(`Forgetting ${externalId}:\n${what}`);
    if (!(await askYes(session, 'This cannot be undone. Forget?'))) {
      session.output.note('Nothing was changed.');
      return;
    }
  }
  const done = await forgetPerson(journal, externalId, { account: session.account, alsoLink });
  await session.output.show({ forgotten: true, alsoLink, ...done }, () => `Forgotten:\n${what}`);
}

export const forgetVerb: Verb = (program, run) => {
  program
    .command('forget')
    .description('takes a person out of everything that is kept here; Moodle is not touched')
    .argument('<external-id>', "the person's External ID in KnowledgeNET")
    .option('--also-link', 'also forget that the Moodle account is ours')
    .option('--unread', 'go on if the person is known nowhere but may be in an upload that was never read')
    .option('--yes', 'do not ask')
    .addHelpText('after', examples('forget 01234', 'forget 01234 --also-link'))
    .action(run<[string], Options>((session, [externalId], options) => forget(session, externalId, options)));
};
