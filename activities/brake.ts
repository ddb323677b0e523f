/** The brake by message and the wait for its release. */
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { selectTarget, setBrake, type Brake } from '../data/journal/targets.js';
import type { ActivityContext } from './context.js';

export function brakeActivities(context: ActivityContext) {
  return {
    /** Sets the brake that every batch reads. */
    async setBrake(input: { school: string; brake: Brake; by: string }): Promise<void> {
      const { journal } = await context.open(input.school);
      await setBrake(journal, input.brake, input.by);
    },

    /**
     * Returns when the brake is released; until then each attempt fails. Temporal's retries are the wait: they cost no
     * history events and hold no place of a worker, however long a pause takes.
     *
     * @throws ApplicationFailure Paused
     */
    async awaitResume(input: { school: string }): Promise<void> {
      const { journal } = await context.open(input.school);
      if ((await selectTarget(journal)).brake === 'go') return;
      throw ApplicationFailure.create({
        type: 'Paused',
        message: 'The brake is set.',
        category: ApplicationFailureCategory.BENIGN,
      });
    },
  };
}
