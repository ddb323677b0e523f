/** Named points of applying, in order within a batch. Somebody who wants to see what a crash there does is told. */
export const applyPoints = [
  'before-batch',
  'after-moodle-rows',
  'before-commit',
  'after-commit',
  'before-return',
] as const;
export type ApplyPoint = (typeof applyPoints)[number];
