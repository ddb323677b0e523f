/** The primary events that Moodle's log gets for what we do (contract §9), as Moodle's own API writes them. */
import type { PhpValue } from './php.js';
import { levels, type ContextLevel } from './sql/context.js';

/** Where an event happened. */
interface Place {
  readonly id: number;
  readonly instanceid: number;
}

export interface LogEvent {
  readonly eventname: string;
  readonly component: string;
  readonly action: string;
  readonly target: string;
  readonly objecttable: string | null;
  readonly objectid: number | null;
  readonly crud: 'c' | 'r' | 'u' | 'd';
  /** 0 other, 1 teaching, 2 participating. */
  readonly edulevel: 0 | 1 | 2;
  readonly contextid: number;
  readonly contextlevel: ContextLevel;
  readonly contextinstanceid: number;
  readonly courseid: number;
  readonly relateduserid: number | null;
  readonly other: PhpValue;
}

interface Subject {
  readonly target: string;
  readonly action: string;
  readonly objecttable: string | null;
  readonly objectid: number | null;
  readonly edulevel?: 0 | 1 | 2;
  readonly relateduserid?: number;
  readonly other?: PhpValue;
}

function event(level: ContextLevel, place: Place, courseid: number, subject: Subject): LogEvent {
  return {
    eventname: `\\core\\event\\${subject.target}_${subject.action}`,
    component: 'core',
    action: subject.action,
    target: subject.target,
    objecttable: subject.objecttable,
    objectid: subject.objectid,
    crud: subject.action === 'updated' ? 'u' : 'c',
    edulevel: subject.edulevel ?? 0,
    contextid: place.id,
    contextlevel: level,
    contextinstanceid: place.instanceid,
    courseid,
    relateduserid: subject.relateduserid ?? null,
    other: subject.other ?? null,
  };
}

function userEvent(action: 'created' | 'updated', userid: number, place: Place): LogEvent {
  return event(levels.user, place, 0, {
    target: 'user',
    action,
    objecttable: 'user',
    objectid: userid,
    relateduserid: userid,
  });
}

export function userCreated(userid: number, place: Place): LogEvent {
  return userEvent('created', userid, place);
}

export function userUpdated(userid: number, place: Place): LogEvent {
  return userEvent('updated', userid, place);
}

export function userPasswordUpdated(userid: number, place: Place): LogEvent {
  return event(levels.user, place, 0, {
    target: 'user_password',
    action: 'updated',
    objecttable: null,
    objectid: null,
    relateduserid: userid,
    other: { forgottenreset: false },
  });
}

export function categoryCreated(categoryid: number, place: Place): LogEvent {
  return event(levels.category, place, 0, {
    target: 'course_category',
    action: 'created',
    objecttable: 'course_categories',
    objectid: categoryid,
  });
}

/** Events inside a course happen in its context. */
function courseEvent(place: Place, subject: Subject): LogEvent {
  return event(levels.course, place, place.instanceid, subject);
}

export function courseCreated(
  course: { readonly shortname: string; readonly fullname: string },
  place: Place,
): LogEvent {
  return courseEvent(place, {
    target: 'course',
    action: 'created',
    objecttable: 'course',
    objectid: place.instanceid,
    edulevel: 1,
    other: { shortname: course.shortname, fullname: course.fullname },
  });
}

/** `updatedfields` holds the new values of what changed; PHP writes an empty one as a list. */
export function courseUpdated(
  course: { readonly shortname: string; readonly fullname: string },
  updatedfields: Readonly<Record<string, string>>,
  place: Place,
): LogEvent {
  return courseEvent(place, {
    target: 'course',
    action: 'updated',
    objecttable: 'course',
    objectid: place.instanceid,
    edulevel: 1,
    other: {
      shortname: course.shortname,
      fullname: course.fullname,
      updatedfields: Object.keys(updatedfields).length === 0 ? [] : updatedfields,
    },
  });
}

export function sectionCreated(
  section: { readonly id: number; readonly section: number },
  place: Place,
): LogEvent {
  return courseEvent(place, {
    target: 'course_section',
    action: 'created',
    objecttable: 'course_sections',
    objectid: section.id,
    edulevel: 1,
    other: { sectionnum: section.section },
  });
}

export function enrolInstanceCreated(
  instance: { readonly id: number; readonly enrol: string },
  place: Place,
): LogEvent {
  return courseEvent(place, {
    target: 'enrol_instance',
    action: 'created',
    objecttable: 'enrol',
    objectid: instance.id,
    other: { enrol: instance.enrol },
  });
}

export function enrolmentCreated(
  enrolment: { readonly id: number; readonly userid: number; readonly enrol: string },
  place: Place,
): LogEvent {
  return courseEvent(place, {
    target: 'user_enrolment',
    action: 'created',
    objecttable: 'user_enrolments',
    objectid: enrolment.id,
    relateduserid: enrolment.userid,
    other: { enrol: enrolment.enrol },
  });
}

export function enrolmentUpdated(
  enrolment: { readonly id: number; readonly userid: number; readonly enrol: string },
  place: Place,
): LogEvent {
  return courseEvent(place, {
    target: 'user_enrolment',
    action: 'updated',
    objecttable: 'user_enrolments',
    objectid: enrolment.id,
    relateduserid: enrolment.userid,
    other: { enrol: enrolment.enrol },
  });
}

/** The object is the role; the assignment's own id stands in `other`. */
export function roleAssigned(
  assignment: { readonly id: number; readonly roleid: number; readonly userid: number },
  place: Place,
): LogEvent {
  return courseEvent(place, {
    target: 'role',
    action: 'assigned',
    objecttable: 'role',
    objectid: assignment.roleid,
    relateduserid: assignment.userid,
    other: { id: assignment.id, component: '', itemid: 0 },
  });
}

/** Logged by the forum, in the forum's own context. */
export function forumSubscribed(
  subscription: { readonly id: number; readonly userid: number; readonly forum: number },
  courseid: number,
  module: Place,
): LogEvent {
  return {
    ...event(levels.module, module, courseid, {
      target: 'subscription',
      action: 'created',
      objecttable: 'forum_subscriptions',
      objectid: subscription.id,
      edulevel: 2,
      relateduserid: subscription.userid,
      other: { forumid: String(subscription.forum) },
    }),
    eventname: '\\mod_forum\\event\\subscription_created',
    component: 'mod_forum',
  };
}
