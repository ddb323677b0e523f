/** Gathers what the page of findings shows. */
import { countFindings } from '../../data/journal/findings.js';
import type { Journal } from '../../data/journal/journal.js';
import { selectSnapshotHeader } from '../../data/journal/snapshots.js';
import { findingCodes, type Finding, type FindingCode } from '../../data/model/finding.js';
import type { Bounded, Cause, ClassRef, Item, PersonRef } from '../../pages/content.js';
import type { Concerned, FindingsContent } from '../../pages/findings.js';
import { countOf } from '../../pages/format.js';
import { severityTones } from '../../pages/words.js';
import type { Session } from '../session.js';
import { groupFindings } from '../text/findings.js';
import { when } from '../text/format.js';
import { decisionAbout } from './decision.js';
import { alteredFact } from './altered.js';
import { pageLimits, type PageLimits } from './limits.js';
import { readNames, type Names } from './names.js';

const classCodes: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'GroupWithoutType',
  'UnknownGroupType',
  'MissingGroupName',
  'ClassWithoutMembers',
  'ClassWithoutTeacher',
  'OriginUnknown',
  'ProvisioningUnreadable',
]);

type About =
  | { readonly kind: 'class'; readonly id: string }
  | { readonly kind: 'teacher' | 'student'; readonly id: string };

/** Whom a finding is about. A record that was left out is known by its sheet only. */
function aboutOf({ code, sheet = '', subject }: Finding, names: Names): About | null {
  if (subject === undefined || subject === '') return null;
  const isClass = classCodes.has(code) || /group|class/i.test(sheet);
  if (isClass || (!names.hasPerson(subject) && names.hasClass(subject)))
    return { kind: 'class', id: subject };
  const teaches =
    names.person(subject).type === 'teacher' || (!names.hasPerson(subject) && /teach|staff/i.test(sheet));
  return { kind: teaches ? 'teacher' : 'student', id: subject };
}

function itemOf(finding: Finding, names: Names): Item {
  const about = aboutOf(finding, names);
  const place = [
    finding.sheet === undefined ? '' : `sheet ${finding.sheet}`,
    finding.row === undefined ? '' : `row ${finding.row}`,
    finding.column === undefined ? '' : `column ${finding.column}`,
  ];
  const named =
    about === null ? '' : about.kind === 'class' ? names.class(about.id).name : names.person(about.id).name;
  return {
    name: named,
    id: finding.subject ?? '',
    what: place.filter((part) => part !== '').join(', ') || 'the whole reading',
    detail: finding.value === undefined ? '' : `value: ${finding.value}`,
  };
}

type Codes = Map<FindingCode, number>;

/** How many of each cause, per person or class of a kind. */
function countByAbout(findings: readonly Finding[], names: Names): Record<About['kind'], Map<string, Codes>> {
  const counted: Record<About['kind'], Map<string, Codes>> = {
    class: new Map(),
    teacher: new Map(),
    student: new Map(),
  };
  for (const finding of findings) {
    const about = aboutOf(finding, names);
    if (about === null) continue;
    const codes = counted[about.kind].get(about.id) ?? new Map<FindingCode, number>();
    counted[about.kind].set(about.id, codes.set(finding.code, (codes.get(finding.code) ?? 0) + 1));
  }
  return counted;
}

function concerned<R>(
  counted: ReadonlyMap<string, Codes>,
  limit: number,
  command: string,
  to: (id: string) => R,
): Bounded<Concerned<R>> {
  const sorted = [...counted].sort(([a], [b]) => (a < b ? -1 : 1));
  const items = sorted.slice(0, limit).map(([id, codes]) => ({
    about: to(id),
    number: [...codes.values()].reduce((sum, value) => sum + value, 0),
    what: [...codes].map(([code, times]) =>
      times === 1 ? findingCodes[code] : `${times} × ${findingCodes[code]}`,
    ),
  }));
  return { items, total: counted.size, command };
}

/** Everything of the journal that the page shows. */
export async function gatherFindings(
  session: Session,
  journal: Journal,
  snapshotId: number,
  findings: readonly Finding[],
  limits: PageLimits = pageLimits,
): Promise<FindingsContent> {
  const header = await selectSnapshotHeader(journal, snapshotId);
  const names = await readNames(journal, snapshotId, false);
  const command = (words: string): string => session.command(`findings ${snapshotId}${words}`);
  const counted = countByAbout(findings, names);
  const csv = `${command(' --csv')} > findings.csv`;
  const person = (id: string): PersonRef => names.person(id);
  const group = (id: string): ClassRef => names.class(id);
  const causes = groupFindings(findings, limits.perCause).map((one): Cause => ({
    code: one.code,
    level: severityTones[one.severity].word,
    tone: severityTones[one.severity].tone,
    what: one.what,
    mend: one.mend,
    items: {
      items: one.examples.map((finding) => itemOf(finding, names)),
      total: one.count,
      command: command(` --code ${one.code}`),
    },
  }));
  return {
    frame: {
      school: session.school.name,
      madeAt: when(new Date().toISOString()),
      facts: [
        { label: 'Snapshot', value: `${snapshotId}, read on ${when(header.sealedAt)}` },
        { label: 'Reading', value: header.reading === 'complete' ? 'a complete export' : 'changes only' },
        { label: 'Findings', value: countOf(findings.length, 'finding') },
        ...alteredFact(header.altered),
      ],
      hashes: [{ label: 'Hash of the snapshot', hash: header.hash }],
      decision: await decisionAbout(
        session,
        journal,
        { kind: 'snapshot', id: snapshotId },
        'Nobody is asked about this reading.',
      ),
      commands: [
        { what: 'All findings, for a spreadsheet:', command: csv },
        { what: 'The same, typed:', command: command('') },
      ],
    },
    snapshotId,
    people: { students: names.students, teachers: names.teachers },
    classes: names.classes,
    counts: await countFindings(journal, snapshotId),
    comparison: header.comparison,
    causes,
    byClass: concerned(counted.class, limits.classes, csv, group),
    byTeacher: concerned(counted.teacher, limits.teachers, csv, person),
    byStudent: concerned(counted.student, limits.students, csv, person),
  };
}
