/** Looking things up by what only one of them has. */

/** By key, those whose key nobody else has; an empty key is nobody's. */
export function unique<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T> {
  const found = new Map<string, T | null>();
  for (const one of list) {
    const key = keyOf(one);
    if (key !== '') found.set(key, found.has(key) ? null : one);
  }
  return new Map([...found].flatMap(([key, one]) => (one === null ? [] : [[key, one] as const])));
}
