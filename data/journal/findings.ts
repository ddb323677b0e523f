/** Findings of a snapshot. They hold personal data: for a person's screen only. */
import { bulkInsert } from '../database/bulk.js';
import type { Finding, FindingCode, Severity } from '../model/finding.js';
import { select, type Journal } from './journal.js';

const columns = [
  'snapshot_id',
  'ordinal',
  'code',
  'severity',
  'sheet',
  'row_no',
  'column_name',
  'value',
  'subject',
  'mend',
];

/** At most this many characters of an offending value are kept. */
const VALUE_LIMIT = 200;

/** Stores findings in the order given. */
export async function insertFindings(
  journal: Journal,
  snapshotId: number,
  findings: readonly Finding[],
): Promise<void> {
  const rows = findings.map((finding, index) => [
    snapshotId,
    index + 1,
    finding.code,
    finding.severity,
    finding.sheet ?? null,
    finding.row ?? null,
    finding.column ?? null,
    finding.value?.slice(0, VALUE_LIMIT) ?? null,
    finding.subject?.slice(0, VALUE_LIMIT) ?? null,
    finding.mend,
  ]);
  await bulkInsert(journal.db, 'finding', columns, rows);
}

interface FindingRow {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly sheet: string | null;
  readonly row: number | null;
  readonly column: string | null;
  readonly value: string | null;
  readonly subject: string | null;
  readonly mend: string;
}

function toFinding(row: FindingRow): Finding {
  return {
    code: row.code,
    severity: row.severity,
    mend: row.mend,
    ...(row.sheet === null ? {} : { sheet: row.sheet }),
    ...(row.row === null ? {} : { row: row.row }),
    ...(row.column === null ? {} : { column: row.column }),
    ...(row.value === null ? {} : { value: row.value }),
    ...(row.subject === null ? {} : { subject: row.subject }),
  };
}

/** All findings of a snapshot, most frequent cause first as they were stored. */
export async function selectFindings(journal: Journal, snapshotId: number): Promise<Finding[]> {
  const statement = `SELECT code, severity, sheet, row_no AS \`row\`, column_name AS \`column\`, value, subject, mend
    FROM finding WHERE snapshot_id = ? ORDER BY ordinal`;
  return (await select<FindingRow>(journal.db, statement, [snapshotId])).map(toFinding);
}

export interface FindingCount {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly count: number;
}

/** How often each cause occurs. */
export async function countFindings(journal: Journal, snapshotId: number): Promise<FindingCount[]> {
  const statement = `SELECT code, severity, COUNT(*) AS count FROM finding WHERE snapshot_id = ?
    GROUP BY code, severity ORDER BY count DESC, code`;
  return select<FindingCount>(journal.db, statement, [snapshotId]);
}
