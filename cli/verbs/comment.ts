/** `rollover comment`: a few words beside a run, for those who come after. They stay in the journal. */
import { commentOnRun } from '../../data/journal/comments.js';
import { selectRun, selectRuns, type Run } from '../../data/journal/runs.js';
import type { Journal } from '../../data/journal/journal.js';
import { RolloverError } from '../../data/model/errors.js';
import { parseId } from '../parse.js';
import type { Session } from '../session.js';
import { examples, type Verb } from '../verb.js';

/** What a TEXT column of the journal takes, in characters of any script. */
const LONGEST = 10_000;

async function runOf(journal: Journal, words: string): Promise<Run> {
  const run =
    words === 'current'
      ? ((await selectRuns(journal, 1))[0] ?? null)
      : await selectRun(journal, parseId(words, 'run'));
  if (run === null) throw new RolloverError('RunNotFound', 'This school has no such run.');
  return run;
}

async function comment(session: Session, words: string, text: string): Promise<void> {
  const said = text.trim();
  if (said === '' || said.length > LONGEST)
    throw new RolloverError('UsageInvalid', `A comment has 1 to ${LONGEST} characters.`);
  const journal = await session.journal();
  const { id } = await runOf(journal, words);
  const commentId = await commentOnRun(journal, id, session.account, said);
  await session.output.show(
    { runId: id, commentId },
    () => `Kept beside run ${id}. See ${session.command('history')}`,
  );
}

export const commentVerb: Verb = (program, run) => {
  program
    .command('comment')
    .description('a few words beside a run; shown by history')
    .argument('<run>', 'number of a run, or "current"')
    .argument('<text>')
    .addHelpText('after', examples('comment current "Year 9 was corrected in KnowledgeNET"'))
    .action(run<[string, string], object>((session, [words, text]) => comment(session, words, text)));
};
