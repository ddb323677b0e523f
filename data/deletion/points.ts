/** Named points of deleting. Somebody who wants to see what a crash there does is told. */
export const deletionPoints = ['in-flight', 'answered', 'settled'] as const;
export type DeletionPoint = (typeof deletionPoints)[number];
