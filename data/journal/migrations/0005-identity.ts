/** Proposals about identities, and Moodles restored from a backup. */
export const identity: readonly string[] = [];
