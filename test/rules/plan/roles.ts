/** Roles of a Moodle as "course:user" → role shortnames, which is easier to write, change and shuffle. */
import type { RolesByCourse } from '../../../data/moodle/state.js';

export type RoleEntry = readonly [string, readonly string[]];

export function toRoles(entries: Iterable<RoleEntry>): RolesByCourse {
  const roles = new Map<number, Map<number, readonly string[]>>();
  for (const [key, names] of entries) {
    const [course, user] = key.split(':').map(Number);
    const inCourse = roles.get(course!) ?? new Map<number, readonly string[]>();
    roles.set(course!, inCourse.set(user!, names));
  }
  return roles;
}

export function listRoles(roles: RolesByCourse): RoleEntry[] {
  return [...roles].flatMap(([course, users]) =>
    [...users].map(([user, names]): RoleEntry => [`${course}:${user}`, names]),
  );
}
