/** A Moodle restored from a backup: looking, and following it after a person's word. */
import { forgetLink, lookAtLink, type LinkLook, type LinkName } from '../data/stages/forget-link.js';
import { isNothingToRelink, lookAtRelink, relink, type RelinkOrder } from '../data/stages/relink.js';
import { releaseTarget } from '../data/journal/targets.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

export interface RelinkFound {
  readonly hash: string;
  /** Nothing to confirm. */
  readonly nothing: boolean;
  readonly siteChanged: boolean;
  readonly counts: Readonly<Record<string, number>>;
  /** Moodle ids of the first rows that are not ours any more, by kind. */
  readonly examples: Readonly<Record<string, readonly number[]>>;
}

const EXAMPLES = 10;

export function relinkActivities(context: ActivityContext) {
  return {
    /** What is gone, as counts and ids; reads only. @throws RolloverError MoodleUnsupported */
    async lookAtRelink(input: { readonly school: string }): Promise<RelinkFound> {
      return alive(async () => {
        const look = await lookAtRelink(await context.open(input.school));
        const examples: Record<string, number[]> = {};
        for (const { kind, moodleId } of look.finding.lost) {
          const ids = (examples[kind] ??= []);
          if (ids.length < EXAMPLES) ids.push(moodleId);
        }
        const { hash, siteChanged, finding } = look;
        return { hash, siteChanged, nothing: isNothingToRelink(look), counts: finding.counts, examples };
      });
    },

    /** Lets the journal follow. @throws RolloverError StaleDecision, MoodleRestored, MoodleUnsupported */
    async applyRelink(
      input: RelinkOrder & { readonly school: string },
    ): Promise<Readonly<Record<string, number>>> {
      const { school, ...order } = input;
      return alive(async () => relink(await context.open(school), order));
    },

    /** Whether Moodle still has an account or course of ours; reads only. @throws RolloverError SubjectNotFound */
    async lookAtLink(input: LinkName & { readonly school: string }): Promise<LinkLook> {
      return alive(async () => lookAtLink(await context.open(input.school), input));
    },

    /** Gives up a link whose account or course is gone. @throws RolloverError SubjectNotFound */
    async forgetLink(
      input: LinkName & { readonly school: string; readonly account: string },
    ): Promise<LinkLook> {
      return alive(async () => forgetLink(await context.open(input.school), input, input.account));
    },

    /** Lets go of the target, if this workflow has it. A run lets go when it ends. */
    async releaseTarget(input: { readonly school: string; readonly holder: string }): Promise<void> {
      const { journal } = await context.open(input.school);
      await releaseTarget(journal, input.holder);
    },
  };
}
