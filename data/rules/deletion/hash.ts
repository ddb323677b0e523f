/** A list's fingerprint: what a person approves, and what is compared before the first call. Pure. */
import { createHash } from 'node:crypto';
import type { DeletionItem } from '../../model/deletion.js';

function lineOf({ hanging, ...item }: DeletionItem): string {
  const { grades, submissions, posts, files, enrolments, lastAccess } = hanging;
  const keys = [
    item.seq,
    item.kind,
    item.externalId,
    item.secondId,
    item.moodleId,
    item.naturalKey,
    item.timecreated,
    item.enrolid,
    item.userId,
    item.courseId,
    item.since,
  ];
  return JSON.stringify([...keys, grades, submissions, posts, files, enrolments, lastAccess]);
}

/** SHA-256, lower-case hex, over one line per item. */
export function deletionHash(items: readonly DeletionItem[]): string {
  const hash = createHash('sha256');
  for (const item of items) hash.update(`${lineOf(item)}\n`, 'utf8');
  return hash.digest('hex');
}
