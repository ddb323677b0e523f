/** What Moodle's log gets when rows go again (contract §9), as Moodle's own API writes it. */
import type { LogEvent } from './events.js';
import type { PhpValue } from './php.js';
import { levels, type ContextLevel } from './sql/context.js';
import type { EnrolmentInCourse, RoleRow } from './sql/inserted.js';

interface Place {
  readonly id: number;
  readonly instanceid: number;
}

function removed(
  level: ContextLevel,
  place: Place,
  courseid: number,
  subject: Pick<LogEvent, 'target' | 'objecttable' | 'objectid'> & {
    readonly action?: string;
    readonly edulevel?: 0 | 1;
    readonly relateduserid?: number;
    readonly other: PhpValue;
  },
): LogEvent {
  const { action = 'deleted', edulevel = 0, relateduserid = null, ...rest } = subject;
  return {
    eventname: `\\core\\event\\${subject.target}_${action}`,
    component: 'core',
    action,
    crud: 'd',
    edulevel,
    contextid: place.id,
    contextlevel: level,
    contextinstanceid: place.instanceid,
    courseid,
    relateduserid,
    ...rest,
  };
}

export function userDeleted(
  user: { readonly id: number; readonly username: string; readonly email: string; readonly idnumber: string },
  mnetHostId: number,
  place: Place,
): LogEvent {
  const { id, username, email, idnumber } = user;
  return removed(levels.user, place, 0, {
    target: 'user',
    objecttable: 'user',
    objectid: id,
    relateduserid: id,
    other: { username, email, idnumber, picture: '0', mnethostid: String(mnetHostId) },
  });
}

export function courseDeleted(
  course: { readonly shortname: string; readonly fullname: string; readonly idnumber: string },
  place: Place,
): LogEvent {
  const { shortname, fullname, idnumber } = course;
  return removed(levels.course, place, place.instanceid, {
    target: 'course',
    objecttable: 'course',
    objectid: place.instanceid,
    edulevel: 1,
    other: { shortname, fullname, idnumber },
  });
}

export function categoryDeleted(name: string, place: Place): LogEvent {
  return removed(levels.category, place, 0, {
    target: 'course_category',
    objecttable: 'course_categories',
    objectid: place.instanceid,
    other: { name },
  });
}

/** The object is the role; the assignment's own id stands in `other`, here as text. */
export function roleUnassigned(
  { id, userid, roleid, component }: Omit<RoleRow, 'timemodified' | 'contextid'>,
  place: Place,
): LogEvent {
  return removed(levels.course, place, place.instanceid, {
    target: 'role',
    action: 'unassigned',
    objecttable: 'role',
    objectid: roleid,
    relateduserid: userid,
    other: { id: String(id), component, itemid: '0' },
  });
}

/** `other` carries the whole row that went, as text. */
export function enrolmentDeleted(row: EnrolmentInCourse, place: Place): LogEvent {
  const {
    id,
    status,
    enrolid,
    userid,
    timestart,
    timeend,
    modifierid,
    timecreated,
    timemodified,
    courseid,
    enrol,
  } = row;
  const numbers = {
    id,
    status,
    enrolid,
    userid,
    timestart,
    timeend,
    modifierid,
    timecreated,
    timemodified,
    courseid,
  };
  const texts = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));
  return removed(levels.course, place, place.instanceid, {
    target: 'user_enrolment',
    objecttable: 'user_enrolments',
    objectid: id,
    relateduserid: userid,
    other: { userenrolment: { ...texts, enrol, lastenrol: true }, enrol },
  });
}
