/** Taking back categories that a run made. Pure. */
import type { CategoryCreate, Change } from '../../model/plan.js';
import { note, plan, planRemoval, rowKey, without, type Undoing } from './draft.js';
import type { Done } from './undo-input.js';

type CategoryChange = Extract<Change, { kind: 'category' }>;

function undoCreate(undoing: Undoing, done: Done, { path }: CategoryCreate): void {
  const category = undoing.input.state.categories.get(done.moodleId);
  if (category === undefined) return;
  const empty =
    category.children.every((id) => undoing.gone.has(rowKey('category', id))) &&
    category.courses.every((id) => undoing.gone.has(rowKey('course', id)));
  if (!empty || category.use !== 'unused') return note(undoing, done, 'category-in-use');
  planRemoval(undoing, done, { kind: 'category', operation: 'remove', path, moodleId: category.id });
}

/** A category that an undo removed is made again, under its parent if that is there. */
function redo(undoing: Undoing, done: Done): void {
  const origin = done.tookBack
    .map((one) => one.change)
    .find((one): one is CategoryCreate => one.kind === 'category' && one.operation === 'create');
  if (origin === undefined) return;
  const draft = without(origin, 'seq');
  undoing.paths.add(draft.path);
  plan(undoing, done, draft);
}

export function undoCategory(undoing: Undoing, done: Done, change: CategoryChange): void {
  if (change.operation === 'remove') redo(undoing, done);
  else undoCreate(undoing, done, change);
}
