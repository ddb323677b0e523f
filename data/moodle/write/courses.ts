/** Creates and renames courses as Moodle's own API does (contract §3, §4). */
import { RolloverError } from '../../model/errors.js';
import type { CourseDraft, CoursePatch } from '../drafts.js';
import { courseCreated, courseUpdated, enrolInstanceCreated, sectionCreated } from '../events.js';
import { groupBy } from '../grouping.js';
import { defaultInstances } from '../enrol-defaults.js';
import { formatFacts } from '../format-facts.js';
import { insertCourseBlocks, selectBlockIds } from '../sql/block.js';
import { lockCategories, updateCourseCounts, type CategoryRow } from '../sql/category.js';
import { levels, type ContextRow } from '../sql/context.js';
import {
  insertCourses,
  renumberCourses,
  selectCoursesById,
  updateCourseRows,
  updateSiteCourseSortorder,
} from '../sql/course.js';
import { insertInstances, selectInstancesByCourse } from '../sql/enrol.js';
import { insertFormatOptions } from '../sql/format-option.js';
import { insertForums, selectForums } from '../sql/forum.js';
import { insertModules, insertSections, selectSections, updateFirstSequences } from '../sql/section.js';
import type { Value } from '../sql/statement.js';
import type { WriteContext } from './context.js';
import { ensureContexts } from './contexts.js';
import { writeLog } from './log.js';

/** A draft that has its row. */
interface Created {
  readonly id: number;
  readonly draft: CourseDraft;
  readonly forum: 'news' | 'social' | null;
}

/** Names that Moodle's English gives to the forums it makes. */
const forums = {
  news: { name: 'Announcements', intro: 'General news and announcements', forcesubscribe: 1 },
  social: {
    name: 'Social forum',
    intro: 'An open forum for chatting about anything you want to',
    forcesubscribe: 0,
  },
} as const;

/**
 * Creates courses with sections, forum, enrolment methods and blocks. The last draft stands first in its category, as
 * if made one after the other. Categories are locked and renumbered once.
 *
 * Neither short name nor idnumber has a unique key in Moodle: the caller has looked, and looks again afterwards.
 *
 * @returns short name → id.
 * @throws RolloverError `VerificationFailed` when a category is gone.
 */
export async function createCourses(
  ctx: WriteContext,
  drafts: readonly CourseDraft[],
): Promise<ReadonlyMap<string, number>> {
  if (drafts.length === 0) return new Map();
  const { db, site } = ctx;
  const categories = await lockCategories(
    db,
    site,
    drafts.map((draft) => draft.category),
  );
  const created = await insertDrafts(ctx, drafts, new Map(categories.map((row) => [row.id, row])));
  const ids = created.map((course) => course.id);
  const contexts = await ensureContexts(ctx, levels.course, ids);
  await insertFormatOptions(db, site, created.flatMap(optionRows));
  await insertSections(db, site, created.flatMap(sectionRows), ctx.now);
  await createForums(
    ctx,
    created.filter((course) => course.forum !== null),
  );
  await createBlocks(ctx, created, contexts);
  await insertInstances(
    db,
    site,
    ids.flatMap((id) => defaultInstances(site, id, ctx.now)),
  );
  const categoryIds = categories.map((row) => row.id);
  await renumberCourses(db, site, categoryIds);
  await updateCourseCounts(db, site, categoryIds);
  await updateSiteCourseSortorder(db, site);
  await logCreated(ctx, created, contexts);
  return new Map(created.map(({ id, draft }) => [draft.shortname, id]));
}

async function insertDrafts(
  ctx: WriteContext,
  drafts: readonly CourseDraft[],
  categories: ReadonlyMap<number, CategoryRow>,
): Promise<Created[]> {
  const planned = drafts.map((draft) => ({ draft, forum: forumOf(ctx, draft) }));
  const created: Created[] = [];
  for (const alike of runsOfSameColumns(planned)) {
    const rows = alike.map(({ draft, forum }) =>
      courseRow(ctx, draft, forum, categories.get(draft.category)),
    );
    const ids = await insertCourses(ctx.db, ctx.site, rows);
    alike.forEach((one, index) => created.push({ ...one, id: ids[index] ?? 0 }));
  }
  await compareInserted(ctx, created);
  return created;
}

/** Neighbours that name the same columns go into one statement; the order of the drafts stays. */
function runsOfSameColumns<T extends { readonly draft: CourseDraft }>(planned: readonly T[]): T[][] {
  const runs: T[][] = [];
  let before: string | undefined;
  for (const one of planned) {
    const columns = Object.keys(one.draft.columns).sort().join();
    if (columns === before) runs.at(-1)?.push(one);
    else runs.push([one]);
    before = columns;
  }
  return runs;
}

function forumOf({ site }: WriteContext, draft: CourseDraft): Created['forum'] {
  const { forum } = formatFacts(site, draft.format);
  return forum === 'news' && draft.columns['newsitems'] === 0 ? null : forum;
}

