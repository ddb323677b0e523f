/** Counts and checksums of grades and work around each apply. */
export const gradeSafety: readonly string[] = [];
