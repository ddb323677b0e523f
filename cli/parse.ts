/** Words of the command line that must be numbers. */
import { RolloverError } from '../data/model/errors.js';

/** A number of ours: a plan, a snapshot, a run, a Moodle id. @throws RolloverError UsageInvalid */
export function parseId(text: string, what: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new RolloverError('UsageInvalid', `A ${what} is named by its number.`);
  return Number(text);
}
