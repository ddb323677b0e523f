/** Findings in the order in which a person wants to mend them. */
import type { Finding, FindingCode, Severity } from '../../model/finding.js';

const severityRank: Readonly<Record<Severity, number>> = {
  'stops-run': 0,
  'drops-record': 1,
  'drops-value': 2,
  notice: 3,
};

const sheetRank = ['students', 'teachers', 'groups', 'grouptypes'];

function rankOfSheet(sheet: string | undefined): number {
  if (sheet === undefined) return -1;
  const rank = sheetRank.indexOf(sheet.toLowerCase().replace(/[^a-z]/g, ''));
  return rank === -1 ? sheetRank.length : rank;
}

function compareText(a: string | undefined, b: string | undefined): number {
  const left = a ?? '';
  const right = b ?? '';
  return left < right ? -1 : left > right ? 1 : 0;
}

function comparePlaces(a: Finding, b: Finding): number {
  return (
    severityRank[a.severity] - severityRank[b.severity] ||
    rankOfSheet(a.sheet) - rankOfSheet(b.sheet) ||
    compareText(a.sheet, b.sheet) ||
    (a.row ?? 0) - (b.row ?? 0) ||
    compareText(a.column, b.column) ||
    compareText(a.value, b.value) ||
    compareText(a.subject, b.subject)
  );
}

/** One cause with everything it costs. */
export interface FindingGroup {
  readonly code: FindingCode;
  /** The worst among them. */
  readonly severity: Severity;
  readonly findings: readonly Finding[];
}

/**
 * Findings by cause: the most frequent first, then the most severe, then by name; within a cause the most severe, then
 * by place. The order of the input does not matter.
 */
export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const byCode = new Map<FindingCode, Finding[]>();
  for (const finding of findings) {
    const group = byCode.get(finding.code);
    if (group === undefined) byCode.set(finding.code, [finding]);
    else group.push(finding);
  }
  return [...byCode]
    .map(([code, group]) => {
      group.sort(comparePlaces);
      return { code, severity: group[0]!.severity, findings: group };
    })
    .sort(
      (a, b) =>
        b.findings.length - a.findings.length ||
        severityRank[a.severity] - severityRank[b.severity] ||
        compareText(a.code, b.code),
    );
}

/** The findings in the order of `groupFindings`. */
export function orderFindings(findings: readonly Finding[]): Finding[] {
  return groupFindings(findings).flatMap((group) => group.findings);
}

/** Those that stop the run. */
export function blocking(findings: readonly Finding[]): Finding[] {
  return findings.filter((finding) => finding.severity === 'stops-run');
}
