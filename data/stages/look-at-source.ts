/** Pre-flight of the source: can KnowledgeNET's database be read, and does it hold what the last reading held? */
import { selectLatestSnapshotId, selectSnapshotHeader } from '../journal/snapshots.js';
import { lookAtViews, type ViewsPreflight } from '../knowledgenet/database/preflight.js';
import type { School } from '../schools.js';

/** Less than this share of the last reading is worth a word before it is read. */
const FEWER = 0.9;

export interface RowsNow {
  readonly kind: 'persons' | 'classes' | 'group types' | 'memberships';
  readonly now: number;
  /** Records of the last reading, from whatever source; null: nothing was read yet. */
  readonly before: number | null;
  /** Markedly fewer than before. */
  readonly fewer: boolean;
}

export interface SourcePreflight {
  /** What is wrong with views, columns and rights; empty when everything can be read. */
  readonly problems: readonly string[];
  readonly failure: ViewsPreflight['failure'];
  readonly rows: readonly RowsNow[];
}

async function lastCounts({ journal }: School): Promise<Readonly<Record<string, number>> | null> {
  const id = await selectLatestSnapshotId(journal);
  return id === null ? null : (await selectSnapshotHeader(journal, id)).counts;
}

function compare(kind: RowsNow['kind'], now: number, before: number | null): RowsNow {
  return { kind, now, before, fewer: before !== null && now < before * FEWER };
}

/** Null for a school whose source is no database. Looks without judging. */
export async function lookAtSource(school: School): Promise<SourcePreflight | null> {
  const { database } = school.knowledgenet;
  if (database === undefined) return null;
  const { problems, failure, counts } = await lookAtViews(database);
  if (counts === null) return { problems, failure, rows: [] };
  const last = await lastCounts(school);
  const before = (kind: string): number | null => (last === null ? null : (last[kind] ?? 0));
  return {
    problems,
    failure,
    rows: [
      compare('persons', counts.persons, before('person')),
      compare('classes', counts.views.kn_groups, before('group')),
      compare('group types', counts.views.kn_group_types, before('groupType')),
      compare('memberships', counts.views.kn_memberships, before('membership')),
    ],
  };
}
