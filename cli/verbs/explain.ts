/** `rollover explain`: why somebody is in one class and not in another. Looks at the journal only. */
import type { Journal } from '../../data/journal/journal.js';
import { selectLaterId, selectManagedAbout } from '../../data/journal/about.js';
import { RolloverError } from '../../data/model/errors.js';
import type { Subject } from '../../data/rules/explain/subjects.js';
import { explainSubject, openReading, subjectsOf, type Readings } from '../../data/stages/explain.js';
import type { Session } from '../session.js';
import { toIso } from '../text/format.js';
import { renderCandidates, renderExplanation } from '../text/explain.js';
import { examples, type Verb } from '../verb.js';
import { snapshotIdOf } from './findings.js';

interface ExplainOptions {
  readonly class?: string;
  readonly snapshot?: string;
}

/** Who is no longer in KnowledgeNET may still be in Moodle by our doing. */
async function formerSubject(journal: Journal, words: string): Promise<Subject[]> {
  const own = await selectManagedAbout(journal, words);
  return own
    .filter(({ kind }) => kind !== 'enrolment')
    .map(({ kind, externalId }) => ({ kind: kind === 'user' ? 'person' : 'class', externalId, name: '' }));
}

/** Somebody whom KnowledgeNET has under another id since, else who is known from Moodle alone. */
async function elsewhere(journal: Journal, reading: Readings, words: string): Promise<Subject[]> {
  const later = [
    await selectLaterId(journal, 'user', words),
    await selectLaterId(journal, 'course', words),
  ].flatMap((id) => (id === null ? [] : subjectsOf(reading, id)));
  return later.length > 0 ? later : formerSubject(journal, words);
}

/** The one who is meant; several are listed, and nobody is picked. @throws RolloverError SubjectNotFound */
export async function subjectOf(
  session: Session,
  reading: Readings,
  words: string,
  kind?: Subject['kind'],
): Promise<Subject> {
  const known = subjectsOf(reading, words);
  const found = known.length > 0 ? known : await elsewhere(await session.journal(), reading, words);
  const meant = kind === undefined ? found : found.filter((one) => one.kind === kind);
  const [one, second] = meant;
  if (one !== undefined && second === undefined) return one;
  const noun = kind ?? 'person or class';
  if (one === undefined)
    throw new RolloverError('SubjectNotFound', `No ${noun} of this reading answers to that.`);
  await session.output.show({ candidates: meant }, () => renderCandidates(meant));
  throw new RolloverError('SubjectNotFound', `${meant.length} answer to that; name one by its External ID.`);
}

async function explain(session: Session, words: string, options: ExplainOptions): Promise<void> {
  const journal = await session.journal();
  const reading = await openReading(journal, await snapshotIdOf(journal, options.snapshot));
  const kind = options.class === undefined ? undefined : 'person';
  const subject = await subjectOf(session, reading, words, kind);
  const among =
    options.class === undefined
      ? undefined
      : (await subjectOf(session, reading, options.class, 'class')).externalId;
  const explanation = await explainSubject(journal, reading, subject, among);
  const plans = explanation.plans.map((plan) => ({
    ...plan,
    approved: plan.approved === null ? null : { ...plan.approved, at: toIso(plan.approved.at) },
  }));
  await session.output.show({ ...explanation, plans }, () =>
    renderExplanation(explanation, session.output.style),
  );
}

export const explainVerb: Verb = (program, run) => {
  program
    .command('explain')
    .description('why somebody is in one class and not in another, and what became of it in Moodle')
    .argument('<subject>', 'a person or class: External ID, login or name')
    .option('--class <class>', 'only about this class, also if the person is not in it')
    .option('--snapshot <id>', 'by this reading (default: the newest)')
    .addHelpText(
      'after',
      examples(
        'explain 01234                      all classes of a person',
        'explain "Aroha Ngata"',
        'explain aroha.ngata --class 10MAT1 why not there',
        'explain 10MAT2 --json',
      ),
    )
    .action(run<[string], ExplainOptions>((session, [words], options) => explain(session, words, options)));
};
