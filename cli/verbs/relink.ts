/** `rollover relink`: Moodle was restored from a backup; the journal follows it after a person's word. */
import { randomUUID } from 'node:crypto';
import { selectNames } from '../../data/journal/relinkings.js';
import { RolloverError } from '../../data/model/errors.js';
import { workflowTypes, type ApplyRelinkInput } from '../../workflows/messages.js';
import type { lookRelink } from '../../workflows/relink.js';
import { askYes } from '../ask.js';
import { refuseBesideRun } from '../runs/holder.js';
import { runShort } from '../runs/short.js';
import type { Session } from '../session.js';
import { renderRelink, type RelinkExamples } from '../text/relink.js';
import { examples, type Verb } from '../verb.js';

type Found = Awaited<ReturnType<typeof lookRelink>>;
type Counts = Readonly<Record<string, number>>;

interface Options {
  readonly acceptSite?: boolean;
  readonly confirm?: boolean;
  readonly hash?: string;
}

async function look(session: Session): Promise<Found> {
  const school = session.school.code;
  return runShort<Found>(session, {
    type: workflowTypes.lookRelink,
    workflowId: `relink-look/${school}/${randomUUID()}`,
    input: { school },
    summary: `Compare Moodle of ${school} with the journal`,
    doing: 'Comparing Moodle with the journal',
  });
}

/** The workflow names Moodle ids only; who that is stands in the journal. */
async function examplesOf(session: Session, found: Found): Promise<RelinkExamples> {
  const journal = await session.journal();
  const named: Record<string, string[]> = {};
  for (const kind of ['user', 'course', 'enrolment', 'category'] as const)
    named[kind] = (await selectNames(journal, kind, found.examples[kind] ?? [])).map((row) =>
      kind === 'category' ? row.naturalKey : [row.externalId, row.secondId].filter(Boolean).join(' / '),
    );
  return named;
}

async function apply(session: Session, hash: string, acceptSite: boolean): Promise<Counts> {
  await refuseBesideRun(session);
  const { account } = session;
  const school = session.school.code;
  const input: ApplyRelinkInput = { school, hash, acceptSite, account };
  return runShort<Counts>(session, {
    type: workflowTypes.applyRelink,
    workflowId: `relink/${school}/${randomUUID()}`,
    input,
    summary: `The journal follows the restored Moodle of ${school}`,
    doing: 'The journal follows Moodle',
  });
}

/** The hash that is confirmed, or null: a person said no. */
async function confirmed(session: Session, found: Found, options: Options): Promise<string | null> {
  if (options.confirm === true) {
    if (options.hash === undefined)
      throw new RolloverError('UsageInvalid', 'Say what you confirm: --confirm --hash HASH.');
    return options.hash;
  }
  if (!session.output.interactive) return null;
  return (await askYes(session, 'Forget that what is gone was there, so that the next run makes it again?'))
    ? found.hash
    : null;
}

async function relink(session: Session, options: Options): Promise<void> {
  const { output } = session;
  const found = await look(session);
  const named = await examplesOf(session, found);
  const acceptSite = options.acceptSite === true;
  const text = renderRelink(found, named, output.style);
  // A repeated confirmation still reaches the workflow: it says what is stale.
  if (found.nothing && options.confirm !== true) {
    await output.show({ ...found, named, relinked: false }, () => text);
    return;
  }
  if (!output.json) await output.write(`${text}\n`);
  const hash = await confirmed(session, found, options);
  if (hash === null) {
    const more = found.siteChanged ? ' --accept-site' : '';
    const command = session.command(`relink${more} --confirm --hash ${found.hash}`);
    if (output.json) await output.show({ ...found, named, relinked: false }, () => text);
    output.note(`Nothing was changed. To go on: ${command}`);
    return;
  }
  const counts = await apply(session, hash, acceptSite);
  await output.show({ ...found, counts, named, relinked: true }, () =>
    [
      'The journal follows Moodle as it is now. Nothing was written to Moodle.',
      `See what the next run would make: ${session.command('plan')} after ${session.command('snapshot FILE')}`,
    ].join('\n'),
  );
}

export const relinkVerb: Verb = (program, run) => {
  program
    .command('relink')
    .description('Moodle was restored from a backup: see what is gone, and let the journal follow')
    .option('--accept-site', 'this Moodle is another site than before, and that is meant')
    .option('--confirm', 'confirm what was shown, with --hash')
    .option('--hash <hash>', 'of what was shown')
    .addHelpText(
      'after',
      examples(
        'relink                             what is gone; asks on a terminal',
        'relink --confirm --hash 5f0c…      what was shown under this hash',
      ),
    )
    .action(run<[], Options>((session, _args, options) => relink(session, options)));
};
