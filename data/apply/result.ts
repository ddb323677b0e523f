/** How a change ends: applied, with the id of its row, or in conflict for a reason. */
import type { ChangeResult } from '../journal/plans.js';
import type { NoticeCode } from '../model/notice-codes.js';

export function toResult(seq: number, reason: NoticeCode | null, moodleId?: number): ChangeResult {
  if (reason !== null) return { seq, state: 'conflict', reason };
  return { seq, state: 'applied', ...(moodleId === undefined ? {} : { moodleId }) };
}
