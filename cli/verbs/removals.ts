/** `rollover removals`: what may be removed, what is suspended and hidden by our doing, and the time to object. */
import type { Journal } from '../../data/journal/journal.js';
import { storeSettings } from '../../data/journal/settings.js';
import { countWithdrawn } from '../../data/journal/withdrawn.js';
import { RolloverError } from '../../data/model/errors.js';
import type { SchoolSettings } from '../../data/model/settings.js';
import { settingsHash } from '../../data/settings/hash.js';
import { parseSettings } from '../../data/settings/schema.js';
import { settingsInForce } from '../../data/stages/settings-in-force.js';
import { graceAnswered } from '../../workflows/messages.js';
import { findRollover, tellRollover } from '../runs/tell-rollover.js';
import { parseAllowed, parseForbidden, renderDeletion, type Deletion } from '../removals/words.js';
import type { Session } from '../session.js';
import { titleOf } from '../text/run.js';
import { examples, type Verb } from '../verb.js';

interface RunOption {
  readonly run?: string;
}

async function store(journal: Journal, deletion: Deletion, by: string): Promise<SchoolSettings> {
  const settings = parseSettings({ ...(await settingsInForce(journal)).settings, deletion });
  await storeSettings(journal, settings, settingsHash(settings), by);
  return settings;
}

/** Stores what may be removed; a rollover at gate removals plans again. */
async function change(session: Session, next: (now: Deletion) => Deletion, run?: string): Promise<void> {
  const journal = await session.journal();
  const { deletion: before } = (await settingsInForce(journal)).settings;
  const { deletion } = await store(journal, next(before), session.account);
  const found = await tellRollover(session, run);
  await session.output.show({ deletion, told: found?.workflowId ?? null }, () =>
    [
      renderDeletion(deletion),
      found === null
        ? 'It counts from the next run on.'
        : `${titleOf(found.workflowId)} plans removals again if it is there; see ${session.command('status')}.`,
    ].join('\n'),
  );
}

/** Ends the grace period of the rollover under way. @throws RolloverError RunNotFound */
async function endGrace(session: Session, keep: boolean, run?: string): Promise<void> {
  const found = await findRollover(session, run);
  if (found === null) throw new RolloverError('RunNotFound', 'No rollover of this school is under way.');
  await found.handle.signal(graceAnswered, { by: session.account, keep });
  await session.output.show({ workflowId: found.workflowId, keep }, () =>
    keep
      ? `${titleOf(found.workflowId)} ends without deleting anything; what is suspended and hidden stays so.`
      : `${titleOf(found.workflowId)} asks at gate deletion as soon as it has Moodle; nothing is deleted before that.`,
  );
}

async function show(session: Session): Promise<void> {
  const journal = await session.journal();
  const { deletion } = (await settingsInForce(journal)).settings;
  const withdrawn = await countWithdrawn(journal);
  const { user, course, enrolment } = withdrawn;
  await session.output.show({ deletion, withdrawn }, () =>
    [
      renderDeletion(deletion),
      `By our doing: users suspended ${user}, courses hidden ${course}, enrolments suspended ${enrolment}.`,
    ].join('\n'),
  );
}

const RUN = ['--run <run>', 'a year or a workflow id (default: the rollover under way)'] as const;

export const removalsVerb: Verb = (program, run) => {
  const removals = program
    .command('removals')
    .description('what may be removed, and what is suspended and hidden by our doing')
    .action(run<[], object>((session) => show(session)))
    .addHelpText(
      'after',
      examples(
        'removals',
        'removals allow users enrolments courses=hide     and the rollover at its gate plans anew',
        'removals forbid users',
        'removals keep                                    ends the time to object: nothing is deleted',
      ),
    );
  removals
    .command('allow')
    .description('let users and enrolments be suspended, and courses be hidden')
    .argument('<types...>', 'users, enrolments, courses=hide, courses=delete')
    .option(...RUN)
    .action(
      run<[string[]], RunOption>((session, [types], options) =>
        change(session, (now) => parseAllowed(now, types), options.run),
      ),
    );
  removals
    .command('forbid')
    .description('let nothing more be suspended or hidden, or nothing of some types')
    .argument('[types...]', 'users, enrolments, courses (default: all)')
    .option(...RUN)
    .action(
      run<[string[]], RunOption>((session, [types], options) =>
        change(session, (now) => parseForbidden(now, types), options.run),
      ),
    );
  removals
    .command('keep')
    .description('end the time to object without deleting anything')
    .option(...RUN)
    .action(run<[], RunOption>((session, _args, options) => endGrace(session, true, options.run)));
  removals
    .command('end-grace')
    .description('end the time to object now: gate deletion opens')
    .option(...RUN)
    .action(run<[], RunOption>((session, _args, options) => endGrace(session, false, options.run)));
};
