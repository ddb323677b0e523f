/** Many rows, few different words: what is read by the hundred thousand keeps each of them once. */

/** Gives back the first of equal words, so that the others need no memory. */
export function interner(): (word: string) => string {
  const known = new Map<string, string>();
  return (word) => {
    const found = known.get(word);
    if (found !== undefined) return found;
    known.set(word, word);
    return word;
  };
}
