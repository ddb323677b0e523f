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
import type { RoundRecord } from './report/record.js';
import { computePlan, storePlan } from '../data/stages/compute-plan.js';
import { takeSnapshot } from '../data/stages/take-snapshot.js';

export const YEAR = 2027;

const resultOf = {
  whole: 'whole',
  apart: 'apart',
  beside: 'waits',
  passwords: 'passwords',
} as const satisfies Record<Part, keyof Round>;

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

/**
 * Measures what is asked for by `--only` and not known yet, and tells of each part as soon as it is measured.
 * Parts that were left out are absent.
 */
export async function goRound(stand: Stand, round: number, record: RoundRecord): Promise<Partial<Round>> {
  const { options, server, temporal, counting, sources, say } = stand;
  const on = async (
    part: Part,
    auth: 'oauth2' | 'manual',
    go: (bench: BenchSchool) => Promise<Partial<Round>>,
  ): Promise<void> => {
    if (!options.only.includes(part)) return;
    if (record.known(round)[resultOf[part]] !== undefined) return say(`${part}: known`);
    const bench = await makeSchool(server.address, `${part}${round}`, benchSettings(YEAR, auth));
    try {
      await record.note(round, await go(bench));
    } finally {
      await bench.close();
    }
  };
  await on('whole', 'oauth2', async (bench) => {
    const driven = { bench, temporal, counting, year: YEAR, sources, say };
    return { whole: await goWhole({ ...driven, folder: server.folder, serverPid: server.pid }) };
  });
  await on('apart', 'oauth2', async ({ school }) => ({
    apart: await goApart(school, sources.first, counting, say),
  }));
  await on('beside', 'oauth2', async (bench) => {
    say('load beside');
    return { waits: await beside(bench, sources.first, counting) };
  });
  await on('passwords', 'manual', async ({ school }) => {
    say('passwords');
    return { passwords: await goPasswords(school, sources.withPasswords) };
  });
  return record.known(round);
}
