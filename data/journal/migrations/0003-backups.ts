/** Dumps of Moodle's database: made by us or named by a person. */
export const backups: readonly string[] = [];
