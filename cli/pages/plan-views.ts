/** A plan from three sides: what happens to each class, teacher and student. Fed with a plan's changes page by page. */
import type { StoredChange } from '../../data/journal/plans.js';
import { noticeCodes, reasonMeanings } from '../../data/model/notice-codes.js';
import type { Change, ChangeState, Notice, PlanPurpose } from '../../data/model/plan.js';
import type { Bounded, ClassView, Member, PersonView, Views } from '../../pages/content.js';
import { categoryPath } from '../text/plan.js';
import type { PageLimits } from './limits.js';
import type { Names } from './names.js';

interface ClassDraft {
  readonly course: string[];
  readonly detail: string[];
  readonly teachers: Member[];
  readonly students: Member[];
  readonly problems: Set<string>;
}

interface PersonDraft {
  readonly account: string[];
  readonly detail: string[];
  readonly classes: PersonView['classes'][number][];
  readonly problems: Set<string>;
  /** From the changes, for people whose record is not kept. */
  teaches: boolean;
}

type Described = readonly [what: string, detail: string];

function arrows(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string {
  return Object.entries(after)
    .map(([field, value]) => `${field}: ${before[field] ?? ''} → ${value}`)
    .join('; ');
}

function describeCourse(change: Extract<Change, { kind: 'course' }>): Described {
  switch (change.operation) {
    case 'create': {
      const { fullname, visible } = change.values;
      return [
        'New course',
        `${fullname}, in ${categoryPath(change.categoryPath)}${visible ? '' : ', hidden'}`,
      ];
    }
    case 'link':
      return ['Existing course linked', change.shortname];
    case 'update':
      return ['Course renamed', arrows(change.before, change.after)];
    case 'archive':
      return ["Last year's course kept with its members", arrows(change.before, change.after)];
    case 'hide':
      return ['Course hidden', change.shortname];
    case 'show':
      return ['Course shown again', change.shortname];
    case 'remove':
      return ['Unused course removed again', change.shortname];
    case 'unlink':
    case 'restore':
      return [
        change.operation === 'unlink' ? 'No longer linked' : 'As before again',
        arrows(change.before, change.after),
      ];
  }
}

function describeAccount(change: Extract<Change, { kind: 'user' }>): Described {
  switch (change.operation) {
    case 'create':
      return ['New account', `login ${change.values.username}`];
    case 'link':
      return ['Existing account linked', `login ${change.username}`];
    case 'update':
      return ['Brought up to date', arrows(change.before, change.after)];
    case 'suspend':
      return ['Account suspended', `login ${change.username}`];
    case 'reactivate':
      return ['Account active again', `login ${change.username}`];
    case 'remove':
      return ['Unused account removed again', `login ${change.username}`];
    case 'unlink':
    case 'restore':
      return [
        change.operation === 'unlink' ? 'No longer linked' : 'As before again',
        arrows(change.before, change.after),
      ];
  }
}

const enrolmentWords: Readonly<Record<Extract<Change, { kind: 'enrolment' }>['operation'], string | null>> = {
  create: null,
  suspend: 'suspended',
  reactivate: 'active again',
  remove: null,
};

const compare = new Intl.Collator('en-NZ', { numeric: true, sensitivity: 'base' }).compare;

/** Collects; `views` sorts and cuts. */
export class PlanViewBuilder {
  readonly #classes = new Map<string, ClassDraft>();
  readonly #people = new Map<string, PersonDraft>();

  /** @param ended what was not done stays undone */
  constructor(
    readonly names: Names,
    readonly ended: boolean,
    readonly purpose: PlanPurpose,
  ) {}

  #class(id: string): ClassDraft {
    let draft = this.#classes.get(id);
    if (draft === undefined) {
      draft = { course: [], detail: [], teachers: [], students: [], problems: new Set() };
      this.#classes.set(id, draft);
    }
    return draft;
  }

  #person(id: string): PersonDraft {
    let draft = this.#people.get(id);
    if (draft === undefined) {
      draft = { account: [], detail: [], classes: [], problems: new Set(), teaches: false };
      this.#people.set(id, draft);
    }
    return draft;
  }

  #markOf(state: ChangeState, reason: StoredChange['reason']): string | null {
    if (state === 'conflict') return reason === null ? 'conflict, not done' : reasonMeanings[reason];
    if (state === 'satisfied') return 'was right already';
    return state === 'pending' && this.ended ? 'not done' : null;
  }

  /** What the heading of the list does not say already. */
  #doing({ operation }: Extract<Change, { kind: 'enrolment' }>): string | null {
    if (this.purpose === 'removals') return null;
    return this.purpose === 'undo' && operation === 'create' ? 'made again' : enrolmentWords[operation];
  }

  add({ change, state, reason }: StoredChange): void {
    const mark = this.#markOf(state, reason);
    if (change.kind === 'enrolment') {
      const group = this.#class(change.group);
      const known = this.names.person(change.person);
      const teaches = 'role' in change ? change.role === 'editingteacher' : known.type === 'teacher';
      const doing = this.#doing(change);
      (teaches ? group.teachers : group.students).push({ person: known, doing, mark });
      const person = this.#person(change.person);
      person.classes.push({ id: change.group, doing });
      person.teaches ||= teaches;
    } else if (change.kind === 'course') {
      const draft = this.#class(change.externalId);
      const [what, detail] = describeCourse(change);
      draft.course.push(what);
      draft.detail.push(detail);
      if (mark !== null) draft.problems.add(mark);
    } else if (change.kind === 'user') {
      const draft = this.#person(change.externalId);
      const [what, detail] = describeAccount(change);
      draft.account.push(what);
      draft.detail.push(detail);
      if ('userType' in change) draft.teaches ||= change.userType === 'teacher';
      if (mark !== null) draft.problems.add(mark);
    }
  }

  addNotice({ kind, subject, person, code }: Notice): void {
    if (kind === 'category') return;
    const what = noticeCodes[code];
    if (kind === 'user') this.#person(subject).problems.add(what);
    else if (person === undefined) this.#class(subject).problems.add(what);
    else this.#person(person).problems.add(`${subject}: ${what}`);
  }

  views(limits: PageLimits, all: string): Views {
    const classIds = [...this.#classes.keys()].sort(compare);
    let members = limits.members;
    const cut = (list: readonly Member[]): Bounded<Member> => {
      const items = sortMembers(list).slice(0, members);
      members -= items.length;
      return { items, total: list.length, command: all };
    };
    const classes = classIds.slice(0, limits.classes).map((id): ClassView => {
      const draft = this.#class(id);
      return {
        class: this.names.class(id),
        course: draft.course.join('; '),
        detail: draft.detail.join('; '),
        teachers: cut(draft.teachers),
        students: cut(draft.students),
        problems: [...draft.problems],
      };
    });
    const people = [...this.#people].map(([id, draft]) => this.#toPerson(id, draft));
    people.sort((a, b) => compare(a.person.name || a.person.id, b.person.name || b.person.id));
    const ofType = (teachers: boolean, limit: number): Bounded<PersonView> => {
      const chosen = people.filter(({ person }) => (person.type === 'teacher') === teachers);
      return { items: chosen.slice(0, limit), total: chosen.length, command: all };
    };
    return {
      classes: { items: classes, total: classIds.length, command: all },
      teachers: ofType(true, limits.teachers),
      students: ofType(false, limits.students),
    };
  }

  #toPerson(id: string, draft: PersonDraft): PersonView {
    const person = this.names.person(id);
    return {
      person: person.type === null && draft.teaches ? { ...person, type: 'teacher' } : person,
      account: draft.account.join('; '),
      detail: draft.detail.join('; '),
      classes: [...draft.classes].sort((a, b) => compare(a.id, b.id)),
      problems: [...draft.problems],
    };
  }
}

function sortMembers(members: readonly Member[]): Member[] {
  return [...members].sort((a, b) => compare(a.person.name || a.person.id, b.person.name || b.person.id));
}
