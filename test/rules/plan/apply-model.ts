/**
 * Applying as a pure function on what Moodle and the journal hold. It refuses what Moodle or the journal would refuse,
 * and it has no way of taking anything away: a plan that it can apply only adds and renames.
 */
import {
  enrolmentsByClass,
  eachEnrolment,
  type ManagedEnrolment,
} from '../../../data/model/managed-enrolments.js';
import type {
  ProvisioningChange,
  Managed,
  ManagedCourse,
  ManagedUser,
  Plan,
  UserValues,
} from '../../../data/model/plan.js';
import type { Withdrawn } from '../../../data/model/removal.js';
import { KEY_SEPARATOR } from '../../../data/model/snapshot.js';
import type {
  ManualInstance,
  MoodleCategory,
  MoodleCourse,
  MoodleEnrolment,
  MoodleState,
  MoodleUser,
} from '../../../data/moodle/state.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { foldLikeMoodle as fold } from './collation.js';
import { listRoles, toRoles } from './roles.js';

export interface Applied {
  readonly moodle: MoodleState;
  readonly managed: Managed;
  readonly withdrawn: readonly Withdrawn[];
}

/** After everything else in these tests. */
const NOW = 1_900_000_000;
const followed = ['username', 'firstname', 'lastname', 'email'] as const;

class Model {
  readonly users: Map<number, MoodleUser>;
  readonly categories: Map<number, MoodleCategory>;
  readonly courses: Map<number, MoodleCourse>;
  readonly instances: Map<number, ManualInstance>;
  readonly enrolments: Map<number, MoodleEnrolment>;
  readonly roles: Map<string, readonly string[]>;
  readonly managedUsers: Map<string, ManagedUser>;
  managedCourses: Map<string, ManagedCourse>;
  managedEnrolments: Map<string, ManagedEnrolment>;
  withdrawn: readonly Withdrawn[];
  readonly categoryIds = new Map<string, number>();
  readonly givenUp = new Set<number>();
  readonly #input: PlanInput;
  #lastId: number;

