/** Numbers typed by hand before anything is deleted for good: `users=12,courses=3,enrolments=40`. Pure. */
import { countNames, deletionKinds } from '../../data/model/deletion.js';
import { RolloverError } from '../../data/model/errors.js';

const names: readonly string[] = deletionKinds.map((kind) => countNames[kind]);

/** @throws RolloverError UsageInvalid */
export function parseTypedCounts(text: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const part of text.split(/[\s,]+/).filter((one) => one !== '')) {
    const match = /^([a-z]+)=(\d{1,9})$/.exec(part);
    const name = match?.[1] ?? '';
    if (match === null || !names.includes(name) || name in counts)
      throw new RolloverError(
        'UsageInvalid',
        `Numbers are typed as ${names.map((one) => `${one}=N`).join(',')}.`,
      );
    counts[name] = Number(match[2]);
  }
  return counts;
}
