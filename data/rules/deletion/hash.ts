/** A list's fingerprint: what a person approves, and what is compared before the first call. Pure. */
import { createHash } from 'node:crypto';
import type { DeletionItem } from '../../model/deletion.js';

function lineOf({ hanging, ...item }: DeletionItem): string {
  const { grades, submissions, posts, files, enrolments, lastAccess } = hanging;
  const {
    seq,
    kind,
    externalId,
    secondId,
    moodleId,
    naturalKey,
    timecreated,
    enrolid,
    userId,
    courseId,
    since,
  } = item;
  const keys = [
    seq,
    kind,
    externalId,
    secondId,
    moodleId,
    naturalKey,
    timecreated,
    enrolid,
    userId,
    courseId,
    since,
  ];
  return JSON.stringify([...keys, grades, submissions, posts, files, enrolments, lastAccess]);
}

/** SHA-256, lower-case hex, over one line per item. */
export function deletionHash(items: readonly DeletionItem[]): string {
  const hash = createHash('sha256');
  for (const item of items) hash.update(`${lineOf(item)}\n`, 'utf8');
  return hash.digest('hex');
}
