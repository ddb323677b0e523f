/** What an undo's plan is put together from. Pure. */
import type { NoticeCode } from '../../model/notice-codes.js';
import type { Change, Notice } from '../../model/plan.js';
import type { ChangeRef } from '../../model/undo.js';
import { notice } from '../plan/notices.js';
import type { Done, UndoInput, UndoUser, UndoCourse, UndoEnrolment } from './undo-input.js';

type WithoutSeq<T> = T extends Change ? Omit<T, 'seq'> : never;
/** A change before it has its place. */
export type UndoDraft = WithoutSeq<Change>;

type Without<T, K> = T extends unknown ? Omit<T, Extract<K, keyof T>> : never;

/** A change without its place, or without what it was made with then. */
export function without<T extends object, K extends 'seq' | 'categoryId'>(
  change: T,
  ...names: K[]
): Without<T, K> {
  const left = Object.entries(change).filter(([name]) => !names.some((one) => one === name));
  return Object.fromEntries(left) as Without<T, K>;
}

/** A draft with the changes that it takes back. */
export interface Drafted {
  readonly draft: UndoDraft;
  readonly of: readonly ChangeRef[];
}

/** What was found out so far, last change of the run first; Moodle's rows as they would be by then. */
export interface Undoing {
  readonly input: UndoInput;
  readonly users: Map<number, UndoUser>;
  readonly courses: Map<number, UndoCourse>;
  readonly enrolments: Map<number, UndoEnrolment>;
  /** Rows that would be gone, `${kind} ${id}`. */
  readonly gone: Set<string>;
  /** Paths of categories that would be made again. */
  readonly paths: Set<string>;
  readonly drafted: Set<Drafted>;
  /** The same by the row that is changed. */
  readonly byRow: Map<string, Drafted[]>;
  readonly notices: Notice[];
  /** `${kind} ${id}` of what we suspended or hid. */
  readonly withdrawn: ReadonlySet<string>;
  /** External IDs of persons whose accounts are ours. */
  readonly persons: ReadonlySet<string>;
}

export function beginUndoing(input: UndoInput): Undoing {
  const { users, courses, enrolments } = input.state;
  return {
    input,
    users: new Map(users),
    courses: new Map(courses),
    enrolments: new Map(enrolments),
    gone: new Set(),
    paths: new Set(),
    drafted: new Set(),
    byRow: new Map(),
    notices: [],
    withdrawn: new Set(input.withdrawn.map(({ kind, moodleId }) => rowKey(kind, moodleId))),
    persons: new Set([...input.ours.users.values()].map((user) => user.externalId)),
  };
}

export function rowKey(kind: Change['kind'], id: number): string {
  return `${kind} ${id}`;
}

function add(undoing: Undoing, one: Drafted): void {
  undoing.drafted.add(one);
  if (!('moodleId' in one.draft)) return;
  const key = rowKey(one.draft.kind, one.draft.moodleId);
  undoing.byRow.set(key, [...(undoing.byRow.get(key) ?? []), one]);
}

/** Plans something that takes a change back. */
export function plan(undoing: Undoing, done: Done, draft: UndoDraft): void {
  add(undoing, { draft, of: [{ planId: done.planId, seq: done.seq }] });
}

/**
 * Plans that a row goes. What was planned for the row before is needless: it goes as it is now, and takes those
 * changes back with it.
 */
export function planRemoval(
  undoing: Undoing,
  done: Done,
  draft: UndoDraft & { readonly moodleId: number },
): void {
  const key = rowKey(draft.kind, draft.moodleId);
  const before = undoing.byRow.get(key) ?? [];
  for (const one of before) undoing.drafted.delete(one);
  undoing.byRow.delete(key);
  const of = [...before.flatMap((one) => one.of), { planId: done.planId, seq: done.seq }];
  add(undoing, { draft, of });
  undoing.gone.add(key);
}

/** Says why something is not taken back, or not whole. */
export function note({ notices }: Undoing, { change, moodleId }: Done, code: NoticeCode): void {
  switch (change.kind) {
    case 'category':
      notices.push(notice(code, 'category', change.path, [moodleId]));
      return;
    case 'enrolment':
      notices.push(notice(code, 'enrolment', change.group, [moodleId], { person: change.person }));
      return;
    default:
      notices.push(notice(code, change.kind, change.externalId, [moodleId]));
  }
}

/** Why a row that is in use, or was changed, is not simply deleted. */
export const useNotices = {
  used: 'undo-used',
  changed: 'undo-changed',
  unproved: 'undo-unproved',
} as const satisfies Record<string, NoticeCode>;

/** Whether a row is suspended or hidden by our doing. */
export function isWithdrawn(
  { withdrawn }: Undoing,
  kind: 'user' | 'course' | 'enrolment',
  id: number,
): boolean {
  return withdrawn.has(rowKey(kind, id));
}
