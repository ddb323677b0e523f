/** What of a run a person wants back. Pure. */
import type { Change } from '../../model/plan.js';
import type { UndoScope } from '../../model/undo.js';

const kinds = { users: 'user', courses: 'course', enrolments: 'enrolment' } as const;

/** Whether a change belongs to what is taken back. Categories only belong to the whole run and to its courses. */
export function isInScope(change: Change, scope: UndoScope): boolean {
  switch (scope.kind) {
    case 'whole':
      return true;
    case 'type':
      return change.kind === kinds[scope.type] || (change.kind === 'category' && scope.type === 'courses');
    case 'class':
      if (change.kind === 'course') return change.externalId === scope.externalId;
      return change.kind === 'enrolment' && change.group === scope.externalId;
    case 'person':
      if (change.kind === 'user') return change.externalId === scope.externalId;
      return change.kind === 'enrolment' && change.person === scope.externalId;
  }
}

/** How a scope is written beside a plan: without the External ID, which stands in the wish. */
export function scopeText(scope: UndoScope): string {
  switch (scope.kind) {
    case 'whole':
      return 'whole';
    case 'type':
      return `only ${scope.type}`;
    default:
      return scope.kind;
  }
}
