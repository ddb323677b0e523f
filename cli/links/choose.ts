/** Which proposals an answer is about, and which answers nobody may give. Pure. */
import type { LinkAnswer, LinkVerdict } from '../../data/journal/links.js';
import { RolloverError } from '../../data/model/errors.js';
import type { LinkEvidence, LinkProposal } from '../../data/model/plan.js';

export type LinkKind = LinkProposal['kind'];

function isAbout(
  one: LinkProposal | LinkAnswer,
  externalId: string,
  moodleId: number,
  kind?: LinkKind,
): boolean {
  return (
    one.externalId === externalId && one.moodleId === moodleId && (kind === undefined || one.kind === kind)
  );
}

/** Another account or course that was accepted for the same person or class, or the same one for another. */
function rivalOf(answer: LinkAnswer, answers: readonly LinkAnswer[]): LinkAnswer | undefined {
  return answers.find(
    (other) =>
      other.verdict === 'accepted' &&
      other.kind === answer.kind &&
      (other.externalId === answer.externalId) !== (other.moodleId === answer.moodleId),
  );
}

/**
 * The one proposal that is meant, of the plan or answered before.
 *
 * @throws RolloverError UsageInvalid when there is none, when kinds are mixed up, or when accepting it would make one
 *   account two people's
 */
export function chooseOne(
  externalId: string,
  moodleId: number,
  kind: LinkKind | undefined,
  verdict: LinkVerdict,
  proposals: readonly LinkProposal[],
  answers: readonly LinkAnswer[],
): LinkAnswer {
  const known = [...proposals, ...answers].filter((one) => isAbout(one, externalId, moodleId, kind));
  const kinds = [...new Set(known.map((one) => one.kind))];
  const [only] = kinds;
  if (only === undefined)
    throw new RolloverError(
      'UsageInvalid',
      'Nobody has proposed that link; `rollover links` lists what is proposed.',
    );
  if (kinds.length > 1)
    throw new RolloverError(
      'UsageInvalid',
      'A user and a course have these numbers: say --kind user or --kind course.',
    );
  const answer: LinkAnswer = { kind: only, externalId, moodleId, verdict };
  if (verdict === 'accepted' && rivalOf(answer, answers) !== undefined)
    throw new RolloverError(
      'UsageInvalid',
      'Another link with the same person, class or Moodle row is accepted already: refuse that one first.',
    );
  return answer;
}

/** Proposals that can be accepted together; the others need a look each, because nothing picks the first. */
export interface Choice {
  readonly answers: readonly LinkAnswer[];
  /** More than one proposal for the same person, class or Moodle row. */
  readonly unclear: readonly LinkProposal[];
  /** Refused one by one before: accepting all of a kind does not overturn that. */
  readonly refused: readonly LinkProposal[];
}

/** Which proposals are meant; absent: of every kind, with whatever evidence. */
export interface Filter {
  readonly kind?: LinkKind | undefined;
  readonly evidence?: LinkEvidence | undefined;
}

function isMeant({ kind, evidence }: Filter, one: LinkProposal): boolean {
  return (
    (kind === undefined || one.kind === kind) && (evidence === undefined || one.evidence.includes(evidence))
  );
}

/** All proposals of a kind, or that rest on an evidence. What is unclear is so among all proposals, not only these. */
export function chooseAll(
  filter: Filter,
  verdict: LinkVerdict,
  proposals: readonly LinkProposal[],
  answers: readonly LinkAnswer[],
): Choice {
  const ours = proposals.filter((one) => isMeant(filter, one));
  const answerFor = ({ kind, externalId, moodleId }: LinkProposal): LinkAnswer => ({
    kind,
    externalId,
    moodleId,
    verdict,
  });
  if (verdict === 'refused') return { answers: ours.map(answerFor), unclear: [], refused: [] };
  const wasRefused = (one: LinkProposal): boolean =>
    answers.some(
      (answer) => answer.verdict === 'refused' && isAbout(answer, one.externalId, one.moodleId, one.kind),
    );
  const isUnclear = (one: LinkProposal): boolean =>
    proposals.some(
      (other) =>
        other !== one &&
        other.kind === one.kind &&
        (other.externalId === one.externalId || other.moodleId === one.moodleId),
    ) || rivalOf(answerFor(one), answers) !== undefined;
  const open = ours.filter((one) => !wasRefused(one));
  return {
    answers: open.filter((one) => !isUnclear(one)).map(answerFor),
    unclear: open.filter(isUnclear),
    refused: ours.filter(wasRefused),
  };
}
