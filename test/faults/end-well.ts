/** What every disturbed run must come to. */
import { expect } from 'vitest';
import { isErrorCode } from '../../data/model/errors.js';
import { carryOut } from './carry-out.js';
import type { Passage } from './passages.js';
import type { Scenario } from './scenario.js';
import type { Stand } from './stand.js';
import { expectOutcome, expectSound, unsoundRows, type Outcome } from './verdict.js';

export interface Ending {
  /** Faults that happened, with their times. */
  readonly happened: readonly string[];
  /** Codes with which activities failed on the way. */
  readonly met: readonly string[];
  /** Code of the clear stop, after which it was begun again. */
  readonly stopped: string | null;
}

/**
 * Carries a passage out while things break. It ends in the undisturbed result, or in a clear stop with nothing half done;
 * then it is begun again, with the same, and ends in that result.
 */
export async function endsWell(
  stand: Stand,
  passage: Passage,
  scenario: Pick<Scenario, 'seed' | 'faults' | 'surroundings'>,
  undisturbed: Outcome,
): Promise<Ending> {
  const unsound = await unsoundRows(stand);
  const { end, log: happened, met } = await carryOut(stand, passage, scenario);
  if (end.ended === 'completed') {
    expect(end.result.outcome).toBe('completed');
    await expectOutcome(stand, undisturbed);
    return { happened, met, stopped: null };
  }
  expect(
    isErrorCode(end.code) && end.code !== 'Internal',
    `a stop must be clear: ${JSON.stringify(end)}`,
  ).toBe(true);
  await expectSound(stand, unsound);
  const { end: again } = await carryOut(stand, passage, { ...scenario, faults: [] });
  // stopped after its last change, it has left nothing to do
  expect(
    again.ended === 'completed' && ['completed', 'nothing-to-do'].includes(again.result.outcome),
    `begun again: ${JSON.stringify(again)}`,
  ).toBe(true);
  await expectOutcome(stand, undisturbed);
  return { happened, met, stopped: end.code };
}
