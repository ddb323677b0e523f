/** Who is in which course by any enrolment method, and with which role. */
import type { MoodleEnrolment, MoodleState } from '../../moodle/state.js';

/** active: an enabled method lets the person in. suspended: a person or plugin suspended it. idle: its method is disabled. */
export type Standing = 'active' | 'suspended' | 'idle';

function standingOf({ status, instanceStatus }: MoodleEnrolment): Standing {
  if (status !== 0) return 'suspended';
  return instanceStatus === 0 ? 'active' : 'idle';
}

const strength: Readonly<Record<Standing, number>> = { active: 2, suspended: 1, idle: 0 };

export class Standings {
  readonly #byCourse = new Map<number, Map<number, Standing>>();
  readonly #roles: MoodleState['roles'];

  /** Looks at the given courses only. */
  constructor(moodle: MoodleState, courses: ReadonlySet<number>) {
    this.#roles = moodle.roles;
    for (const enrolment of moodle.enrolments) {
      if (!courses.has(enrolment.courseid)) continue;
      const users = this.#byCourse.get(enrolment.courseid) ?? new Map<number, Standing>();
      this.#byCourse.set(enrolment.courseid, users);
      const known = users.get(enrolment.userid);
      const standing = standingOf(enrolment);
      if (known === undefined || strength[standing] > strength[known]) users.set(enrolment.userid, standing);
    }
  }

  /** The strongest of a person's enrolments in a course; undefined = none. */
  of(course: number, user: number): Standing | undefined {
    return this.#byCourse.get(course)?.get(user);
  }

  /** Whether the person has this role in the course. */
  hasRole(course: number, user: number, role: string): boolean {
    return this.#roles.get(course)?.get(user)?.includes(role) ?? false;
  }
}
