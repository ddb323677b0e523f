/** `rollover status`: where the run stands, what waits, and how to answer it. */
import { findRun } from '../runs/find.js';
import { followRun } from '../runs/follow.js';
import { failureOf } from '../runs/outcome.js';
import { viewRun, type RunView } from '../runs/view.js';
import type { Session } from '../session.js';
import { renderRun, runDocument } from '../text/run.js';
import { examples, type Verb } from '../verb.js';

interface StatusOptions {
  readonly watch?: boolean;
}

async function show(session: Session, view: RunView): Promise<void> {
  const command = (words: string): string => session.command(words);
  await session.output.show(runDocument(view, command), () =>
    renderRun(view, session.school.name, command, session.output.style),
  );
}

async function watch(session: Session, words: string | undefined): Promise<void> {
  const { output } = session;
  const found = await findRun(session, words);
  const how = output.width > 0 ? 'screen' : output.json ? 'nothing' : 'lines';
  const view = await followRun(session, found, { show: how });
  if (how !== 'screen') await show(session, view);
  if (view.failure !== null) throw await failureOf(found.handle);
}

export const status: Verb = (program, run) => {
  program
    .command('status')
    .description('where the rollover or sync stands and what waits for you')
    .argument('[run]', 'a year, "sync" or a workflow id (default: the run under way, else the newest)')
    .option('--watch', 'follow until it waits for somebody or has ended')
    .addHelpText(
      'after',
      examples(
        'status                     stages, what waits, the command that answers it',
        'status --watch             follow; one line per change when there is no terminal',
        'status 2027 --json         for programs: answers.approve is the command',
      ),
    )
    .action(
      run<[string?], StatusOptions>(async (session, [words], options) => {
        if (options.watch === true) await watch(session, words);
        else await show(session, await viewRun(session, await findRun(session, words)));
      }),
    );
};
