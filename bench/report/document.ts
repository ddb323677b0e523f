/** The tables, for the terminal and for docs/bench.md. */
import { medianOf, isMissed, type Ratio, type Round } from './ratios.js';
import { phaseNames } from '../phases/apart.js';
import type { Machine } from './machine.js';

/** What is kept of one size: ratios, costs, and on what they were measured. */
export interface Measured {
  readonly size: string;
  readonly users: number;
  readonly seed: string;
  readonly machine: Machine;
  readonly ratios: readonly Ratio[];
  readonly phases: readonly PhaseRow[];
  readonly rows: Readonly<Record<string, number>>;
  readonly floorSeconds: number;
  readonly wholeSeconds: number;
  readonly steps: Readonly<Record<string, number>>;
  readonly floors: Readonly<Record<string, number>>;
}

export interface PhaseRow {
  readonly name: string;
  readonly seconds: number;
  readonly least: number;
  readonly most: number;
  readonly cpuSeconds: number;
  readonly statements: number;
  readonly mebibytes: number;
}

export function phaseRows(rounds: readonly Round[]): PhaseRow[] {
  const inProcess = phaseNames.map((name): PhaseRow => {
    const times = rounds.map(({ apart }) => apart.phases[name].seconds);
    const of = (pick: (phase: Round['apart']['phases']['plan']) => number): number =>
      medianOf(rounds, ({ apart }) => pick(apart.phases[name]));
    return {
      name,
      seconds: of(({ seconds }) => seconds),
      least: Math.min(...times),
      most: Math.max(...times),
      cpuSeconds: of(({ cpuSeconds }) => cpuSeconds),
      statements: of(({ statements }) => statements),
      mebibytes: of(({ bytesIn, bytesOut }) => (bytesIn + bytesOut) / 2 ** 20),
    };
  });
  const runs = {
    create: 'whole run',
    reexported: 'no change, exported again',
    sameFile: 'no change, same file',
    delta: "next year's whole run",
  } as const;
  const real = (Object.keys(runs) as (keyof typeof runs)[]).map((key): PhaseRow => {
    const times = rounds.map(({ whole }) => whole[key].seconds);
    const of = (pick: (cost: Round['whole']['create'] | Round['whole']['delta']) => number): number =>
      medianOf(rounds, ({ whole }) => pick(whole[key] as Round['whole']['create']));
    return {
      name: runs[key],
      seconds: of(({ seconds }) => seconds),
      least: Math.min(...times),
      most: Math.max(...times),
      cpuSeconds: of(({ workerCpuSeconds }) => workerCpuSeconds),
      statements: of(({ statements }) => statements),
      mebibytes: of(({ bytesIn, bytesOut }) => (bytesIn + bytesOut) / 2 ** 20),
    };
  });
  return [...inProcess, ...real];
}

function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 100) return Math.round(value).toLocaleString('en-NZ');
  return value.toFixed(value >= 10 ? 1 : 2);
}

function verdict(ratio: Ratio): string {
  if (ratio.target === null) return '';
  return isMissed(ratio) ? '**missed**' : 'ok';
}

export function ratioTable(ratios: readonly Ratio[]): string {
  const lines = ratios.map((ratio) => {
    const { name, what, unit, spread, target } = ratio;
    const cell = (value: number): string => `${number(value)}${unit === '' ? '' : ` ${unit}`}`;
    const between = `${number(spread.least)}–${number(spread.most)}`;
    return `| \`${name}\` | ${what} | ${cell(spread.median)} | ${between} | ${target === null ? '' : cell(target)} | ${verdict(ratio)} |`;
  });
  return [
    '| | what | median | spread | at most | |',
    '| --- | --- | ---: | ---: | ---: | --- |',
    ...lines,
  ].join('\n');
}

export function phaseTable(phases: readonly PhaseRow[]): string {
  const lines = phases.map(
    ({ name, seconds, least, most, cpuSeconds, statements, mebibytes }) =>
      `| ${name} | ${number(seconds)} | ${number(least)}–${number(most)} | ${number(cpuSeconds)} | ${Math.round(statements)} | ${number(mebibytes)} |`,
  );
  return [
    '| phase | wall s | spread | CPU s | statements | MiB |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}

function machineLines({ machine, seed, ratios }: Measured): string {
  const { date, cores, processor, memoryGiB, node, database, durability, moodle, load } = machine;
  const settings = Object.entries(durability).map(([name, value]) => `${name}=${value}`);
  const rounds = ratios[0]?.spread.rounds ?? 0;
  return [
    `Measured ${date} UTC, ${rounds === 1 ? '1 round' : `${rounds} rounds`}, seed \`${seed}\`; ${cores} cores (${processor}), ${memoryGiB} GiB, Node ${node}, ${database}, ${moodle}.`,
    `${settings.join(', ')}. Load of the machine before and after: ${load.map((one) => one.toFixed(1)).join(', ')}.`,
  ].join('\n');
}

function list(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .sort(([, a], [, b]) => b - a)
    .map(([name, value]) => `${name} ${number(value)}`)
    .join(' · ');
}

/** One size as a chapter. */
export function chapter(measured: Measured): string {
  return [
    `## ${measured.size}`,
    machineLines(measured),
    ratioTable(measured.ratios),
    phaseTable(measured.phases),
    `Floors in seconds: ${list(measured.floors)}.`,
    `Steps of the whole run as Temporal saw them, in seconds: ${list(measured.steps)}.`,
    `Rows that applying wrote: ${list(measured.rows)}.`,
  ].join('\n\n');
}

const BAR = 60;

/** Cost per user of the whole run and of its floor, over the size. */
export function plot(all: readonly Measured[]): string {
  const bars = all.flatMap(({ size, users, floorSeconds, wholeSeconds }) => [
    { label: `${size} floor`, value: (floorSeconds * 1000) / users },
    { label: `${size} whole`, value: (wholeSeconds * 1000) / users },
  ]);
  const most = Math.max(...bars.map(({ value }) => value));
  const lines = bars.map(
    ({ label, value }) =>
      `${label.padEnd(16)} ${'█'.repeat(Math.max(1, Math.round((value / most) * BAR)))} ${number(value)} ms per user`,
  );
  return ['```text', ...lines, '```'].join('\n');
}
