/** `rollover links`: accounts and courses that may be the same, and class codes used again. A person answers. */
import type { Command } from 'commander';
import {
  selectLinkAnswers,
  selectReusedCodeAnswers,
  storeLinkAnswer,
  storeReusedCodeAnswer,
  type LinkAnswer,
  type LinkVerdict,
} from '../../data/journal/links.js';
import type { Journal } from '../../data/journal/journal.js';
import { selectPlanItems } from '../../data/journal/plan-items.js';
import { selectPlanHeader } from '../../data/journal/plans.js';
import { readSnapshot, selectLatestSnapshotId } from '../../data/journal/snapshots.js';
import { RolloverError } from '../../data/model/errors.js';
import { linkEvidences, type LinkEvidence, type LinkProposal } from '../../data/model/plan.js';
import type { ReusedCodeAnswer } from '../../data/model/settings.js';
import { settingsInForce } from '../../data/stages/settings-in-force.js';
import { askYes } from '../ask.js';
import { addForget } from '../links/forget.js';
import { chooseAll, chooseOne, type Filter, type LinkKind } from '../links/choose.js';
import { withSides } from '../links/sides.js';
import { parseId } from '../parse.js';
import type { Session } from '../session.js';
import { countOf } from '../text/format.js';
import { renderAnswers, renderLinks, type Links } from '../text/links.js';
import { examples, type Runner, type Verb } from '../verb.js';
import { planIdOf } from './plan.js';

interface AnswerOptions {
  /** true: no kind was named. */
  readonly all?: string | true;
  readonly evidence?: string;
  readonly kind?: string;
  readonly yes?: boolean;
}

interface ReusedOptions {
  readonly all?: string;
  readonly yes?: boolean;
}

interface ListOptions {
  readonly answers?: boolean;
}

function parseKind(text: string | undefined): LinkKind | undefined {
  if (text === undefined || text === 'user' || text === 'course') return text;
  throw new RolloverError('UsageInvalid', 'A link is of kind user or course.');
}

function parseEvidence(text: string | undefined): LinkEvidence | undefined {
  const found = linkEvidences.find((one) => one === text);
  if (text === undefined || found !== undefined) return found;
  throw new RolloverError('UsageInvalid', `Evidence is one of ${linkEvidences.join(', ')}.`);
}

async function proposalsOf(journal: Journal, planId: number): Promise<readonly LinkProposal[]> {
  return selectPlanItems(journal, planId, 'proposal');
}

async function readLinks(session: Session, argument: string | undefined): Promise<Links> {
  const journal = await session.journal();
  const planId = await planIdOf(journal, argument);
  const header = await selectPlanHeader(journal, planId);
  const proposals = await proposalsOf(journal, planId);
  const { settings } = await settingsInForce(journal);
  return {
    planId,
    year: settings.year,
    proposals: await withSides(journal, { planId, snapshotId: header.snapshotId }, proposals),
    reused: await selectPlanItems(journal, planId, 'reused'),
    answers: await selectLinkAnswers(journal),
    reusedAnswers: await selectReusedCodeAnswers(journal, settings.year),
  };
}

async function list(session: Session, argument: string | undefined, options: ListOptions): Promise<void> {
  const links = await readLinks(session, argument);
  const document = { ...links, reusedAnswers: Object.fromEntries(links.reusedAnswers) };
  await session.output.show(document, () =>
    options.answers === true
      ? renderAnswers(links)
      : renderLinks(links, (words) => session.command(words), session.output.style),
  );
}

/** Answers only count in plans made after them. */
function again(session: Session): string {
  return (
    'It counts from the next plan on. ' +
    `If a plan waits for approval, reject it: ${session.command('reject plan')} leads back and plans again.`
  );
}

async function tell(
  session: Session,
  answers: readonly LinkAnswer[],
  unclear: number,
  text: string,
): Promise<void> {
  await session.output.show({ answers, unclear }, () => `${text}\n${again(session)}`);
}

