/** `rollover retention`: what has had its time, and with --now its deletion; workers do the same once a day. */
import { deleteDue, findDue, type Due } from '../../data/retention/retention.js';
import { askYes } from '../ask.js';
import type { Session } from '../session.js';
import { countOf } from '../text/format.js';
import { examples, type Verb } from '../verb.js';

interface Options {
  readonly now?: boolean;
  readonly yes?: boolean;
}

function describe({ uploads, snapshots, plans }: Due): string {
  return [
    `${countOf(uploads.length, 'uploaded workbook')}`,
    `records and findings of ${countOf(snapshots.length, 'snapshot')}`,
    `changes of ${countOf(plans.length, 'plan')}`,
  ].join(', ');
}

async function show(session: Session, options: Options): Promise<void> {
  const journal = await session.journal();
  const due = await findDue(journal);
  const count = due.uploads.length + due.snapshots.length + due.plans.length;
  const kept = 'Runs, decisions, counts and reports stay.';
  if (count === 0 || options.now !== true) {
    await session.output.show({ ...due, deleted: false }, () =>
      count === 0
        ? `Nothing is older than ${due.days} days and no longer needed.`
        : `Older than ${due.days} days and no longer needed: ${describe(due)}.\n${kept}\n` +
          `A worker deletes them once a day; now: ${session.command('retention --now')}`,
    );
    return;
  }
  if (options.yes !== true && !(await askYes(session, `Delete ${describe(due)}? ${kept}`))) {
    session.output.note('Nothing was deleted.');
    return;
  }
  const deleted = await deleteDue(journal);
  await session.output.show({ ...deleted, deleted: true }, () => `Deleted: ${describe(deleted)}. ${kept}`);
}

export const retentionVerb: Verb = (program, run) => {
  program
    .command('retention')
    .description('personal data of ended runs that have had their time; workers delete them once a day')
    .option('--now', 'delete them now')
    .option('--yes', 'do not ask (with --now)')
    .addHelpText('after', examples('retention', 'settings set retentionDays 365', 'retention --now'))
    .action(run<[], Options>((session, _args, options) => show(session, options)));
};
