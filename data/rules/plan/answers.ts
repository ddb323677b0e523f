/** What people answered to link proposals. */
import type { Answers, LinkProposal } from '../../model/plan.js';
import { KEY_SEPARATOR } from '../../model/snapshot.js';

type Kind = LinkProposal['kind'];

/** The answer to one proposal, if somebody gave one. */
export function linkAnswer(
  answers: Answers,
  kind: Kind,
  externalId: string,
  moodleId: number,
): 'accepted' | 'refused' | undefined {
  return answers.links.get([kind, externalId, moodleId].join(KEY_SEPARATOR));
}

/** External ID → Moodle ids that somebody accepted for it, ascending. */
export function acceptedLinks(answers: Answers, kind: Kind): Map<string, number[]> {
  const accepted = new Map<string, number[]>();
  for (const [key, verdict] of answers.links) {
    const [answered = '', externalId = '', moodleId = ''] = key.split(KEY_SEPARATOR);
    if (verdict !== 'accepted' || answered !== kind) continue;
    const ids = [...(accepted.get(externalId) ?? []), Number(moodleId)];
    accepted.set(
      externalId,
      ids.sort((a, b) => a - b),
    );
  }
  return accepted;
}
