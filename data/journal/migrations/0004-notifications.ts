/** Who was told what and when, and whether Moodle's lists were renewed after a run. */
export const notifications: readonly string[] = [];
