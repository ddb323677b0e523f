/** Results are kept per size beside the documentation, so that sizes measured at different times stand in one page. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder } from '../stand/moodle.js';
import { chapter, plot, type Measured } from './document.js';
import { growthOf } from './ratios.js';

const order = ['school', 'district'];
const place = (name: string): string => join(projectFolder, 'docs', name);
const learntMark = '<!-- written by hand from here -->';

async function readKept(): Promise<Record<string, Measured>> {
  const file = place('bench.json');
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Record<string, Measured>) : {};
}

/** What stands below the generated part stays. */
async function readLearnt(): Promise<string> {
  const file = place('bench.md');
  if (!existsSync(file)) return '';
  const text = await readFile(file, 'utf8');
  const at = text.indexOf(learntMark);
  return at === -1 ? '' : text.slice(at + learntMark.length).trim();
}

function wholeOf(measured: Measured | undefined): number | null {
  return measured?.ratios.find(({ name }) => name === 'wholeOverFloor')?.spread.median ?? null;
}

function growthLine(kept: Readonly<Record<string, Measured>>): string {
  const growth = growthOf(wholeOf(kept['school']), wholeOf(kept['district']));
  if (growth === null) return '`growthPerRow`: not measured yet, it needs both sizes.';
  return `\`growthPerRow\`: ${growth.toFixed(2)} × (at most 1.2 ×: ${growth <= 1.2 ? 'ok' : '**missed**'}).`;
}

/** Writes docs/bench.json and the generated part of docs/bench.md; returns `growthPerRow` if it is known. */
export async function keep(measured: Measured): Promise<number | null> {
  const kept = { ...(await readKept()), [measured.size]: measured };
  const all = order.flatMap((size) => kept[size] ?? []);
  await writeFile(place('bench.json'), `${JSON.stringify(kept, null, 2)}\n`);
  const text = [
    '# How fast it is',
    [
      'Written by `npm run bench`: how it is measured stands in [bench/README.md](../bench/README.md). The floor is the very',
      'rows that applying wrote, inserted again by plain multi-row INSERTs into empty copies of the tables, in the same run on',
      'the same server. Ratios count; seconds are of one machine.',
    ].join('\n'),
    ...all.map(chapter),
    '## Cost over size',
    growthLine(kept),
    plot(all),
    learntMark,
    await readLearnt(),
  ];
  await writeFile(place('bench.md'), `${text.join('\n\n').trim()}\n`);
  return growthOf(wholeOf(kept['school']), wholeOf(kept['district']));
}
