/** Retention and forgetting. */
export const privacy: readonly string[] = [];
