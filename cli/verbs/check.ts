/** `rollover check`: is Moodle ready to be written to? */
import { randomUUID } from 'node:crypto';
import { acceptVersion } from '../../data/journal/targets.js';
import { RolloverError, type ErrorCode } from '../../data/model/errors.js';
import { workflowTypes } from '../../workflows/messages.js';
import type { checkTarget } from '../../workflows/inspect.js';
import { askYes } from '../ask.js';
import { runShort } from '../runs/short.js';
import type { Session } from '../session.js';
import { problemsOf, renderPreflight } from '../text/preflight.js';
import { examples, type Verb } from '../verb.js';

type Preflight = Awaited<ReturnType<typeof checkTarget>>;

interface CheckOptions {
  readonly acceptVersion?: boolean;
  readonly yes?: boolean;
}

const meaning = `This Moodle's tables look exactly like those of a version that was proven against Moodle itself, but this version
was not. Accepting means: you take it on you that writing to it is right. It holds until Moodle's version changes, and
your account is written down with it. Try it on a copy of your Moodle first.`;

async function lookAtTarget(session: Session): Promise<Preflight> {
  const school = session.school.code;
  return runShort<Preflight>(session, {
    type: workflowTypes.checkTarget,
    workflowId: `check/${school}/${randomUUID()}`,
    input: { school },
    summary: `Check Moodle of ${school}`,
    doing: 'Looking at Moodle',
  });
}

/** Records the acceptance of a version that has a proven version's shape. */
async function accept(session: Session, found: Preflight, options: CheckOptions): Promise<boolean> {
  const { output, account } = session;
  if (found.support === 'proven') {
    output.note('This version is proven; there is nothing to accept.');
    return false;
  }
  if (found.support === 'refused')
    throw new RolloverError(
      'MoodleUnsupported',
      'A Moodle whose tables differ from every proven version cannot be accepted.',
    );
  if (found.accepted) {
    output.note('This version was accepted before.');
    return false;
  }
  output.note(`\n${meaning}\n`);
  if (options.yes !== true && !(await askYes(session, `Accept writing to Moodle ${found.release}?`))) {
    output.note('Nothing was accepted.');
    return false;
  }
  await acceptVersion(await session.journal(), found.version, account);
  output.note(`Accepted by ${account}.`);
  return true;
}

async function check(session: Session, options: CheckOptions): Promise<void> {
  const { output, school } = session;
  let found = await lookAtTarget(session);
  const text = (): string => renderPreflight(found, school.name, output.style);
  if (!output.json) await output.write(`${text()}\n`);
  if (options.acceptVersion === true && (await accept(session, found, options)))
    found = { ...found, accepted: true };
  const [problem] = problemsOf(found);
  if (output.json)
    await output.show({ ...found, ready: problem === undefined, problem: problem?.code ?? null }, text);
  if (problem !== undefined) throw new RolloverError(problem.code satisfies ErrorCode, problem.message);
}

export const checkVerb: Verb = (program, run) => {
  program
    .command('check')
    .description("are Moodle and KnowledgeNET's database ready? Looks only; nothing is written to Moodle")
    .option('--accept-version', 'accept writing to a version that has the shape of a proven one')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      examples(
        'check                              version, rights, duplicates, accounts that nothing links, views',
        'check --accept-version             after a dry run on a copy of your Moodle',
      ),
    )
    .action(run<[], CheckOptions>((session, _args, options) => check(session, options)));
};
