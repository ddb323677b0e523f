/** Categories: found by name under their parent, made where they are missing, never moved. */
import type { CategoryCreate } from '../../model/plan.js';
import { KEY_SEPARATOR } from '../../model/snapshot.js';
import type { CollationFold, MoodleCategory } from '../../moodle/state.js';
import { sortedBy } from './order.js';

/** One level of a path. */
export interface CategoryPlace {
  /** Names from the top, joined by KEY_SEPARATOR; existing levels under the names that they have in Moodle. */
  readonly path: string;
  /** Absent: to be made. */
  readonly id?: number;
  /** Absent: top level. */
  readonly parent?: CategoryPlace;
}

/** Several categories have this name under one parent. */
export interface AmbiguousCategory {
  readonly ambiguous: string;
  readonly ids: readonly number[];
}

type Found = CategoryPlace | AmbiguousCategory | undefined;

export class Categories {
  readonly #byParent = new Map<number, Map<string, MoodleCategory[]>>();
  readonly #planned = new Map<string, CategoryPlace>();
  readonly #fold: CollationFold;

  constructor(categories: readonly MoodleCategory[], fold: CollationFold) {
    this.#fold = fold;
    for (const category of categories) {
      const siblings = this.#byParent.get(category.parent) ?? new Map<string, MoodleCategory[]>();
      this.#byParent.set(category.parent, siblings);
      const name = fold(category.name);
      siblings.set(name, [...(siblings.get(name) ?? []), category]);
    }
  }

  /** The category of this name under an existing parent: the one so called, or the only one that Moodle calls equal. */
  #find(parent: CategoryPlace | undefined, name: string): Found {
    const equal = this.#byParent.get(parent?.id ?? 0)?.get(this.#fold(name)) ?? [];
    const exact = equal.filter((category) => category.name === name);
    const candidates = exact.length > 0 ? exact : equal;
    const [category] = candidates;
    if (category === undefined) return undefined;
    const path = join(parent, category.name);
    if (candidates.length > 1) return { ambiguous: path, ids: candidates.map((one) => one.id) };
    return { path, id: category.id, ...(parent === undefined ? {} : { parent }) };
  }

  /** A level that is to be made; names that Moodle calls equal are one level, called as the first that asks. */
  #plan(parent: CategoryPlace | undefined, name: string): CategoryPlace {
    const key = join(parent, this.#fold(name));
    const known = this.#planned.get(key);
    if (known !== undefined) return known;
    const place: CategoryPlace = { path: join(parent, name), ...(parent === undefined ? {} : { parent }) };
    this.#planned.set(key, place);
    return place;
  }

  /** The place that these names lead to; at least one name. */
  place(names: readonly string[]): CategoryPlace | AmbiguousCategory {
    let place: CategoryPlace | undefined;
    for (const name of names) {
      const exists = place === undefined || place.id !== undefined;
      const found: Found = exists ? this.#find(place, name) : undefined;
      if (found !== undefined && 'ambiguous' in found) return found;
      place = found ?? this.#plan(place, name);
    }
    return place!;
  }
}

function join(parent: CategoryPlace | undefined, name: string): string {
  return parent === undefined ? name : parent.path + KEY_SEPARATOR + name;
}

/** The changes that make the missing levels of these places, parents first. */
export function categoryCreations(places: Iterable<CategoryPlace>): Omit<CategoryCreate, 'seq'>[] {
  const missing = new Set<CategoryPlace>();
  for (const place of places)
    for (let level: CategoryPlace | undefined = place; level !== undefined; level = level.parent)
      if (level.id === undefined) missing.add(level);
  // A parent's path is a prefix of its children's, so the order of paths puts it first.
  return sortedBy(missing, ({ path }) => [path]).map(({ path, parent }) => {
    const parentId = parent === undefined ? 0 : parent.id;
    return {
      kind: 'category',
      operation: 'create',
      path,
      ...(parentId === undefined ? {} : { parentId }),
    };
  });
}
