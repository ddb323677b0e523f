/** How a change of an undo ends. */
import type { ChangeResult } from '../../journal/plans.js';
import type { NoticeCode } from '../../model/notice-codes.js';
import type { Use } from '../../rules/undo/undo-input.js';

export function toResult(
  { seq, moodleId }: { readonly seq: number; readonly moodleId: number },
  reason: NoticeCode | null,
): ChangeResult {
  return reason === null ? { seq, state: 'applied', moodleId } : { seq, state: 'conflict', reason };
}

/** Why a row must stay that was unused when the undo was planned. */
export function reasonToKeep(use: Use, enrolments: readonly number[]): NoticeCode | null {
  if (use === 'unused') return enrolments.length === 0 ? null : 'undo-used';
  return use === 'changed' ? 'undo-changed' : 'undo-used';
}
