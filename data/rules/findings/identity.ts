/** External IDs: present, short enough, and one person or class each, as Moodle's collation sees it. */
import type { CollationFold } from '../../moodle/state.js';
import { columns, isTooLong, type Draft } from './draft.js';
import { sharing } from './duplicates.js';
import type { Row } from './rows.js';

interface Identified {
  readonly externalId: string;
}

/** Whether two records say the same; absent and undefined are equal. */
function equalRecords(a: object, b: object): boolean {
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key of Object.keys(left)) if (left[key] !== right[key]) return false;
  for (const key of Object.keys(right)) if (left[key] !== right[key]) return false;
  return true;
}

function settleShared<R extends Identified>(
  rows: readonly Row<R>[],
  shared: readonly number[],
  dropped: Set<number>,
  draft: Draft,
): void {
  const distinct: number[] = [];
  for (const index of shared) {
    const row = rows[index]!;
    const twin = distinct.some((kept) => equalRecords(rows[kept]!.record, row.record));
    if (!twin) {
      distinct.push(index);
      continue;
    }
    dropped.add(index);
    const { externalId } = row.record;
    draft.report('DuplicateIdenticalRow', 'notice', row, {
      column: columns.externalId,
      value: externalId,
      subject: externalId,
    });
  }
  if (distinct.length < 2) return;
  const spellings = new Set(distinct.map((index) => rows[index]!.record.externalId));
  for (const index of distinct) {
    const row = rows[index]!;
    const { externalId } = row.record;
    dropped.add(index);
    draft.report(spellings.size > 1 ? 'ExternalIdCollation' : 'DuplicateExternalId', 'drops-record', row, {
      column: columns.externalId,
      value: externalId,
      subject: externalId,
    });
  }
}

/**
 * Settles the External IDs of persons (students and teachers together: both go to user.idnumber) or of classes.
 * Equal rows collapse into the first; where rows differ none of them is kept, so that their order cannot decide.
 */
export function checkIdentity<R extends Identified>(
  rows: readonly Row<R>[],
  limit: number,
  fold: CollationFold,
  dropped: Set<number>,
  draft: Draft,
): void {
  rows.forEach((row, index) => {
    const { externalId } = row.record;
    if (externalId === '') {
      dropped.add(index);
      draft.report('MissingExternalId', 'drops-record', row, { column: columns.externalId });
    } else if (isTooLong(externalId, limit)) {
      dropped.add(index);
      draft.report('ValueTooLong', 'drops-record', row, {
        column: columns.externalId,
        value: externalId,
        subject: externalId,
      });
    }
  });
  const shared = sharing(rows.keys(), (index) =>
    dropped.has(index) ? undefined : fold(rows[index]!.record.externalId),
  );
  for (const group of shared) settleShared(rows, group, dropped, draft);
}
