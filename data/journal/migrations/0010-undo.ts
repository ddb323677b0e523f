/** What was taken back, and what of it may be planned again. */
export const undo: readonly string[] = [];
