/** `rollover cancel`: ends a run in good order. */
import { RolloverError } from '../../data/model/errors.js';
import { askYes } from '../ask.js';
import { findRunning } from '../runs/find.js';
import { followRun } from '../runs/follow.js';
import type { Session } from '../session.js';
import { renderRun, runDocument, titleOf } from '../text/run.js';
import { examples, type Verb } from '../verb.js';

interface CancelOptions {
  readonly yes?: boolean;
  readonly wait: boolean;
}

const ENDS_WITHIN_MS = 120_000;

async function cancel(session: Session, words: string | undefined, options: CancelOptions): Promise<void> {
  const { output, school } = session;
  const found = await findRunning(session, words);
  const title = titleOf(found.workflowId);
  if (options.yes !== true) {
    if (!output.interactive)
      throw new RolloverError('UsageInvalid', 'Without a terminal, say that you mean it: --yes.');
    output.note(
      `${title} ends after the batch under way. What was written to Moodle stays; the synchronisation stays Disabled.\n` +
        'The same year can be started again.',
    );
    if (!(await askYes(session, `Cancel ${title}?`))) {
      output.note('Nothing was cancelled.');
      return;
    }
  }
  await found.handle.cancel();
  const view = await followRun(session, found, {
    show: 'live',
    until: 'ended',
    forMs: options.wait ? ENDS_WITHIN_MS : 0,
  });
  const command = (word: string): string => session.command(word);
  await output.show({ cancelled: !view.running, ...runDocument(view, command) }, () =>
    view.running
      ? `${title} has been told to end and does so after the batch under way.`
      : renderRun(view, school.name, command, output.style),
  );
}

export const cancelVerb: Verb = (program, run) => {
  program
    .command('cancel')
    .description('end the run under way in good order; what was written stays')
    .argument('[run]', 'a year, "sync" or a workflow id (default: the run under way)')
    .option('--yes', 'do not ask')
    .option('--no-wait', 'do not wait until it has ended')
    .addHelpText('after', examples('cancel', 'cancel 2027 --yes'))
    .action(run<[string?], CancelOptions>((session, [words], options) => cancel(session, words, options)));
};
