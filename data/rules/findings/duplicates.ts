/** Equal keys among rows. */

/**
 * Indexes that share a key, for every key that at least two indexes have, in order of first appearance. `keyOf` gives
 * undefined for what takes no part.
 */
export function sharing(
  indexes: Iterable<number>,
  keyOf: (index: number) => string | undefined,
): readonly number[][] {
  const first = new Map<string, number>();
  const shared = new Map<string, number[]>();
  for (const index of indexes) {
    const key = keyOf(index);
    if (key === undefined) continue;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, index);
    else {
      const group = shared.get(key);
      if (group === undefined) shared.set(key, [earlier, index]);
      else group.push(index);
    }
  }
  return [...shared.values()];
}
