/** `rollover links forget`: an account or course of ours was deleted in Moodle by hand and is to be made anew. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { selectManagedCourses, selectManagedUsers } from '../../data/journal/managed.js';
import { RolloverError } from '../../data/model/errors.js';
import { workflowTypes } from '../../workflows/messages.js';
import type { lookLink } from '../../workflows/relink.js';
import { askYes } from '../ask.js';
import { refuseBesideRun } from '../runs/holder.js';
import { runShort } from '../runs/short.js';
import type { Session } from '../session.js';
import { countOf } from '../text/format.js';
import type { Runner } from '../verb.js';

type Look = Awaited<ReturnType<typeof lookLink>>;

interface Options {
  readonly yes?: boolean;
}

function parseKind(text: string): 'user' | 'course' {
  if (text === 'user' || text === 'course') return text;
  throw new RolloverError('UsageInvalid', 'A link is of kind user or course.');
}

/** @throws RolloverError SubjectNotFound */
async function moodleIdOf(session: Session, kind: 'user' | 'course', externalId: string): Promise<number> {
  const journal = await session.journal();
  const managed = kind === 'user' ? await selectManagedUsers(journal) : await selectManagedCourses(journal);
  const found = managed.get(externalId);
  if (found === undefined)
    throw new RolloverError('SubjectNotFound', `No ${kind} of this External ID is ours in Moodle.`);
  return found.moodleId;
}

async function forget(
  session: Session,
  kindText: string,
  externalId: string,
  options: Options,
): Promise<void> {
  const { output, account } = session;
  const school = session.school.code;
  const kind = parseKind(kindText);
  const moodleId = await moodleIdOf(session, kind, externalId);
  const what = kind === 'user' ? 'account' : 'course';
  const run = (type: string, doing: string, input: object): Promise<Look> =>
    runShort<Look>(session, {
      type,
      workflowId: `${type}/${school}/${randomUUID()}`,
      input: { school, kind, moodleId, ...input },
      summary: `${doing}: ${what} ${moodleId}`,
      doing,
    });
  const look = await run(workflowTypes.lookLink, 'Looking at Moodle', {});
  if (look.state === 'there')
    throw new RolloverError(
      'UsageInvalid',
      `Moodle still has this ${what} (${moodleId}): forgetting it would make a second one. Delete it in Moodle first.`,
    );
  const question =
    `Moodle's ${what} ${moodleId} of ${externalId} is ${look.state}. Forget it with ` +
    `${countOf(look.enrolments, 'enrolment')} of ours, so that the next plan makes all of it anew?`;
  if (options.yes !== true && !(await askYes(session, question))) {
    output.note('Nothing was changed.');
    return;
  }
  await refuseBesideRun(session);
  const done = await run(workflowTypes.forgetLink, 'Forgetting the link', { account });
  await output.show({ kind, externalId, moodleId, ...done, enrolments: look.enrolments }, () =>
    done.state === 'forgotten'
      ? `Forgotten. The next plan makes ${externalId} anew; what the old ${what} held does not come back.`
      : `Moodle has this ${what} again; nothing was changed.`,
  );
}

/** Adds the command to `rollover links`. */
export function addForget(links: Command, run: Runner): void {
  links
    .command('forget')
    .description('deleted in Moodle by hand: let the next plan make it anew')
    .argument('<kind>', 'user or course')
    .argument('<external-id>', "the person's or class's External ID")
    .option('--yes', 'do not ask')
    .action(
      run<[string, string], Options>((session, [kind, externalId], options) =>
        forget(session, kind, externalId, options),
      ),
    );
}
