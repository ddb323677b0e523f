/** What waits for an answer, as the journal knows it: a page is made without asking Temporal. */
import type { Journal } from '../../data/journal/journal.js';
import {
  selectLastOpening,
  selectLastOpeningAbout,
  type RecordedOpening,
} from '../../data/journal/openings.js';
import { selectDecisions, selectRun, type Run } from '../../data/journal/runs.js';
import { isAccepted, type OpenGate } from '../../data/model/gate.js';
import type { Decision } from '../../pages/content.js';
import { decisionsWithin } from '../decision/within.js';
import type { Session } from '../session.js';
import { when } from '../text/format.js';
import { answersTo } from '../text/run.js';
import { acceptedWords, gateWords } from '../text/words.js';

const verdicts = { approve: 'Approved', reject: 'Rejected' } as const;

function settled(sentence: string): Decision {
  return { kind: 'settled', sentence };
}

function waits(session: Session, open: OpenGate): Decision {
  const words = gateWords[open.gate];
  const answers = answersTo(open, (text) => session.command(text));
  const stops = open.counts['findings stops-run'] ?? 0;
  return {
    kind: 'waits',
    gate: open.gate,
    question: words.question,
    checklist: words.checklist,
    since: when(open.openedAt),
    hash: open.hash,
    blocked: stops > 0 ? 'Some findings stop the run: a yes is refused until they are mended.' : null,
    answers: [
      { what: `Yes: ${words.effect.approve}.`, command: answers.approve },
      { what: `No: ${words.effect.reject}.`, command: answers.reject },
    ],
  };
}

/** How an opening was answered, or null. */
async function answerTo(journal: Journal, run: Run, open: RecordedOpening): Promise<string | null> {
  const decisions = decisionsWithin(run, await selectDecisions(journal, run.workflowId));
  const answer = decisions.find(
    (one) => isAccepted(one.outcome) && one.gate === open.gate && one.opening === open.opening,
  );
  if (answer === undefined) return null;
  const without = isAccepted(answer.outcome) ? acceptedWords[answer.outcome] : '';
  return `${verdicts[answer.verdict]}${without} on ${when(answer.decidedAt)} by account ${answer.account}.`;
}

/** What was asked about a snapshot or a plan. @param never what it means that nobody ever was */
export async function decisionAbout(
  session: Session,
  journal: Journal,
  subject: OpenGate['subject'],
  never: string,
): Promise<Decision> {
  const open = await selectLastOpeningAbout(journal, subject);
  const run = open === null ? null : await selectRun(journal, open.runId);
  if (open === null || run === null) return settled(never);
  const answer = await answerTo(journal, run, open);
  if (answer !== null) return settled(answer);
  if (run.outcome !== null)
    return settled('Nobody answered before the run ended; it cannot be answered any more.');
  const last = await selectLastOpening(journal, run.id);
  if (last?.gate !== open.gate || last.opening !== open.opening)
    return settled('It cannot be answered any more: something newer has taken its place.');
  return waits(session, open);
}

/** What a run waits for. */
export async function decisionOfRun(session: Session, journal: Journal, run: Run): Promise<Decision> {
  if (run.outcome !== null) return settled('Nothing waits for an answer: this run has ended.');
  const last = await selectLastOpening(journal, run.id);
  if (last === null || (await answerTo(journal, run, last)) !== null)
    return settled('Nothing waits for an answer at the moment: the run is under way.');
  return waits(session, last);
}
