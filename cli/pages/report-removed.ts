/** What a run has suspended, hidden and deleted, in words with names. */
import { deletionItemPages, selectRunDeletions } from '../../data/journal/deletions.js';
import type { Journal } from '../../data/journal/journal.js';
import type { StoredChange } from '../../data/journal/plans.js';
import { deletionReasons, type DeletionResult, type DeletionState } from '../../data/model/deletion.js';
import type { Item } from '../../pages/content.js';
import type { Names } from './names.js';

const causes = {
  gone: 'no longer in KnowledgeNET',
  disabled: 'disabled in KnowledgeNET',
  merged: 'merged into another account of the same person',
  undone: 'the run that made it was taken back',
} as const;

/** An item for what was suspended or hidden; null: the change does something else, or was not made. */
export function withdrawnItem({ change, state, moodleId }: StoredChange, names: Names): Item | null {
  if (state !== 'applied' || (change.operation !== 'suspend' && change.operation !== 'hide')) return null;
  const detail = `${causes[change.cause]}; Moodle id ${moodleId ?? change.moodleId}`;
  if (change.kind === 'course') {
    const { externalId: id } = change;
    return { name: names.class(id).name, id, what: 'course hidden', detail };
  }
  if (change.kind === 'user') {
    const { externalId: id } = change;
    return { name: names.person(id).name, id, what: 'account suspended', detail };
  }
  const { person, group } = change;
  return { name: names.person(person).name, id: person, what: `enrolment in ${group} suspended`, detail };
}

const states: Readonly<Record<DeletionState, string>> = {
  pending: 'not deleted yet',
  'in-flight': 'Moodle was asked and has not been seen to have done it',
  deleted: 'deleted in Moodle',
  gone: 'was gone already',
  kept: 'kept',
  failed: 'Moodle refused',
};

function isReason(code: string): code is keyof typeof deletionReasons {
  return Object.hasOwn(deletionReasons, code);
}

function deletedItem(one: DeletionResult, names: Names): Item {
  const { kind, externalId, secondId, state, errorcode, moodleId } = one;
  const why = errorcode === null ? '' : isReason(errorcode) ? deletionReasons[errorcode] : errorcode;
  const detail = [`Moodle id ${moodleId}`, why].filter((part) => part !== '').join('; ');
  if (kind === 'course')
    return { name: names.class(externalId).name, id: externalId, what: `course: ${states[state]}`, detail };
  const id = kind === 'user' ? externalId : secondId;
  const noun = kind === 'user' ? 'account' : `enrolment in ${externalId}`;
  return { name: names.person(id).name, id, what: `${noun}: ${states[state]}`, detail };
}

export interface Deleted {
  readonly items: readonly Item[];
  readonly total: number;
  /** By state. */
  readonly counts: Readonly<Partial<Record<DeletionState, number>>>;
}

/** What became of everything that the run's gate of deletion listed. */
export async function gatherDeleted(
  journal: Journal,
  runId: number,
  names: Names | null,
  limit: number,
): Promise<Deleted> {
  const items: Item[] = [];
  const counts: Partial<Record<DeletionState, number>> = {};
  let total = 0;
  for (const { id } of await selectRunDeletions(journal, runId))
    for await (const page of deletionItemPages(journal, id))
      for (const one of page) {
        total += 1;
        counts[one.state] = (counts[one.state] ?? 0) + 1;
        if (names !== null && items.length < limit) items.push(deletedItem(one, names));
      }
  return { items, total, counts };
}
