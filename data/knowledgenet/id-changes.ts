/**
 * `New External Id`: which changes of ids hold, for one kind (persons or classes). Pure; the order of rows decides
 * nothing, and what was applied once is recognised and not applied again.
 */

/** A row as far as ids are concerned. */
export interface IdRow {
  readonly id: string;
  /** What the row says besides. */
  readonly record: object;
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
  /** Whether the row may speak about the holder of the id: what it says is so, or who it names is the same. */
  mayBe(row: R, id: string): boolean;
}

export interface IdChanges {
  /** Old id → new id: to be applied to the base and to the rows. */
  readonly accepted: ReadonlyMap<string, string>;
  /** Old id → new id: applied by an earlier reading already; rows that name the old id mean the new one. */
  readonly done: ReadonlyMap<string, string>;
  /** Old ids whose change is not made, because the new one is taken or the rows contradict each other. */
  readonly refused: ReadonlySet<string>;
  /** Old id → new id of swaps that may or may not have been made before: nobody knows whom their rows are about. */
  readonly undecided: ReadonlyMap<string, string>;
  /** Ids whose `Y` was carried out by an earlier reading already. */
  readonly deletedBefore: ReadonlySet<string>;
}

const noChanges: IdChanges = {
  accepted: new Map(),
  done: new Map(),
  refused: new Set(),
  undecided: new Map(),
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

function saySame(rows: readonly IdRow[]): boolean {
  const first = Object.entries(rows[0]?.record ?? {});
  return rows.every((row) => {
    const record = row.record as Record<string, unknown>;
    return (
      Object.keys(record).length === first.length && first.every(([name, value]) => record[name] === value)
    );
  });
}

/** What each id wants to become. Rows of one id that differ in anything, and ids that want the same, get nothing. */
function wishesOf<R extends IdRow>(
  byId: ReadonlyMap<string, readonly R[]>,
  refused: Set<string>,
): Map<string, string> {
  const wishes = new Map<string, string>();
  const wanted = new Map<string, string[]>();
  for (const [id, rows] of byId) {
    const wants = new Set(rows.map((row) => row.newId ?? id));
    const [to = id] = wants;
    if (wants.size > 1 || (to !== id && !saySame(rows))) refused.add(id);
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

/** `open`: not made yet. `undecided`: the rows describe the holders of old and new ids alike, without fault. */
type Standing = 'open' | 'done' | 'undecided';

interface Score {
  equal: number;
  stated: number;
}

const isFull = (score: Score): boolean => score.equal === score.stated;

/** How well a chain's rows describe those who have the old ids now, and those who have the new ones. */
function scoresOf<R extends IdRow>(
  chain: Chain,
  wishes: ReadonlyMap<string, string>,
  byId: ReadonlyMap<string, readonly R[]>,
  base: IdBase<R>,
): { readonly before: Score; readonly after: Score } {
  const before: Score = { equal: 0, stated: 0 };
  const after: Score = { equal: 0, stated: 0 };
  const compare = (score: Score, row: R, id: string): void => {
    if (!base.has(id)) return;
    const { equal, stated } = base.matches(row, id);
    score.equal += equal;
    score.stated += stated;
  };
  for (const id of chain.ids)
    for (const row of byId.get(id)!) {
      compare(before, row, id);
      compare(after, row, wishes.get(id)!);
    }
  return { before, after };
}

/**
 * Whether a chain was applied by an earlier reading. A path was if its first id is gone and nothing speaks against the
 * holders of the later ones; a swap if its rows describe the holders of their new ids better than those of the old ones.
 */
function standingOf<R extends IdRow>(
  chain: Chain,
  wishes: ReadonlyMap<string, string>,
  byId: ReadonlyMap<string, readonly R[]>,
  base: IdBase<R>,
): Standing {
  const { before, after } = scoresOf(chain, wishes, byId, base);
  if (chain.cycle) {
    if (!chain.ids.some((id) => base.has(id))) return 'open';
    if (isFull(before) && isFull(after)) return 'undecided';
    return after.equal > before.equal ? 'done' : 'open';
  }
  // A row of its own for the last id was there the first time too, and then the change was refused.
  if (base.has(chain.ids[0]!) || byId.has(chain.last)) return 'open';
  const fits = chain.ids.every((id) => {
    const to = wishes.get(id)!;
    return base.has(to) && byId.get(id)!.every((row) => base.mayBe(row, to));
  });
  if (!fits) return 'open';
  return chain.ids.length > 1 && isFull(before) && isFull(after) ? 'undecided' : 'done';
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
  const undecided = new Map<string, string>();
  const deletedBefore = new Set<string>();
  const removed = new Set(
    rows.filter((row) => row.remove === true && !byId.has(row.id)).map((row) => row.id),
  );
  if (base !== null)
    for (const chain of chainsOf(wishes)) {
      const standing = standingOf(chain, wishes, byId, base);
      if (standing === 'open') continue;
      for (const id of chain.ids) {
        (standing === 'done' ? done : undecided).set(id, wishes.get(id)!);
        wishes.delete(id);
      }
      if (removed.has(chain.last)) deletedBefore.add(chain.last);
    }
  const isTaken = (id: string): boolean =>
    (byId.has(id) && !done.has(id)) ||
    (base?.has(id) === true && !(removed.has(id) && !deletedBefore.has(id)));
  refuseTaken(wishes, isTaken, refused);
  return { accepted: wishes, done, refused, undecided, deletedBefore };
}
