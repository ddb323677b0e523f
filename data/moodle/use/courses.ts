/** Has anybody used a course that a run made, or put anything into it? */
import type { Knex } from 'knex';
import type { CourseValues } from '../../model/plan.js';
import type { Use } from '../../rules/undo/undo-input.js';
import { courseDrafts } from '../course-defaults.js';
import type { CourseDraft } from '../drafts.js';
import { defaultInstances } from '../enrol-defaults.js';
import { groupBy } from '../grouping.js';
import type { MoodleSite } from '../site.js';
import { selectBlockIds } from '../sql/block.js';
import { levels, selectContexts } from '../sql/context.js';
import {
  selectCourseParts,
  selectEnrolmentsBy,
  selectMetaParents,
  selectRolesBy,
  selectWhole,
  type CourseParts,
  type WholeRow,
} from '../sql/inserted.js';
import { differs } from './compare.js';
import { findReferred, type References } from './references.js';

export interface WantedCourse {
  readonly id: number;
  readonly values: CourseValues;
  readonly timecreated: number;
  /** IANA zone in which its weeks were counted. */
  readonly timeZone: string;
  /** Category that it was made in; null: not known. */
  readonly categoryId: number | null;
  /** Whether it is hidden by our doing. */
  readonly hiddenByUs: boolean;
}

export interface LookedCourse {
  readonly use: Use;
  /** Enrolments in it now. */
  readonly enrolments: readonly number[];
  /** Contexts that go with it: its own, its forum's and its blocks'. */
  readonly contextIds: readonly number[];
  readonly blockIds: readonly number[];
}

const aside: ReadonlySet<string> = new Set([
  'id',
  'category',
  'sortorder',
  'timecreated',
  'timemodified',
  'cacherev',
  'visible',
  'visibleold',
]);

function isRowChanged(one: WantedCourse, row: WholeRow, draft: CourseDraft): boolean {
  if (Number(row['timecreated']) !== one.timecreated) return true;
  if (one.categoryId !== null && Number(row['category']) !== one.categoryId) return true;
  if (Number(row['visible']) === 0 && one.values.visible && !one.hiddenByUs) return true;
  if (Number(row['visible']) === 1 && !one.values.visible) return true;
  const { fullname, shortname, idnumber, format, columns } = draft;
  const expected = { ...columns, fullname, shortname, idnumber, format };
  if (differs(row, expected, ['fullname', 'shortname', 'idnumber', 'format', 'startdate', 'enddate']))
    return true;
  // every change by Moodle itself stamps the row; then it must be what we would write today, to the last column
  if (Number(row['timemodified']) === one.timecreated) return false;
  return differs(
    row,
    expected,
    Object.keys(row).filter((name) => !aside.has(name)),
  );
}

type Part<K extends keyof CourseParts> = CourseParts[K][number];

/** Whether the course holds anything but its own empty sections, its one forum and its enrolment methods. */
function isContentChanged(
  site: MoodleSite,
  { id, timecreated }: WantedCourse,
  draft: CourseDraft,
  stamped: boolean,
  parts: {
    readonly sections: readonly Part<'sections'>[];
    readonly modules: readonly Part<'modules'>[];
    readonly forums: readonly Part<'forums'>[];
    readonly options: readonly Part<'options'>[];
    readonly methods: readonly Part<'methods'>[];
  },
): boolean {
  const { sections, modules, forums, options, methods } = parts;
  const [module] = modules;
  const [forum] = forums;
  const isOurModule =
    module === undefined
      ? forum === undefined
      : module.module === site.forumModuleId &&
        module.instance === forum?.id &&
        module.added === timecreated &&
        module.visible === 1 &&
        module.availability === null &&
        forum.timemodified === timecreated;
  const isOurSection = (one: Part<'sections'>): boolean =>
    (one.name ?? '') === '' &&
    (one.summary ?? '') === '' &&
    one.availability === null &&
    one.visible === 1 &&
    one.timemodified === timecreated;
  const wanted = new Map(draft.formatOptions.map((option) => [option.name, option.value]));
  const isOurOption = (one: Part<'options'>): boolean =>
    one.sectionid === 0 &&
    one.format === draft.format &&
    (!stamped || wanted.get(one.name) === (one.value ?? ''));
  const made = new Map(defaultInstances(site, id, timecreated).map((row) => [row['enrol'], row]));
  const isOurMethod = (one: Part<'methods'>): boolean => {
    const expected = made.get(one['enrol'] ?? null);
    const columns = Object.keys(one).filter((name) => name !== 'id' && name !== 'password');
    return expected !== undefined && !differs(one, expected, columns);
  };
  return (
    modules.length > 1 ||
    forums.length > 1 ||
    !isOurModule ||
    !sections.every(isOurSection) ||
    !options.every(isOurOption) ||
    methods.length !== new Set(methods.map((one) => one['enrol'])).size ||
    !methods.every(isOurMethod)
  );
}

