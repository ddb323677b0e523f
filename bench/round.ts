/** One round: every part on Moodles of its own, one after the other, so that none disturbs another. */
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { BenchOptions, Part } from './options.js';
import { generateNextYear, generateSchool } from './school/generate.js';
import { writeSource } from './school/write.js';
import { makeSchool, type BenchSchool } from './stand/school.js';
import type { BenchServer } from './stand/server.js';
import { benchSettings } from './stand/settings.js';
import { applyByKind } from './phases/apply-by-kind.js';
import { goApart, upload } from './phases/apart.js';
import { withLoadBeside, type Waits } from './phases/beside.js';
import { goPasswords } from './phases/passwords.js';
import { goWhole, type Sources } from './phases/whole.js';
import type { Round } from './report/ratios.js';
import { computePlan, storePlan } from '../data/stages/compute-plan.js';
import { takeSnapshot } from '../data/stages/take-snapshot.js';

export const YEAR = 2027;

export interface Stand {
  readonly options: BenchOptions;
  readonly server: BenchServer;
  readonly temporal: { readonly address: string; readonly client: Client };
  readonly counting: Knex;
  readonly sources: Sources & { readonly withPasswords: string };
  readonly say: (text: string) => void;
}

/** Writes the files that all rounds read. */
export async function writeSources({ size, seed }: BenchOptions, folder: string): Promise<Stand['sources']> {
  const first = generateSchool({ size, seed, year: YEAR });
  const withPasswords = generateSchool({ size, seed, year: YEAR, passwords: true });
  return {
    first: await writeSource(first, folder, 'first'),
    firstAgain: await writeSource(first, folder, 'first-again', true),
    second: await writeSource(generateNextYear(first), folder, 'second'),
    withPasswords: await writeSource(withPasswords, folder, 'with-passwords'),
  };
}

async function beside({ school }: BenchSchool, file: string, counting: Knex): Promise<Waits> {
  const { snapshotId } = await takeSnapshot(school, await upload(school, file), {
    limits: {},
    passwordKeyConfigured: false,
  });
  const { plan, ...computed } = await computePlan(school, snapshotId, false);
  const stored = await storePlan(school, null, snapshotId, { plan, ...computed });
  return withLoadBeside(school, async () => {
    await applyByKind(school, { ...stored, changes: plan.changes }, counting);
  });
}

/** Parts that were left out by `--only` are absent. */
export async function goRound(stand: Stand, round: number): Promise<Partial<Round>> {
  const { options, server, temporal, counting, sources, say } = stand;
  const on = async <T>(part: Part, auth: 'oauth2' | 'manual', go: (bench: BenchSchool) => Promise<T>) => {
    if (!options.only.includes(part)) return undefined;
    const bench = await makeSchool(server.address, `${part}${round}`, benchSettings(YEAR, auth));
    try {
      return await go(bench);
    } finally {
      await bench.close();
    }
  };
  const whole = await on('whole', 'oauth2', (bench) =>
    goWhole({
      ...{ bench, temporal, counting, year: YEAR, sources, say },
      ...{ folder: server.folder, serverPid: server.pid },
    }),
  );
  const apart = await on('apart', 'oauth2', ({ school }) => goApart(school, sources.first, counting, say));
  const waits = await on('beside', 'oauth2', (bench) => {
    say('load beside');
    return beside(bench, sources.first, counting);
  });
  const passwords = await on('passwords', 'manual', ({ school }) => {
    say('passwords');
    return goPasswords(school, sources.withPasswords);
  });
  return {
    ...(whole === undefined ? {} : { whole }),
    ...(apart === undefined ? {} : { apart }),
    ...(waits === undefined ? {} : { waits }),
    ...(passwords === undefined ? {} : { passwords }),
  };
}
