/** What is not done, by cause: one line for thousands of enrolments that wait for the same thing. */
import { noticeCodes, type NoticeCode } from '../../model/notice-codes.js';
import { changeKinds, type Notice, type NoticeLevel } from '../../model/plan.js';
import type { ChangeKind } from '../../model/plan.js';
import { sortedBy } from './order.js';

export interface Cause {
  readonly code: NoticeCode;
  readonly level: NoticeLevel;
  readonly kind: ChangeKind;
  /** What it means, one sentence. */
  readonly meaning: string;
  /** Persons, classes, categories or enrolments concerned. */
  readonly notices: number;
  /** Enrolments that wait for them. */
  readonly enrolments: number;
}

/** Groups notices by cause; the one that costs most comes first. */
export function groupCauses(notices: Iterable<Notice>): Cause[] {
  const causes = new Map<string, Cause>();
  for (const { code, level, kind, enrolments = 0 } of notices) {
    const key = `${code} ${level} ${kind}`;
    const known = causes.get(key) ?? {
      code,
      level,
      kind,
      meaning: noticeCodes[code],
      notices: 0,
      enrolments: 0,
    };
    causes.set(key, { ...known, notices: known.notices + 1, enrolments: known.enrolments + enrolments });
  }
  return sortedBy(causes.values(), ({ code, level, kind, notices: count, enrolments }) => [
    -Math.max(count, enrolments),
    code,
    level,
    changeKinds.indexOf(kind),
  ]);
}
