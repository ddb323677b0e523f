/** What a class's new course is like, from the settings of its group type. */
import type { NoticeCode } from '../../model/notice-codes.js';
import type { CourseValues } from '../../model/plan.js';
import { courseFormats, type GroupTypeSettings, type KnownCourseFormat } from '../../model/settings.js';
import type { GroupRecord } from '../../model/snapshot.js';
import type { MoodleState } from '../../moodle/state.js';
import { fillPattern, fits, nameLimits, type PatternValues } from '../patterns.js';
import type { PlanInput } from './plan-input.js';

/** A provisioned class with its group type's settings. */
export interface ClassToPlan {
  readonly group: GroupRecord;
  readonly type: GroupTypeSettings;
}

/** KN's name of the class; a class without one goes by its External ID. */
export function className(group: GroupRecord): string {
  return group.name === undefined || group.name === '' ? group.externalId : group.name;
}

/** What the patterns are filled with. */
export function patternValues(group: GroupRecord, year: number): PatternValues {
  return { name: className(group), code: group.externalId, type: group.groupType ?? '', year };
}

/** The short name that the settings give, before anything stands in its way. */
export function wantedShortname({ group, type }: ClassToPlan, year: number): string {
  return fillPattern(type.shortname, patternValues(group, year));
}

/** Where the short name is still last year's course's, the year tells them apart. */
export function shortnameWithYear(shortname: string, year: number): string {
  return `${shortname} ${year}`;
}

function isKnownFormat(format: string): format is KnownCourseFormat {
  return (courseFormats as readonly string[]).includes(format);
}

/** The course whose format options are copied: exactly one with this idnumber, and of this format. Null: none. */
function optionsCourse(type: GroupTypeSettings, moodle: MoodleState): number | null {
  const found = moodle.courses.filter((course) => course.idnumber === type.optionsFrom);
  return found.length === 1 && found[0]!.format === type.format ? found[0]!.id : null;
}

/** The part of a new course that is the same for all classes of a group type. */
type Shape = Pick<
  CourseValues,
  'format' | 'numsections' | 'activitytype' | 'optionsFrom' | 'visible' | 'startdate' | 'enddate'
>;

/** The shape of a group type's new courses, or undefined where its format cannot be written. */
export function courseShape(type: GroupTypeSettings, input: PlanInput): Shape | undefined {
  const { moodle, dates } = input;
  const { format } = type;
  if (!moodle.formats.has(format)) return undefined;
  const copied = type.optionsFrom === undefined ? undefined : optionsCourse(type, moodle);
  if (copied === null || (copied === undefined && !isKnownFormat(format))) return undefined;
  const sections = format === 'topics' || format === 'weeks' ? type.numsections : undefined;
  const activity = format === 'singleactivity' ? (type.activitytype ?? 'forum') : undefined;
  return {
    format,
    ...(sections === undefined ? {} : { numsections: sections }),
    ...(activity === undefined ? {} : { activitytype: activity }),
    ...(copied === undefined ? {} : { optionsFrom: copied }),
    visible: type.visible,
    startdate: dates(type.startDate),
    enddate: type.endDate === undefined ? 0 : dates(type.endDate),
  };
}

/** The names of a new course, or why they cannot be used. */
export function courseNames(
  { group, type }: ClassToPlan,
  shortname: string,
  input: PlanInput,
): Pick<CourseValues, 'fullname' | 'shortname' | 'idnumber'> | NoticeCode {
  const fullname = fillPattern(type.fullname, patternValues(group, input.settings.year));
  const usable =
    fits(fullname, input.site.fullnameMax) &&
    fits(shortname, nameLimits.shortname) &&
    fits(group.externalId, nameLimits.idnumber);
  return usable ? { fullname, shortname, idnumber: group.externalId } : 'name-unusable';
}
