/** What hashing everybody's password costs on top, against the same hashes on every core with nothing around them. */
import { availableParallelism } from 'node:os';
import { randomBytes } from 'node:crypto';
import { storeSource } from '../../data/stages/store-source.js';
import { takeSnapshot } from '../../data/stages/take-snapshot.js';
import { computePlan, storePlan } from '../../data/stages/compute-plan.js';
import { hashPlanPasswords } from '../../data/stages/hash-passwords.js';
import { readFiles } from '../../data/knowledgenet/files/files-on-disk.js';
import { defaultLimits } from '../../data/knowledgenet/files/limits.js';
import { hashPassword } from '../../data/passwords/format.js';
import { PasswordKey } from '../../data/passwords/key.js';
import { median } from '../measure/statistics.js';
import type { School } from '../../data/schools.js';

export interface PasswordCost {
  readonly hashed: number;
  readonly seconds: number;
  readonly oneHashSeconds: number;
  readonly overIdeal: number;
}

const SAMPLES = 30;

/** Seconds of one hash after the other, on one core. */
function timeHashes(): number[] {
  return Array.from({ length: SAMPLES }, (_, index) => {
    const began = performance.now();
    hashPassword(`Kererū-${index}`, 'sha512crypt');
    return (performance.now() - began) / 1000;
  });
}

/** Seals, plans and hashes a school whose workbook has a password for everybody. */
export async function goPasswords(school: School, file: string): Promise<PasswordCost> {
  const key = new PasswordKey(randomBytes(32));
  const given = await readFiles(file, '/', defaultLimits.fileBytes);
  const stored = { reading: 'complete', by: 'bench', limits: {}, passwordKey: key } as const;
  const { uploadId } = await storeSource(school.journal, given, stored);
  const { snapshotId } = await takeSnapshot(school, uploadId, { limits: {}, passwordKeyConfigured: true });
  const { planId } = await storePlan(school, null, snapshotId, await computePlan(school, snapshotId, true));
  const before = timeHashes();
  const began = performance.now();
  const never = new AbortController().signal;
  const { hashed } = await hashPlanPasswords(school, key, planId, uploadId, never, () => undefined);
  const seconds = (performance.now() - began) / 1000;
  // a machine that others share may be half as fast a minute later
  const oneHashSeconds = median([...before, ...timeHashes()]);
  const ideal = (hashed * oneHashSeconds) / availableParallelism();
  return { hashed, seconds, oneHashSeconds, overIdeal: seconds / ideal };
}