async function answerAll(
  session: Session,
  verdict: LinkVerdict,
  filter: Filter,
  yes: boolean,
): Promise<void> {
  const journal = await session.journal();
  const planId = await planIdOf(journal, undefined);
  const choice = chooseAll(
    filter,
    verdict,
    await proposalsOf(journal, planId),
    await selectLinkAnswers(journal),
  );
  const kind = filter.kind === undefined ? '' : `${filter.kind} `;
  const what = `${countOf(choice.answers.length, `${kind}proposal`)} of plan ${planId}`;
  const [word, done] = verdict === 'accepted' ? ['Accept', 'Accepted'] : ['Refuse', 'Refused'];
  if (choice.answers.length > 0 && !yes && !(await askYes(session, `${word} ${what}?`))) {
    session.output.note('Nothing was answered.');
    return;
  }
  for (const answer of choice.answers) await storeLinkAnswer(journal, answer, session.account);
  const left =
    choice.unclear.length === 0
      ? ''
      : ` ${countOf(choice.unclear.length, 'proposal')} share a person, class or Moodle row with another: answer each by itself.`;
  const spared =
    choice.refused.length === 0
      ? ''
      : ` ${countOf(choice.refused.length, 'proposal')} refused before: accept each by itself.`;
  await tell(session, choice.answers, choice.unclear.length, `${done}: ${what}.${left}${spared}`);
}

async function answerOne(
  session: Session,
  verdict: LinkVerdict,
  externalId: string,
  moodleId: number,
  kind: LinkKind | undefined,
): Promise<void> {
  const journal = await session.journal();
  const proposals = await proposalsOf(journal, await planIdOf(journal, undefined));
  const answers = await selectLinkAnswers(journal);
  const answer = chooseOne(externalId, moodleId, kind, verdict, proposals, answers);
  await storeLinkAnswer(journal, answer, session.account);
  await tell(
    session,
    [answer],
    0,
    `${verdict === 'accepted' ? 'Accepted' : 'Refused'}: ${externalId} and Moodle ${answer.kind} ${moodleId}.`,
  );
}

async function answerLinks(
  session: Session,
  verdict: LinkVerdict,
  externalId: string | undefined,
  moodleId: string | undefined,
  options: AnswerOptions,
): Promise<void> {
  const evidence = parseEvidence(options.evidence);
  if (options.all !== undefined) {
    if (externalId !== undefined) throw new RolloverError('UsageInvalid', 'Name one link, or say --all.');
    const kind = parseKind(options.all === true ? options.kind : options.all);
    if (kind === undefined && evidence === undefined)
      throw new RolloverError(
        'UsageInvalid',
        'Say all of what: --all user, --all course, or --all --evidence nsn.',
      );
    await answerAll(session, verdict, { kind, evidence }, options.yes === true);
    return;
  }
  if (evidence !== undefined) throw new RolloverError('UsageInvalid', '--evidence goes with --all.');
  if (externalId === undefined || moodleId === undefined)
    throw new RolloverError('UsageInvalid', 'Name the External ID and the Moodle id, or say --all user.');
  await answerOne(session, verdict, externalId, parseId(moodleId, 'Moodle row'), parseKind(options.kind));
}

function parseReusedAnswer(text: string | undefined): ReusedCodeAnswer {
  if (text === 'continues' || text === 'new-course') return text;
  throw new RolloverError('UsageInvalid', 'A class used again is answered with continues or new-course.');
}

/** @throws RolloverError UsageInvalid: an answer about a class that is misspelt would wait for ever */
async function requireClass(journal: Journal, group: string): Promise<void> {
  const snapshotId = await selectLatestSnapshotId(journal);
  const snapshot = snapshotId === null ? null : await readSnapshot(journal, snapshotId);
  if (snapshot?.records.group.some((one) => one.externalId === group) !== true)
    throw new RolloverError('UsageInvalid', 'The newest reading has no class of this External ID.');
}

const reusedWords: Readonly<Record<ReusedCodeAnswer, string>> = {
  continues: 'the course goes on with the new members',
  'new-course': "a new course is made; last year's keeps its members",
};

