/** Who and what KnowledgeNET may still have, though this snapshot has no record of it. */
import type { PlanInput } from './plan-input.js';
import type { Roster } from './roster.js';

export interface Presence {
  has(externalId: string): boolean;
}

/**
 * Persons: on record, withheld by a finding, or beyond what the snapshot speaks of. What type an absent person had is
 * not known, so only a snapshot that speaks of both types says that somebody is gone.
 */
export function personsInKN({ snapshot }: Pick<PlanInput, 'snapshot'>, roster: Roster): Presence {
  const { complete, statements, withheld } = snapshot;
  const speaks = complete && statements.students && statements.teachers;
  return {
    has: (externalId) => !speaks || roster.rank.has(externalId) || withheld?.persons.has(externalId) === true,
  };
}

/** The same of classes. */
export function groupsInKN({ snapshot }: Pick<PlanInput, 'snapshot'>, roster: Roster): Presence {
  const { complete, statements, withheld } = snapshot;
  const speaks = complete && statements.groups;
  return {
    has: (externalId) =>
      !speaks || roster.groupIds.has(externalId) || withheld?.groups.has(externalId) === true,
  };
}
