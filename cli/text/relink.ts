/** What a restored Moodle lacks, as text. Pure. */
import type { lookRelink } from '../../workflows/relink.js';
import { count, countOf, printable } from './format.js';
import type { Style } from './style.js';

type Found = Awaited<ReturnType<typeof lookRelink>>;

/** External IDs of the first rows, by kind. */
export type RelinkExamples = Readonly<Record<string, readonly string[]>>;

const kinds = [
  ['user', 'account', 'accounts'],
  ['course', 'course', 'courses'],
  ['enrolment', 'enrolment', 'enrolments'],
  ['category', 'category', 'categories'],
] as const;

function lostLines(found: Found, named: RelinkExamples): string[] {
  return kinds.flatMap(([kind, one, many]) => {
    const gone = found.counts[`gone.${kind}`] ?? 0;
    const other = found.counts[`other.${kind}`] ?? 0;
    if (gone + other === 0) return [];
    const first = (named[kind] ?? []).map(printable).join(', ');
    const rest = gone + other > (named[kind] ?? []).length ? ', …' : '';
    return [
      `  ${countOf(gone + other, one, many)} of ours not there any more` +
        (other > 0 ? `; of ${count(other)} the number belongs to somebody else now` : ''),
      ...(first === '' ? [] : [`    ${first}${rest}`]),
    ];
  });
}

function line(
  number: number | undefined,
  text: (words: string) => string,
  one: string,
  many: string,
): string[] {
  return number === undefined || number === 0 ? [] : [`  ${text(countOf(number, one, many))}`];
}

/** The finding, and what confirming does. */
export function renderRelink(found: Found, named: RelinkExamples, style: Style): string {
  if (found.nothing) return style.good('Everything that is ours is in Moodle. There is nothing to relink.');
  const { counts } = found;
  return [
    style.bold('Moodle and the journal'),
    ...(found.siteChanged
      ? [style.bad('  This is another site than before (site identifier): --accept-site, if that is meant.')]
      : []),
    ...lostLines(found, named),
    ...line(
      counts['moved'],
      (n) => `${n} found again under another number: stay ours`,
      'account',
      'accounts',
    ),
    ...line(
      counts['unarchived'],
      (n) => `${n} under last year's code again: set aside once more when you plan`,
      'course',
      'courses',
    ),
    ...line(counts['stale'], (n) => `${n} with values from before an update: updated again`, 'row', 'rows'),
    ...line(
      counts['idnumberLost'],
      (n) => `${n} lost the idnumber: the next plan proposes to link them`,
      'row',
      'rows',
    ),
    ...line(counts['removed'], (n) => `${n} taken out by hand before: stay out`, 'row', 'rows'),
    `  ${count(counts['intact'] ?? 0)} rows are as we know them.`,
    '',
    'Confirming changes the journal only. The next run makes again what is gone; nobody is made twice.',
    `Hash ${found.hash}`,
  ].join('\n');
}
