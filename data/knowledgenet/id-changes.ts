/**
 * `New External Id`: which changes of ids hold, for one kind (persons or classes). Pure; the order of rows decides
 * nothing, and what was applied once is recognised and not applied again.
 */

/** A row as far as ids are concerned. */
export interface IdRow {
  readonly id: string;
  /** The id it asks for; absent: none. */
  readonly newId?: string;
  readonly remove?: true;
}

/**
 * What is known about the state before, for a changes-only reading. `matches` says how well a row describes the holder
 * of an id: how many of the values that the row states are that holder's.
 */
export interface IdBase<R extends IdRow> {
  has(id: string): boolean;
  matches(row: R, id: string): { readonly equal: number; readonly stated: number };
  /** Whether the row may speak about the holder of the id: nothing says that it is somebody else. */
  mayBe(row: R, id: string): boolean;
}

export interface IdChanges {
  /** Old id → new id: to be applied to the base and to the rows. */
  readonly accepted: ReadonlyMap<string, string>;
  /** Old id → new id: applied by an earlier reading already; rows that name the old id mean the new one. */
  readonly done: ReadonlyMap<string, string>;
  /** Old ids whose change is not made, because the new one is taken or the rows contradict each other. */
  readonly refused: ReadonlySet<string>;
  /** Ids whose `Y` was carried out by an earlier reading already. */
  readonly deletedBefore: ReadonlySet<string>;
}

const noChanges: IdChanges = {
  accepted: new Map(),
  done: new Map(),
  refused: new Set(),
  deletedBefore: new Set(),
};

function rowsById<R extends IdRow>(rows: readonly R[]): Map<string, R[]> {
  const byId = new Map<string, R[]>();
  for (const row of rows) {
    if (row.id === '' || row.remove === true) continue;
    const others = byId.get(row.id);
    if (others === undefined) byId.set(row.id, [row]);
    else others.push(row);
  }
  return byId;
}

/** What each id wants to become. Rows of one id that want different things, and ids that want the same, get nothing. */
function wishesOf<R extends IdRow>(
  byId: ReadonlyMap<string, readonly R[]>,
  refused: Set<string>,
): Map<string, string> {
  const wishes = new Map<string, string>();
  const wanted = new Map<string, string[]>();
  for (const [id, rows] of byId) {
    const wants = new Set(rows.map((row) => row.newId ?? id));
    const [to = id] = wants;
    if (wants.size > 1) refused.add(id);
    else if (to !== id) {
      wishes.set(id, to);
      wanted.set(to, [...(wanted.get(to) ?? []), id]);
    }
  }
  for (const ids of wanted.values())
    if (ids.length > 1)
      for (const id of ids) {
        wishes.delete(id);
        refused.add(id);
      }
  return wishes;
}

/** A path or cycle of changes: each id wants to become the next one. */
interface Chain {
  readonly ids: readonly string[];
  /** The last id's wish: in a cycle the first id. */
  readonly last: string;
  readonly cycle: boolean;
}

function chainsOf(wishes: ReadonlyMap<string, string>): Chain[] {
  const targets = new Set(wishes.values());
  const seen = new Set<string>();
  const chains: Chain[] = [];
  const follow = (start: string, cycle: boolean): void => {
    const ids: string[] = [];
    let id = start;
    for (; wishes.has(id) && !seen.has(id); id = wishes.get(id)!) {
      seen.add(id);
      ids.push(id);
    }
    chains.push({ ids, last: id, cycle });
  };
  for (const id of wishes.keys()) if (!targets.has(id)) follow(id, false);
  for (const id of wishes.keys()) if (!seen.has(id)) follow(id, true);
  return chains;
}

/** Whether a path was applied before: its first id is gone, and each later one belongs to who moved there. */
function isPathDone<R extends IdRow>(
  chain: Chain,
  wishes: ReadonlyMap<string, string>,
  byId: ReadonlyMap<string, readonly R[]>,
  base: IdBase<R>,
): boolean {
  if (base.has(chain.ids[0]!)) return false;
  return chain.ids.every((id) => {
    const to = wishes.get(id)!;
    return base.has(to) && byId.get(id)!.every((row) => base.mayBe(row, to));
  });
}

/**
 * Whether a cycle (a swap) was applied before: then its rows describe the holders of their new ids better than those of
 * their old ones. `unknown` where they describe both without fault.
 */
function isCycleDone<R extends IdRow>(
  chain: Chain,
  wishes: ReadonlyMap<string, string>,
  byId: ReadonlyMap<string, readonly R[]>,
  base: IdBase<R>,
): boolean | 'unknown' {
  if (!chain.ids.every((id) => base.has(id))) return false;
  const score = { before: 0, after: 0, stated: 0 };
  for (const id of chain.ids)
    for (const row of byId.get(id)!) {
      const before = base.matches(row, id);
      score.before += before.equal;
      score.after += base.matches(row, wishes.get(id)!).equal;
      score.stated += before.stated;
    }
  if (score.before === score.stated && score.after === score.stated) return 'unknown';
  return score.after > score.before;
}

/** Drops wishes whose target stays taken, until no more follow from that. */
function refuseTaken(
  wishes: Map<string, string>,
  isTaken: (id: string) => boolean,
  refused: Set<string>,
): void {
  for (let changed = true; changed;) {
    changed = false;
    for (const [from, to] of wishes) {
      if (wishes.has(to) || !isTaken(to)) continue;
      wishes.delete(from);
      refused.add(from);
      changed = true;
    }
  }
}

/**
 * Decides about all changes of ids.
 *
 * A target is free when nobody has it, or who has it moves away or is deleted in the same reading. In a chain or a swap
 * either all links hold that can, or those that depend on a refused one are refused with it.
 *
 * @param base `null` for a complete reading: then the rows are all there is.
 */
export function resolveIdChanges<R extends IdRow>(rows: readonly R[], base: IdBase<R> | null): IdChanges {
  if (rows.every((row) => row.newId === undefined)) return noChanges;
  const byId = rowsById(rows);
  const refused = new Set<string>();
  const wishes = wishesOf(byId, refused);
  const done = new Map<string, string>();
  const deletedBefore = new Set<string>();
  const removed = new Set(
    rows.filter((row) => row.remove === true && !byId.has(row.id)).map((row) => row.id),
  );
  if (base !== null)
    for (const chain of chainsOf(wishes)) {
      const isDone = chain.cycle
        ? isCycleDone(chain, wishes, byId, base)
        : isPathDone(chain, wishes, byId, base);
      if (isDone === false) continue;
      for (const id of chain.ids) {
        if (isDone === true) done.set(id, wishes.get(id)!);
        else refused.add(id);
        wishes.delete(id);
      }
      if (isDone === true && removed.has(chain.last)) deletedBefore.add(chain.last);
    }
  const isTaken = (id: string): boolean =>
    (byId.has(id) && !done.has(id)) ||
    (base?.has(id) === true && !(removed.has(id) && !deletedBefore.has(id)));
  refuseTaken(wishes, isTaken, refused);
  return { accepted: wishes, done, refused, deletedBefore };
}