  constructor(input: PlanInput) {
    const { moodle, managed } = input;
    const byId = <R extends { readonly id: number }>(rows: readonly R[]): Map<number, R> =>
      new Map(rows.map((row) => [row.id, row]));
    this.#input = input;
    this.users = byId(moodle.users);
    this.categories = byId(moodle.categories);
    this.courses = byId(moodle.courses);
    this.instances = byId(moodle.manualInstances);
    this.enrolments = byId(moodle.enrolments);
    this.roles = new Map(listRoles(moodle.roles));
    this.withdrawn = input.withdrawn ?? [];
    this.managedUsers = new Map(managed.users);
    this.managedCourses = new Map(managed.courses);
    this.managedEnrolments = new Map(
      [...eachEnrolment(managed.enrolments)].map((one) => [one.group + KEY_SEPARATOR + one.person, one]),
    );
    const everyId = [this.users, this.categories, this.courses, this.instances, this.enrolments];
    this.#lastId = everyId.flatMap((rows) => [...rows.keys()]).reduce((a, b) => Math.max(a, b), 1000);
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  check(condition: boolean, change: ProvisioningChange, why: string): asserts condition {
    if (!condition) throw new Error(`${why}: ${JSON.stringify(change)}`);
  }

  /** Somebody else's value that Moodle would refuse to give twice. */
  isTaken(field: 'username' | 'email' | 'idnumber', value: string, but: number): boolean {
    if (value === '' || (field === 'email' && this.#input.site.allowSameEmail)) return false;
    return [...this.users.values()].some(
      (user) =>
        user.id !== but &&
        (field === 'idnumber' || user.local) &&
        user[field] !== '' &&
        fold(user[field]) === fold(value),
    );
  }

  userOf(change: Extract<ProvisioningChange, { kind: 'user'; moodleId: number }>): MoodleUser {
    const user = this.users.get(change.moodleId);
    this.check(user !== undefined, change, 'no such account');
    this.check(user.local && !user.siteAccount, change, 'an account that is never touched');
    this.check(user.username === change.username, change, 'another login than planned');
    return user;
  }

  remember(
    externalId: string,
    user: MoodleUser,
    values: Omit<UserValues, 'auth'>,
    origin: ManagedUser['origin'],
    nsn?: string,
  ): void {
    const fields = Object.fromEntries(
      followed.map((name) => [
        name,
        { kn: values[name], moodle: user[name] === values[name] ? values[name] : null },
      ]),
    );
    const { id: moodleId, username, timecreated } = user;
    const kept = nsn === undefined ? {} : { nsn };
    this.managedUsers.set(externalId, {
      externalId,
      moodleId,
      origin,
      username,
      timecreated,
      fields,
      ...kept,
    });
  }

  applyUser(change: Extract<ProvisioningChange, { kind: 'user' }>): void {
    const { externalId } = change;
    if (change.operation === 'create') {
      const { values } = change;
      this.check(!this.managedUsers.has(externalId), change, 'ours already');
      for (const field of ['username', 'email', 'idnumber'] as const)
        this.check(!this.isTaken(field, values[field], 0), change, `${field} taken`);
      const id = this.nextId();
      const user = { ...values, id, suspended: false, timecreated: NOW, local: true, siteAccount: false };
      this.users.set(id, user);
      this.remember(externalId, user, values, 'created', change.nsn);
      return;
    }
    const user = this.userOf(change);
    if (change.operation === 'link') {
      // two who swap are linked together: the first of them has taken the other's idnumber away
      const swapped = user.idnumber === '' && this.givenUp.has(user.id);
      this.check(user.idnumber === change.idnumberBefore || swapped, change, 'another idnumber than planned');
      const merged = this.users.get(change.insteadOf ?? 0);
      if (merged?.idnumber === externalId) {
        this.users.set(merged.id, { ...merged, idnumber: '' });
        this.givenUp.add(merged.id);
      }
      this.check(!this.isTaken('idnumber', externalId, user.id), change, 'idnumber taken');
      const linked = { ...user, idnumber: externalId };
      this.users.set(user.id, linked);
      this.remember(externalId, linked, change.values, 'linked', change.nsn);
      return;
    }
    const managed = this.managedUsers.get(externalId);
    this.check(managed?.moodleId === user.id, change, 'not ours');
    this.check(user.idnumber === externalId, change, 'another idnumber than ours');
    if (change.operation === 'reactivate') {
      this.takeBack('user', user.id, change, user.suspended);
      this.users.set(user.id, { ...user, suspended: false });
      return;
    }
    const updated = { ...user, ...change.after };
    for (const field of followed) {
      const before = change.before[field];
      this.check(
        before === undefined || before === user[field],
        change,
        `${field} is not what was planned from`,
      );
      this.check(change.after[field] !== '', change, `${field} would be blanked`);
    }
    for (const field of ['username', 'email'] as const)
      if (change.after[field] !== undefined)
        this.check(!this.isTaken(field, updated[field], user.id), change, `${field} taken`);
    const written = Object.entries(change.after).map(([name, value]) => [name, { kn: value, moodle: value }]);
    this.users.set(user.id, updated);
    const fields = { ...managed.fields, ...Object.fromEntries(written) };
    this.managedUsers.set(externalId, { ...managed, username: updated.username, fields });
  }

  applyCategory(change: Extract<ProvisioningChange, { kind: 'category' }>): void {
    const at = change.path.lastIndexOf(KEY_SEPARATOR);
    const parentPath = at === -1 ? '' : change.path.slice(0, at);
    const parent = change.parentId ?? this.categoryIds.get(parentPath);
    this.check(parent !== undefined, change, 'the parent does not exist yet');
    const name = change.path.slice(at + 1);
    const twin = [...this.categories.values()].some(
      (one) => one.parent === parent && fold(one.name) === fold(name),
    );
    this.check(!twin, change, 'the category exists');
    const id = this.nextId();
    this.categoryIds.set(change.path, id);
    this.categories.set(id, { id, parent, name, idnumber: '', path: '', visible: true, coursecount: 0 });
  }

  isCourseTaken(field: 'shortname' | 'idnumber', value: string, but: number): boolean {
    return [...this.courses.values()].some(
      (one) => one.id !== but && one[field] !== '' && fold(one[field]) === fold(value),
    );
  }

  createCourse(change: Extract<ProvisioningChange, { kind: 'course'; operation: 'create' }>): void {
    const { externalId, values } = change;
    this.check(!this.managedCourses.has(externalId), change, 'ours already');
    this.check(!this.isCourseTaken('idnumber', values.idnumber, 0), change, 'idnumber taken');
    this.check(!this.isCourseTaken('shortname', values.shortname, 0), change, 'short name taken');
    const category = change.categoryId ?? this.categoryIds.get(change.categoryPath);
    this.check(category !== undefined && this.categories.has(category), change, 'no such category');
    const id = this.nextId();
    const { fullname, shortname, idnumber, format, visible } = values;
    this.courses.set(id, { id, category, fullname, shortname, idnumber, format, visible, timecreated: NOW });
    if (this.#input.site.manualInNewCourses) {
      const instance = this.nextId();
      this.instances.set(instance, { id: instance, courseid: id, status: 0 });
    }
    this.managedCourses.set(externalId, {
      externalId,
      moodleId: id,
      origin: 'created',
      shortname,
      timecreated: NOW,
      groupType: change.groupType,
      year: change.year,
      fields: { fullname: { kn: change.className, moodle: fullname } },
    });
  }

  archiveCourse(
    change: Extract<ProvisioningChange, { kind: 'course'; operation: 'archive' }>,
    course: MoodleCourse,
  ): void {
    const { before, after } = change;
    this.check(course.idnumber === before.idnumber, change, 'another idnumber than planned');
    this.check(this.managedCourses.get(before.idnumber)?.moodleId === course.id, change, 'not ours');
    this.check(!this.isCourseTaken('idnumber', after.idnumber, course.id), change, 'stamp taken');
    this.check(!this.managedCourses.has(after.idnumber), change, 'stamp is ours already');
    this.courses.set(course.id, { ...course, idnumber: after.idnumber });
    this.managedCourses = new Map(
      [...this.managedCourses.values()].map((one) => {
        const externalId = one.externalId === before.idnumber ? after.idnumber : one.externalId;
        return [externalId, { ...one, externalId }];
      }),
    );
    this.managedEnrolments = new Map(
      [...this.managedEnrolments.values()].map((one) => {
        const group = one.group === before.idnumber ? after.idnumber : one.group;
        return [group + KEY_SEPARATOR + one.person, { ...one, group }];
      }),
    );
  }

  applyCourse(change: Extract<ProvisioningChange, { kind: 'course' }>): void {
    if (change.operation === 'create') return this.createCourse(change);
    const { externalId } = change;
    const course = this.courses.get(change.moodleId);
    this.check(course !== undefined, change, 'no such course');
    if (change.operation === 'archive') return this.archiveCourse(change, course);
    if (change.operation === 'show') {
      this.check(this.managedCourses.get(externalId)?.moodleId === course.id, change, 'not ours');
      this.takeBack('course', course.id, change, !course.visible);
      this.courses.set(course.id, { ...course, visible: true });
      return;
    }
    if (change.operation === 'update') {
      const managed = this.managedCourses.get(externalId);
      this.check(managed?.moodleId === course.id && course.idnumber === externalId, change, 'not ours');
      this.check(course.fullname === change.before.fullname, change, 'not what was planned from');
      this.courses.set(course.id, { ...course, ...change.after });
      const fullname = { kn: change.className, moodle: change.after.fullname };
      this.managedCourses.set(externalId, { ...managed, fields: { ...managed.fields, fullname } });
      return;
    }
    this.check(course.idnumber === change.idnumberBefore, change, 'another idnumber than planned');
    this.check(!this.isCourseTaken('idnumber', externalId, course.id), change, 'idnumber taken');
    this.courses.set(course.id, { ...course, idnumber: externalId });
    const moodle = course.fullname === change.fullname ? change.fullname : null;
    this.managedCourses.set(externalId, {
      externalId,
      moodleId: course.id,
      origin: 'linked',
      shortname: course.shortname,
      timecreated: course.timecreated,
      groupType: change.groupType,
      year: change.year,
      fields: { fullname: { kn: change.className, moodle } },
    });
  }

  /** Only what is suspended or hidden by our doing comes back. */
  takeBack(kind: Withdrawn['kind'], moodleId: number, change: ProvisioningChange, isSo: boolean): void {
    const ours = this.withdrawn.filter((one) => one.kind === kind && one.moodleId === moodleId);
    this.check(isSo && ours.length > 0, change, 'not by our doing');
    this.withdrawn = this.withdrawn.filter((one) => !ours.includes(one));
  }

  reactivateEnrolment(
    change: Extract<ProvisioningChange, { kind: 'enrolment'; operation: 'reactivate' }>,
  ): void {
    const { group, person, moodleId, enrolid, userId } = change;
    const row = this.enrolments.get(moodleId);
    this.check(row?.enrolid === enrolid && row.userid === userId, change, 'another enrolment than planned');
    this.takeBack('enrolment', moodleId, change, row.status !== 0);
    this.enrolments.set(moodleId, { ...row, status: 0 });
    const role =
      [...this.managedEnrolments.values()].find((one) => one.moodleId === moodleId)?.role ?? 'student';
    const ours = { group, person, moodleId, enrolid, userid: userId, role };
    this.managedEnrolments.set(group + KEY_SEPARATOR + person, ours);
  }

  applyEnrolment(change: Extract<ProvisioningChange, { kind: 'enrolment' }>): void {
    if (change.operation === 'reactivate') return this.reactivateEnrolment(change);
    const { group, person, role } = change;
    const courseid = change.courseId ?? this.managedCourses.get(group)?.moodleId;
    const userid = change.userId ?? this.managedUsers.get(person)?.moodleId;
    this.check(courseid !== undefined && userid !== undefined, change, 'nobody or nowhere to enrol');
    const course = this.courses.get(courseid);
    this.check(course?.idnumber === group, change, 'another course than planned');
    const user = this.users.get(userid);
    this.check(
      user?.idnumber === person && user.local && !user.siteAccount,
      change,
      'another account than planned',
    );
    const instances = [...this.instances.values()].filter((one) => one.courseid === courseid);
    const [instance] = instances;
    this.check(instance?.status === 0 && instances.length === 1, change, 'no manual method');
    const twin = [...this.enrolments.values()].some(
      (one) => one.enrolid === instance.id && one.userid === userid,
    );
    this.check(!twin, change, 'enrolled already');
    const id = this.nextId();
    const row = { id, enrolid: instance.id, courseid, userid, enrol: 'manual', status: 0, instanceStatus: 0 };
    this.enrolments.set(id, row);
    const key = `${courseid}:${userid}`;
    this.roles.set(key, [...new Set([...(this.roles.get(key) ?? []), role])]);
    const ours = { group, person, moodleId: id, enrolid: instance.id, userid, role };
    this.managedEnrolments.set(group + KEY_SEPARATOR + person, ours);
  }

  apply(change: ProvisioningChange): void {
    switch (change.kind) {
      case 'category':
        return this.applyCategory(change);
      case 'user':
        return this.applyUser(change);
      case 'course':
        return this.applyCourse(change);
      case 'enrolment':
        return this.applyEnrolment(change);
    }
  }
}

/** Applies a plan change by change; throws where Moodle or the journal would refuse one. */
export function applyPlan(plan: Plan<ProvisioningChange>, input: PlanInput): Applied {
  const model = new Model(input);
  for (const change of plan.changes) model.apply(change);
  const { managedUsers, managedCourses, managedEnrolments, roles } = model;
  return {
    moodle: {
      users: [...model.users.values()],
      categories: [...model.categories.values()],
      courses: [...model.courses.values()],
      manualInstances: [...model.instances.values()],
      enrolments: [...model.enrolments.values()],
      roles: toRoles(roles),
      formats: input.moodle.formats,
      ...(input.moodle.merges === undefined ? {} : { merges: input.moodle.merges }),
    },
    managed: {
      users: managedUsers,
      courses: managedCourses,
      enrolments: enrolmentsByClass(managedEnrolments.values()),
      merged: [],
    },
    withdrawn: model.withdrawn,
  };
}
