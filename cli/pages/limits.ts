/** How much a page shows, so that it stays readable and opens at once; the rest is a command away. */

export interface PageLimits {
  readonly classes: number;
  readonly teachers: number;
  readonly students: number;
  /** Names within the classes, of all classes together. */
  readonly members: number;
  /** Things of one cause. */
  readonly perCause: number;
  /** Other lists. */
  readonly list: number;
}

/** A school of 20,000 enrolments is shown whole. */
export const pageLimits: PageLimits = {
  classes: 2000,
  teachers: 1000,
  students: 4000,
  members: 30_000,
  perCause: 300,
  list: 500,
};
