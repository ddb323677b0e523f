/** `npm run bench -- [--size school|district] [--rounds 3] [--seed TEXT] [--json] [--only PART,…] [--record FILE]` */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { openPool } from '../data/database/connect.js';
import { startTemporal } from '../embedded/temporal.js';
import { partNames, readOptions, usage, type BenchOptions } from './options.js';
import { chapter, phaseRows, type Measured } from './report/document.js';
import { keep } from './report/keep.js';
import { describeMachine, type Machine } from './report/machine.js';
import { computeRatios, medianOf, oneLine, type Round } from './report/ratios.js';
import { openRecord, type RoundRecord } from './report/record.js';
import { goRound, writeSources } from './round.js';
import { startServer } from './stand/server.js';
import { makeMoodle } from './stand/moodle.js';

const began = Date.now();
const say = (text: string): void => {
  process.stderr.write(`${((Date.now() - began) / 1000).toFixed(0).padStart(5)} s  ${text}\n`);
};

interface Outcome {
  readonly rounds: readonly Partial<Round>[];
  readonly machine: Machine;
}

async function goRounds(options: BenchOptions, record: RoundRecord): Promise<Outcome> {
  const loadBefore = loadavg()[0] ?? 0;
  say('starting MariaDB and Temporal');
  const server = await startServer(options.size.name);
  const temporal = await startTemporal(join(server.folder, 'temporal'), { ui: false });
  const connection = await Connection.connect({ address: temporal.address });
  const counting = openPool(server.address, { max: 1 });
  try {
    const client = new Client({ connection });
    say(`writing a ${options.size.name}, two years`);
    const sources = await writeSources(options, join(server.folder, 'sources'));
    const rounds: Partial<Round>[] = [];
    for (let round = 1; round <= options.rounds; round++) {
      const tell = (text: string): void => say(`round ${round} of ${options.rounds}: ${text}`);
      const stand = { options, server, counting, sources, say: tell };
      const done = await goRound(
        { ...stand, temporal: { address: temporal.address, client } },
        round,
        record,
      );
      rounds.push(done);
      if (isWhole(done)) tell(oneLine(computeRatios([done], options.size.name === 'district')));
    }
    const { kind } = await makeMoodle(server.address, 'moodle_kind');
    return { rounds, machine: await describeMachine(counting, kind, loadBefore) };
  } finally {
    await counting.destroy();
    await connection.close();
    await temporal.stop();
    await server.close();
  }
}

function isWhole(round: Partial<Round>): round is Round {
  return (
    round.whole !== undefined &&
    round.apart !== undefined &&
    round.waits !== undefined &&
    round.passwords !== undefined
  );
}

function summarize(options: BenchOptions, rounds: readonly Round[], machine: Machine): Measured {
  const floor = (pick: keyof Round['apart']['floors']): number =>
    medianOf(rounds, ({ apart }) => apart.floors[pick].seconds);
  const [first] = rounds;
  return {
    ...{ size: options.size.name, users: options.size.users, seed: options.seed, machine },
    ratios: computeRatios(rounds, options.size.name === 'district'),
    phases: phaseRows(rounds),
    rows: first?.apart.rows ?? {},
    floorSeconds: floor('all'),
    wholeSeconds: medianOf(rounds, ({ whole }) => whole.create.seconds),
    steps: Object.fromEntries(
      Object.keys(first?.whole.create.activities ?? {}).map((name) => [
        name,
        medianOf(rounds, ({ whole }) => whole.create.activities[name] ?? 0),
      ]),
    ),
    floors: {
      ...{ all: floor('all'), users: floor('users'), courses: floor('courses') },
      enrolments: floor('enrolments'),
      reads: medianOf(rounds, ({ whole }) => whole.readFloorSeconds),
      delta: medianOf(rounds, ({ whole }) => whole.delta.floor.seconds),
    },
  };
}

async function measure(options: BenchOptions, record: RoundRecord): Promise<void> {
  const { rounds, machine } = await goRounds(options, record);
  const whole = rounds.filter(isWhole);
  if (options.only.length < partNames.length) {
    process.stdout.write(`${JSON.stringify(rounds, null, 2)}\n`);
    return;
  }
  const measured = summarize(options, whole, machine);
  const growthPerRow = options.size.name === 'tiny' ? null : await keep(measured);
  const ratios = Object.fromEntries(measured.ratios.map(({ name, spread }) => [name, spread.median]));
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ...ratios, growthPerRow, measured, rounds: whole }, null, 2)}\n`
      : `${chapter(measured)}\n`,
  );
}

/** Null when there is nothing to measure: help was asked for, or what was asked for was refused. */
async function understand(args: readonly string[]): Promise<[BenchOptions, RoundRecord] | null> {
  try {
    const options = readOptions(args);
    if (options !== null) return [options, await openRecord(options.record, options)];
    process.stdout.write(`${usage}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
  return null;
}

const asked = await understand(process.argv.slice(2));
if (asked !== null) await measure(...asked);
