/** How somebody or something went through the readings: came, changed, left. */
import { compareCodePoints } from '../../model/code-points.js';

/** What one reading says of a person or class. */
export interface SubjectReading {
  readonly snapshotId: number;
  readonly at: string;
  /** Null: the reading does not have it. */
  readonly record: Readonly<Record<string, unknown>> | null;
  /** Classes of a person, members of a class. */
  readonly others: readonly string[];
}

export interface ReadingChange {
  readonly snapshotId: number;
  readonly at: string;
  readonly what: 'appeared' | 'changed' | 'gone';
  readonly fields: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[];
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

type Fields = SubjectReading['record'];

function changedFields(before: Fields, after: Fields): ReadingChange['fields'] {
  const [old, fresh] = [before ?? {}, after ?? {}];
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
    .sort(compareCodePoints)
    .filter((field) => old[field] !== fresh[field])
    .map((field) => ({ field, before: old[field] ?? null, after: fresh[field] ?? null }));
}

function missing(from: readonly string[], other: readonly string[]): string[] {
  const known = new Set(other);
  return from.filter((one) => !known.has(one)).sort(compareCodePoints);
}

const nowhere = { record: null, others: [] };

/** One entry per reading in which something changed; readings oldest first. */
export function diffReadings(readings: readonly SubjectReading[]): ReadingChange[] {
  return readings.flatMap((now, place) => {
    const before = readings[place - 1] ?? nowhere;
    const joined = missing(now.others, before.others);
    const left = missing(before.others, now.others);
    const fields =
      now.record === null || before.record === null ? [] : changedFields(before.record, now.record);
    const came = before.record === null && now.record !== null;
    const went = before.record !== null && now.record === null;
    if (!came && !went && fields.length + joined.length + left.length === 0) return [];
    const what = came ? 'appeared' : went ? 'gone' : 'changed';
    return [{ snapshotId: now.snapshotId, at: now.at, what, fields, joined, left }];
  });
}
