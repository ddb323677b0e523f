/** Which seeds a run tries: `FAULT_SEED` one or several (a, b), `FAULT_RUNS` so many random ones; else a few fixed ones. */
import { randomBytes } from 'node:crypto';

/** Between them every passage, fault and surrounding, most of it while rows are written; bin/test is no search. */
const usual = ['3641', '1401', '5669', '1255', '257', '395531', '2686'];

export function seedsOf(env: NodeJS.ProcessEnv): readonly string[] {
  const { FAULT_SEED: seed = '', FAULT_RUNS: runs = '' } = env;
  if (seed !== '') return seed.split(',').map((one) => one.trim());
  if (runs === '') return usual;
  return Array.from({ length: Number(runs) }, () => randomBytes(4).toString('hex'));
}
