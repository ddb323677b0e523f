/** What relinking compares: what we remember, beside what we did. */

/** A row of `managed` as relinking compares it. */
export interface Provenance {
  readonly kind: 'user' | 'course' | 'enrolment' | 'category';
  readonly externalId: string;
  readonly secondId: string;
  readonly moodleId: number;
  readonly naturalKey: string;
  readonly naturalNumber: number;
  readonly parentId: number;
  readonly body: string | null;
  readonly planId: number;
}

/** An update or archive of ours that was applied once. */
export interface AppliedChange {
  readonly planId: number;
  readonly kind: 'user' | 'course';
  readonly operation: 'update' | 'archive';
  readonly externalId: string;
  readonly body: string;
}
