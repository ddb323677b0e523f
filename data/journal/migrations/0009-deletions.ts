/** Lists of what is to be deleted for good, and what became of each. */
export const deletions: readonly string[] = [];
