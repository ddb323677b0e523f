/** What a person took back is not made again until a person releases it. Pure. */
import type { ChangeDraft, Notice } from '../../model/plan.js';
import { KEY_SEPARATOR } from '../../model/snapshot.js';
import type { Undone } from '../../model/undo.js';
import { notice } from './notices.js';

export interface Unheld {
  /** Those that were given, if none is held. */
  readonly changes: ChangeDraft[];
  readonly notices: readonly Notice[];
}

function keyOf(kind: string, externalId: string, secondId = ''): string {
  return [kind, externalId, secondId].join(KEY_SEPARATOR);
}

function isMarked(marks: ReadonlySet<string>, draft: ChangeDraft): boolean {
  if (draft.kind === 'category') return false;
  if (draft.kind === 'enrolment') return marks.has(keyOf('enrolment', draft.group, draft.person));
  return marks.has(keyOf(draft.kind, draft.externalId));
}

/** Whether somebody or something only becomes ours by this draft. */
function begins(draft: ChangeDraft): boolean {
  return draft.operation === 'create' || draft.operation === 'link';
}

/** Categories that a course which is still made goes into. */
function isNeeded(path: string, courses: readonly ChangeDraft[]): boolean {
  return courses.some(
    (draft) =>
      draft.kind === 'course' &&
      draft.operation === 'create' &&
      (draft.categoryPath === path || draft.categoryPath.startsWith(path + KEY_SEPARATOR)),
  );
}

/** Where held enrolments are counted: with their person or class if that is held, else on their own. */
function countHeld(
  held: readonly ChangeDraft[],
  persons: ReadonlySet<string>,
  classes: ReadonlySet<string>,
): Notice[] {
  const waiting = new Map<string, number>();
  const alone: Notice[] = [];
  for (const draft of held) {
    if (draft.kind !== 'enrolment') continue;
    const key = persons.has(draft.person)
      ? keyOf('user', draft.person)
      : classes.has(draft.group)
        ? keyOf('course', draft.group)
        : null;
    if (key === null) alone.push(notice('undone', 'enrolment', draft.group, [], { person: draft.person }));
    else waiting.set(key, (waiting.get(key) ?? 0) + 1);
  }
  const subjects = new Map<string, Notice>();
  for (const draft of held) {
    if (draft.kind !== 'user' && draft.kind !== 'course') continue;
    const key = keyOf(draft.kind, draft.externalId);
    const enrolments = waiting.get(key);
    const ids = 'moodleId' in draft ? [draft.moodleId] : [];
    subjects.set(
      key,
      notice('undone', draft.kind, draft.externalId, ids, enrolments === undefined ? {} : { enrolments }),
    );
  }
  return [...subjects.values(), ...alone];
}

/** Takes out what was undone and not released, with what cannot be without it, and says so. */
export function holdUndone(drafts: ChangeDraft[], undone: readonly Undone[]): Unheld {
  if (undone.length === 0) return { changes: drafts, notices: [] };
  const marks = new Set(undone.map(({ kind, externalId, secondId }) => keyOf(kind, externalId, secondId)));
  const held = new Set(drafts.filter((draft) => isMarked(marks, draft)));
  const persons = new Set<string>();
  const classes = new Set<string>();
  for (const draft of held)
    if (begins(draft) && draft.kind === 'user') persons.add(draft.externalId);
    else if (begins(draft) && draft.kind === 'course') classes.add(draft.externalId);
  for (const draft of drafts)
    if (draft.kind === 'enrolment' && (persons.has(draft.person) || classes.has(draft.group)))
      held.add(draft);
  const left = drafts.filter((draft) => !held.has(draft));
  return {
    changes: left.filter((draft) => draft.kind !== 'category' || isNeeded(draft.path, left)),
    notices: countHeld([...held], persons, classes),
  };
}
