/** Keeps a server busy: while it works on one statement, the next one is made and sent. */

/**
 * Runs `work` for every item, at most two at a time and in order of sending; one connection works on them one after the
 * other. The first failure is thrown, when nothing is under way any more.
 */
export async function oneAhead<I, R>(items: Iterable<I>, work: (item: I) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let running: Promise<R> | undefined;
  for (const item of items) {
    const next = work(item);
    try {
      if (running !== undefined) results.push(await running);
    } catch (error) {
      // the first failure is the one that counts; the other one's would only follow from it
      await next.catch(() => undefined);
      throw error;
    }
    running = next;
  }
  if (running !== undefined) results.push(await running);
  return results;
}