/** A course starts at its category's own number, and so before all others; a hidden category hides it. */
function courseRow(
  { now }: WriteContext,
  draft: CourseDraft,
  forum: Created['forum'],
  category: CategoryRow | undefined,
): Record<string, Value> {
  if (category === undefined)
    throw new RolloverError('VerificationFailed', 'A category that new courses belong in is gone.');
  const { fullname, shortname, idnumber, format, columns } = draft;
  // Moodle raises the revision for every section and twice for the forum, the first time to now.
  const cacherev = now + draft.numsections + (forum === null ? 0 : 2);
  return {
    ...Object.fromEntries(Object.entries(columns).sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(category.visible === 0 ? { visible: 0, visibleold: 0 } : {}),
    category: category.id,
    sortorder: category.sortorder,
    fullname,
    shortname,
    idnumber,
    format,
    timecreated: now,
    timemodified: now,
    cacherev,
  };
}

/** Ids of a multi-row INSERT are consecutive; this makes sure before anything is hung on them. */
async function compareInserted({ db, site }: WriteContext, created: readonly Created[]): Promise<void> {
  const rows = await selectCoursesById(
    db,
    site,
    created.map((course) => course.id),
    false,
  );
  const shortnames = new Map(rows.map((row) => [row.id, row.shortname]));
  if (created.some(({ id, draft }) => shortnames.get(id) !== draft.shortname))
    throw new RolloverError('Internal', 'The ids of created courses are not the expected ones.');
}

function optionRows({ id, draft }: Created): {
  courseid: number;
  format: string;
  name: string;
  value: string;
}[] {
  return draft.formatOptions.map((option) => ({ courseid: id, format: draft.format, ...option }));
}

function sectionRows({ id, draft }: Created): { course: number; section: number }[] {
  return Array.from({ length: draft.numsections + 1 }, (_, section) => ({ course: id, section }));
}

/** The forum and its place in section 0. Its context is Moodle's to make, at the first visit. */
async function createForums(ctx: WriteContext, courses: readonly Created[]): Promise<void> {
  if (courses.length === 0) return;
  const { db, site, now } = ctx;
  const ids = courses.map((course) => course.id);
  await insertForums(
    db,
    site,
    courses.map(({ id, forum }) => ({ course: id, type: forum ?? 'news', ...forums[forum ?? 'news'] })),
    now,
  );
  const firstSections = new Map(
    (await selectSections(db, site, ids))
      .filter((row) => row.section === 0)
      .map((row) => [row.course, row.id]),
  );
  const modules = (await selectForums(db, site, ids)).map((forum) => ({
    course: forum.course,
    instance: forum.id,
    section: firstSections.get(forum.course) ?? 0,
  }));
  await insertModules(db, site, site.forumModuleId, modules, now);
  await updateFirstSequences(db, site, ids);
}

async function createBlocks(
  ctx: WriteContext,
  courses: readonly Created[],
  contexts: ReadonlyMap<number, ContextRow>,
): Promise<void> {
  const { db, site, now } = ctx;
  const rows = courses.flatMap(({ id, draft }) =>
    formatFacts(site, draft.format).blocks.map((blockname, weight) => ({
      blockname,
      contextid: contexts.get(id)?.id ?? 0,
      weight,
    })),
  );
  if (rows.length === 0) return;
  await insertCourseBlocks(db, site, rows, now);
  const blockIds = await selectBlockIds(db, site, [...new Set(rows.map((row) => row.contextid))]);
  await ensureContexts(ctx, levels.block, blockIds);
}

async function logCreated(
  ctx: WriteContext,
  courses: readonly Created[],
  contexts: ReadonlyMap<number, ContextRow>,
): Promise<void> {
  if (!ctx.logEvents) return;
  const ids = courses.map((course) => course.id);
  const sections = groupBy(await selectSections(ctx.db, ctx.site, ids), (row) => row.course);
  const instances = groupBy(await selectInstancesByCourse(ctx.db, ctx.site, ids), (row) => row.courseid);
  await writeLog(ctx, () =>
    courses.flatMap(({ id, draft }) => {
      const context = contexts.get(id);
      if (context === undefined) return [];
      return [
        courseCreated(draft, context),
        ...(sections.get(id) ?? []).map((section) => sectionCreated(section, context)),
        ...(instances.get(id) ?? []).map((instance) => enrolInstanceCreated(instance, context)),
      ];
    }),
  );
}

/**
 * Sets names and idnumbers of courses. Every patch counts as a change, also one that changes nothing: Moodle does so.
 *
 * @throws RolloverError `Internal` when a course is gone: callers select their rows under lock before.
 */
export async function updateCourses(ctx: WriteContext, patches: readonly CoursePatch[]): Promise<void> {
  if (patches.length === 0) return;
  const { db, site } = ctx;
  const ids = patches.map((patch) => patch.id);
  const before = new Map((await selectCoursesById(db, site, ids, true)).map((row) => [row.id, row]));
  if (ids.some((id) => !before.has(id))) throw new RolloverError('Internal', 'A course to update is gone.');
  await updateCourseRows(db, site, patches, ctx.now);
  if (!ctx.logEvents) return;
  const contexts = await ensureContexts(ctx, levels.course, ids);
  await writeLog(ctx, () =>
    patches.flatMap(({ id, set }) => {
      const row = before.get(id);
      const context = contexts.get(id);
      if (row === undefined || context === undefined) return [];
      const fields = Object.entries(set).filter(([name, value]) => row[name as keyof typeof set] !== value);
      return [courseUpdated({ ...row, ...set }, Object.fromEntries(fields), context)];
    }),
  );
}
