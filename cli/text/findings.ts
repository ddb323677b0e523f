/** Findings as text: causes first, then examples of each. Pure. */
import type { FindingCount } from '../../data/journal/findings.js';
import { findingCodes, type Finding, type Severity } from '../../data/model/finding.js';
import { count, countOf } from './format.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';
import { severityWords } from './words.js';

/** Findings of one cause. */
export interface FindingGroup {
  readonly code: Finding['code'];
  readonly severity: Severity;
  readonly what: string;
  readonly mend: string;
  readonly count: number;
  readonly examples: readonly Finding[];
}

/** Groups by cause and severity, most frequent first; at most `examples` of each are kept. */
export function groupFindings(findings: readonly Finding[], examples: number): FindingGroup[] {
  const groups = new Map<string, FindingGroup & { count: number; examples: Finding[] }>();
  for (const finding of findings) {
    const key = `${finding.code} ${finding.severity}`;
    let group = groups.get(key);
    if (group === undefined) {
      const { code, severity, mend } = finding;
      group = { code, severity, what: findingCodes[code], mend, count: 0, examples: [] };
      groups.set(key, group);
    }
    group.count += 1;
    if (group.examples.length < examples) group.examples.push(finding);
  }
  return [...groups.values()].sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

function emphasised(severity: Severity, style: Style): string {
  const words = severityWords[severity];
  if (severity === 'stops-run') return style.bad(words);
  return severity === 'notice' ? style.dim(words) : style.careful(words);
}

function renderExamples(group: FindingGroup): string {
  const rows = group.examples.map((finding) => [
    `    ${finding.sheet ?? ''}`,
    finding.row ?? null,
    finding.column ?? '',
    finding.value ?? '',
    finding.subject ?? '',
  ]);
  const columns = [
    { title: '    sheet' },
    { title: 'row', right: true },
    { title: 'column' },
    { title: 'value', limit: 50 },
    { title: 'External ID', limit: 30 },
  ];
  return renderTable(columns, rows);
}

/** One cause with its examples. */
export function renderGroup(group: FindingGroup, style: Style): string {
  const rest = group.count - group.examples.length;
  return [
    `${style.bold(`${count(group.count)} × ${group.code}`)}  ${emphasised(group.severity, style)}`,
    `  ${group.what}`,
    `  To mend it: ${group.mend}`,
    renderExamples(group),
    ...(rest > 0 ? [`    … and ${count(rest)} more (--code ${group.code} shows all)`] : []),
  ].join('\n');
}

/** How many of each cause, most frequent first. */
export function renderFindingCounts(counts: readonly FindingCount[], style: Style): string {
  const total = counts.reduce((sum, one) => sum + one.count, 0);
  if (total === 0) return 'No findings: every record is as it should be.';
  const rows = counts.map((one) => [
    one.count,
    one.code,
    { raw: emphasised(one.severity, style) },
    findingCodes[one.code],
  ]);
  const columns = [
    { title: '', right: true },
    { title: '' },
    { title: '', right: false },
    { title: '', limit: 100 },
  ];
  return [`${countOf(total, 'finding')}, most frequent cause first:`, renderTable(columns, rows)].join('\n');
}
