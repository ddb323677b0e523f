/** Courses that are to be made: what each is like, where it goes, and why it cannot be made. */
import type { NoticeCode } from '../../model/notice-codes.js';
import type { CategoryCreate, CourseArchive, CourseCreate, Notice } from '../../model/plan.js';
import { KEY_SEPARATOR } from '../../model/snapshot.js';
import { categoryNames, fits, nameLimits } from '../patterns.js';
import { Categories, categoryCreations, type CategoryPlace } from './categories.js';
import { className, courseNames, courseShape, type ClassToPlan } from './course-values.js';
import { notice } from './notices.js';
import { compareKeys, sortedBy } from './order.js';
import type { PlanInput } from './plan-input.js';

/** A class that is to get a course. */
export interface ClassWithoutCourse extends ClassToPlan {
  readonly shortname: string;
  /** Last year's course, which gives up its idnumber first. */
  readonly archive?: Omit<CourseArchive, 'seq'>;
}

export interface NewCourses {
  readonly categories: readonly Omit<CategoryCreate, 'seq'>[];
  readonly archives: readonly Omit<CourseArchive, 'seq'>[];
  /** In the order in which Moodle, which puts the newest first, ends up listing them by full name. */
  readonly creations: readonly Omit<CourseCreate, 'seq'>[];
  readonly notices: readonly Notice[];
}

/** A class whose course can be made, before its category is known to have room. */
interface Draft {
  readonly one: ClassWithoutCourse;
  readonly values: CourseCreate['values'];
  readonly names: readonly string[];
}

function draftOf(one: ClassWithoutCourse, shape: ReturnType<typeof courseShape>, input: PlanInput) {
  const { group, type, shortname, archive } = one;
  const names = categoryNames(type.category, { type: group.groupType ?? '', year: input.settings.year });
  const values = courseNames(one, shortname, input);
  const usable =
    typeof values !== 'string' &&
    names.length > 0 &&
    names.every((name) => fits(name, nameLimits.category)) &&
    fits(archive?.after.idnumber ?? group.externalId, nameLimits.idnumber);
  if (!usable) return 'name-unusable' satisfies NoticeCode;
  return shape === undefined
    ? ('format-refused' satisfies NoticeCode)
    : ({ one, names, values: { ...shape, ...values } } satisfies Draft);
}

/** What a category's path is called in a notice. */
function pathOf(path: string): string {
  return path.split(KEY_SEPARATOR).join(' / ');
}

interface Placed extends Draft {
  readonly place: CategoryPlace;
}

/** Finds each draft's category; a path that several categories answer to is a notice, once. */
function placeDrafts(drafts: readonly Draft[], input: PlanInput): { placed: Placed[]; notices: Notice[] } {
  const categories = new Categories(input.moodle.categories, input.fold);
  const byPath = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const path = draft.names.join(KEY_SEPARATOR);
    const list = byPath.get(path);
    if (list === undefined) byPath.set(path, [draft]);
    else list.push(draft);
  }
  const placed: Placed[] = [];
  const ambiguous = new Map<string, readonly number[]>();
  for (const [, list] of sortedBy(byPath, ([path]) => [path])) {
    const place = categories.place(list[0]!.names);
    if ('ambiguous' in place) ambiguous.set(place.ambiguous, place.ids);
    else placed.push(...list.map((draft) => ({ ...draft, place })));
  }
  const notices = [...ambiguous].map(([path, ids]) =>
    notice('category-ambiguous', 'category', pathOf(path), ids),
  );
  return { placed, notices };
}

/** Leaves out what Moodle could not order; of a category that is too small none is picked. */
function refuseFull(placed: readonly Placed[], input: PlanInput): { fitting: Placed[]; notices: Notice[] } {
  const existing = new Map<number, number>();
  for (const { category } of input.moodle.courses) existing.set(category, (existing.get(category) ?? 0) + 1);
  const wanted = new Map<CategoryPlace, number>();
  for (const { place } of placed) wanted.set(place, (wanted.get(place) ?? 0) + 1);
  // Existing categories are looked up per path: two paths may lead to one category under names that are equal to Moodle.
  const perCategory = new Map<number | string, number>();
  const keyOf = (place: CategoryPlace): number | string => place.id ?? place.path;
  for (const [place, count] of wanted)
    perCategory.set(keyOf(place), (perCategory.get(keyOf(place)) ?? 0) + count);
  const isFull = (place: CategoryPlace): boolean =>
    (existing.get(place.id ?? 0) ?? 0) + (perCategory.get(keyOf(place)) ?? 0) > input.site.categoryStep - 1;
  const full = new Map([...wanted.keys()].filter(isFull).map((place) => [keyOf(place), place]));
  return {
    fitting: placed.filter(({ place }) => !full.has(keyOf(place))),
    notices: [...full.values()].map((place) =>
      notice('category-full', 'category', pathOf(place.path), place.id === undefined ? [] : [place.id]),
    ),
  };
}

function toCreation({ one, values, place }: Placed, year: number): Omit<CourseCreate, 'seq'> {
  const { group } = one;
  return {
    kind: 'course',
    operation: 'create',
    externalId: group.externalId,
    groupType: group.groupType ?? '',
    className: className(group),
    year,
    values,
    categoryPath: place.path,
    ...(place.id === undefined ? {} : { categoryId: place.id }),
  };
}

/** Plans new courses with the categories that they need. */
export function planNewCourses(classes: readonly ClassWithoutCourse[], input: PlanInput): NewCourses {
  const shapes = new Map(
    [...new Set(classes.map(({ type }) => type))].map((type) => [type, courseShape(type, input)]),
  );
  const drafts: Draft[] = [];
  const notices: Notice[] = [];
  for (const one of classes) {
    const draft = draftOf(one, shapes.get(one.type), input);
    if (typeof draft === 'string') notices.push(notice(draft, 'course', one.group.externalId));
    else drafts.push(draft);
  }
  const { placed, notices: ambiguous } = placeDrafts(drafts, input);
  const { fitting, notices: full } = refuseFull(placed, input);
  const creations = fitting
    .map((draft) => toCreation(draft, input.settings.year))
    .sort(
      (a, b) =>
        compareKeys([a.categoryPath], [b.categoryPath]) ||
        compareKeys([b.values.fullname, b.externalId], [a.values.fullname, a.externalId]),
    );
  return {
    categories: categoryCreations(fitting.map(({ place }) => place)),
    archives: fitting.flatMap(({ one }) => one.archive ?? []),
    creations,
    notices: [...notices, ...ambiguous, ...full],
  };
}