/** Contexts by course: its own, its modules' and its blocks'; all of them are under it. */
async function contextsOf(
  db: Knex,
  site: MoodleSite,
  ids: readonly number[],
  parts: CourseParts,
): Promise<{
  readonly courseOf: ReadonlyMap<number, number>;
  readonly blocksOf: ReadonlyMap<number, number>;
}> {
  const courseOf = new Map<number, number>();
  const blocksOf = new Map<number, number>();
  const own = await selectContexts(db, site, levels.course, ids);
  for (const row of own) courseOf.set(row.id, row.instanceid);
  const courseOfModule = new Map(parts.modules.map((row) => [row.id, row.course]));
  for (const row of await selectContexts(db, site, levels.module, [...courseOfModule.keys()]))
    courseOf.set(row.id, courseOfModule.get(row.instanceid) ?? 0);
  const blockIds = await selectBlockIds(
    db,
    site,
    own.map((row) => row.id),
  );
  const pathOf = new Map(own.map((row) => [row.path, row.instanceid]));
  for (const row of await selectContexts(db, site, levels.block, blockIds)) {
    const course = pathOf.get((row.path ?? '').replace(/\/\d+$/, '')) ?? 0;
    courseOf.set(row.id, course);
    blocksOf.set(row.instanceid, course);
  }
  return { courseOf, blocksOf };
}

/**
 * Looks at courses. Unused is one with the values that we wrote, with nothing in it but what it was made with, and to
 * which no row of any table refers but the enrolments that are listed with it and what came with those.
 *
 * @returns by id; one without an entry is gone.
 */
export async function lookAtCourses(
  db: Knex,
  site: MoodleSite,
  references: References,
  wanted: readonly WantedCourse[],
  lock = false,
): Promise<ReadonlyMap<number, LookedCourse>> {
  if (wanted.length === 0) return new Map();
  const ids = wanted.map((one) => one.id);
  const rows = new Map((await selectWhole(db, site, 'course', ids, lock)).map((row) => [row.id, row]));
  const parts = await selectCourseParts(db, site, ids);
  const { courseOf, blocksOf } = await contextsOf(db, site, ids, parts);
  const enrolments = groupBy(await selectEnrolmentsBy(db, site, 'e.courseid', ids), (row) => row.courseid);
  const members = new Set([...enrolments.values()].flat().map((row) => `${row.userid}:${row.courseid}`));
  const referred = await findReferred(db, site, references, { course: ids, context: [...courseOf.keys()] });
  const used = new Set<number>([...referred.course, ...(await selectMetaParents(db, site, ids))]);
  for (const id of referred.context) used.add(courseOf.get(id) ?? 0);
  for (const role of await selectRolesBy(db, site, 'contextid', [...courseOf.keys()])) {
    const course = courseOf.get(role.contextid) ?? 0;
    if (!members.has(`${role.userid}:${course}`)) used.add(course);
  }
  const drafts = await courseDrafts(
    db,
    site,
    wanted.map((one) => ({ ...one.values, category: one.categoryId ?? 0, timeZone: one.timeZone })),
  );
  const by = {
    sections: groupBy(parts.sections, (row) => row.course),
    modules: groupBy(parts.modules, (row) => row.course),
    forums: groupBy(parts.forums, (row) => row.course),
    options: groupBy(parts.options, (row) => row.course),
    methods: groupBy(parts.methods, (row) => row.courseid),
  };
  return new Map(
    wanted.flatMap((one, at): [number, LookedCourse][] => {
      const row = rows.get(one.id);
      const draft = drafts[at];
      if (row === undefined || draft === undefined) return [];
      const stamped = Number(row['timemodified']) !== one.timecreated;
      const its = {
        sections: by.sections.get(one.id) ?? [],
        modules: by.modules.get(one.id) ?? [],
        forums: by.forums.get(one.id) ?? [],
        options: by.options.get(one.id) ?? [],
        methods: by.methods.get(one.id) ?? [],
      };
      const changed = isRowChanged(one, row, draft) || isContentChanged(site, one, draft, stamped, its);
      const use: Use = used.has(one.id) ? 'used' : changed ? 'changed' : 'unused';
      const within = (map: ReadonlyMap<number, number>): number[] =>
        [...map].filter(([, course]) => course === one.id).map(([id]) => id);
      return [
        [
          one.id,
          {
            use,
            enrolments: (enrolments.get(one.id) ?? []).map((enrolment) => enrolment.id),
            contextIds: within(courseOf),
            blockIds: within(blocksOf),
          },
        ],
      ];
    }),
  );
}
