/** Why something stays that an undo would have removed. */
import type { NoticeCode } from '../../model/notice-codes.js';
import type { Use } from '../../rules/undo/undo-input.js';

/** Why a row must stay that was unused when the undo was planned. */
export function reasonToKeep(use: Use, enrolments: readonly number[]): NoticeCode | null {
  if (use === 'unused') return enrolments.length === 0 ? null : 'undo-used';
  return use === 'changed' ? 'undo-changed' : 'undo-used';
}