async function storeReused(
  session: Session,
  groups: readonly string[],
  answer: ReusedCodeAnswer,
): Promise<void> {
  const journal = await session.journal();
  const { settings } = await settingsInForce(journal);
  for (const group of groups)
    await storeReusedCodeAnswer(journal, group, settings.year, answer, session.account);
  const who = groups.length === 1 ? `Class ${groups[0]}` : countOf(groups.length, 'class', 'classes');
  await session.output.show({ classes: groups, year: settings.year, answer }, () =>
    [`${who} in ${settings.year}: ${reusedWords[answer]}.`, again(session)].join('\n'),
  );
}

async function answerReused(
  session: Session,
  group: string | undefined,
  answer: string | undefined,
  options: ReusedOptions,
): Promise<void> {
  const journal = await session.journal();
  if (options.all === undefined) {
    const parsed = parseReusedAnswer(answer);
    await requireClass(journal, group ?? '');
    await storeReused(session, [group ?? ''], parsed);
    return;
  }
  if (group !== undefined) throw new RolloverError('UsageInvalid', 'Name one class, or say --all.');
  const parsed = parseReusedAnswer(options.all);
  const planId = await planIdOf(journal, undefined);
  const groups = (await selectPlanItems(journal, planId, 'reused')).map((one) => one.group);
  const question = `${countOf(groups.length, 'class', 'classes')} of plan ${planId}: ${reusedWords[parsed]}?`;
  if (groups.length > 0 && options.yes !== true && !(await askYes(session, question))) {
    session.output.note('Nothing was answered.');
    return;
  }
  await storeReused(session, groups, parsed);
}

function addAnswer(links: Command, run: Runner, name: 'accept' | 'refuse', about: string): void {
  const verdict: LinkVerdict = name === 'accept' ? 'accepted' : 'refused';
  links
    .command(name)
    .description(about)
    .argument('[external-id]', "the person's or class's External ID")
    .argument('[moodle-id]', 'id of the account or course in Moodle')
    .option('--all [kind]', 'every clear proposal of this kind: user or course')
    .option('--evidence <evidence>', `with --all: only those that rest on it: ${linkEvidences.join(', ')}`)
    .option('--kind <kind>', 'user or course, where both have these numbers')
    .option('--yes', 'do not ask (with --all)')
    .action(
      run<[string?, string?], AnswerOptions>((session, [externalId, moodleId], options) =>
        answerLinks(session, verdict, externalId, moodleId, options),
      ),
    );
}

export const linksVerb: Verb = (program, run) => {
  const links = program
    .command('links')
    .description('accounts and courses that may be the same, and class codes used again: you answer')
    .addHelpText(
      'after',
      examples(
        'links                              what the newest plan asks, with the evidence',
        'links accept 01234 87              the person 01234 is Moodle account 87',
        'links refuse 01234 91',
        'links accept --all user            every clear one; the others are listed',
        'links accept --all --evidence nsn  every clear one with the same National Student Number',
        'links answer HOUSE-R continues     a class code used again: houses, teams',
        "links answer 9MAT new-course       last year's course keeps its members",
        'links answer --all new-course      every class that the newest plan asks about',
        'links forget user 01234            deleted in Moodle by hand: made anew by the next plan',
        'links list --answers               what was answered',
      ),
    );
  links
    .command('list', { isDefault: true })
    .description('what waits for an answer')
    .argument('[plan]', 'number of a plan (default: the newest)')
    .option('--answers', 'what was answered, also in earlier years')
    .action(run<[string?], ListOptions>((session, [plan], options) => list(session, plan, options)));
  addAnswer(links, run, 'accept', 'this account or course is this person or class');
  addAnswer(links, run, 'refuse', 'it is somebody or something else');
  addForget(links, run);
  links
    .command('answer')
    .description('a class code used again: does the course continue, or is a new one made?')
    .argument('[class]', "the class's External ID")
    .argument('[answer]', 'continues or new-course')
    .option('--all <answer>', 'the same answer for every class that the newest plan asks about')
    .option('--yes', 'do not ask (with --all)')
    .action(
      run<[string?, string?], ReusedOptions>((session, [group, answer], options) =>
        answerReused(session, group, answer, options),
      ),
    );
};
