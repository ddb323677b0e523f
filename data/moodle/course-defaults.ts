/** What Moodle's own course form would fill in (contract §3.2), with the dates given by us. */
import type { Knex } from 'knex';
import { RolloverError } from '../model/errors.js';
import type { CourseDraft } from './drafts.js';
import { formatFacts } from './format-facts.js';
import { addLocalDays } from './midnight.js';
import { branchOf } from './probe.js';
import type { MoodleSite } from './site.js';
import { selectFormatOptions, type FormatOptionRow } from './sql/format-option.js';

/** What is decided about a new course; the rest is the site's defaults. */
export interface CourseChoice {
  readonly category: number;
  readonly fullname: string;
  readonly shortname: string;
  readonly idnumber: string;
  readonly format: string;
  /** Sections besides section 0; absent: the site's default. */
  readonly numsections?: number;
  /** Of the `singleactivity` format; absent: the site's default. */
  readonly activitytype?: string;
  /** Id of a course of the same format whose option rows are copied. */
  readonly optionsFrom?: number;
  readonly visible: boolean;
  /** Unix seconds. */
  readonly startdate: number;
  /** Unix seconds; 0 = none. In `weeks` 0 lets Moodle end the course with its last week. */
  readonly enddate: number;
  /** IANA zone in which weeks are counted; absent: the site's own, else UTC. */
  readonly timeZone?: string;
}

type Option = CourseDraft['formatOptions'][number];

/** Sections that a new course gets where the site does not say. */
const NUMSECTIONS = 4;
const WEEK_DAYS = 7;
const DAY_S = 86_400;
/** Moodle 4.1 puts two hours on top of whole weeks, so that a change of clocks does not cut the last day. */
const WEEKS_SLACK_S = 7_200;
const LAST_BRANCH_WITH_WEEKS_SLACK = 401;

/** The draft of one course. Reads only where `optionsFrom` is given; for many courses use `courseDrafts`. */
export async function courseDefaults(db: Knex, site: MoodleSite, choice: CourseChoice): Promise<CourseDraft> {
  const [draft] = await courseDrafts(db, site, [choice]);
  if (draft === undefined) throw new RolloverError('Internal', 'A course draft is missing.');
  return draft;
}

/**
 * The drafts of many courses, with one read for all `optionsFrom`.
 *
 * @throws RolloverError `SettingsInvalid` when a format is unknown and no course to copy options from has it.
 */
export async function courseDrafts(
  db: Knex,
  site: MoodleSite,
  choices: readonly CourseChoice[],
): Promise<CourseDraft[]> {
  const samples = [...new Set(choices.flatMap((choice) => choice.optionsFrom ?? []))];
  const options = samples.length === 0 ? [] : await selectFormatOptions(db, site, samples);
  return choices.map((choice) => toDraft(site, choice, copiedOptions(choice, options)));
}

function copiedOptions(choice: CourseChoice, rows: readonly FormatOptionRow[]): Option[] | null {
  if (choice.optionsFrom === undefined) return null;
  const own = rows.filter((row) => row.courseid === choice.optionsFrom && row.format === choice.format);
  return own.length === 0 ? null : own.map(({ name, value }) => ({ name, value: value ?? '' }));
}

function toDraft(site: MoodleSite, choice: CourseChoice, copied: Option[] | null): CourseDraft {
  const numsections = formatFacts(site, choice.format).sections
    ? (choice.numsections ?? Number(setting(site, 'numsections', String(NUMSECTIONS))))
    : 0;
  const formatOptions = copied ?? defaultOptions(site, choice);
  if (formatOptions === null)
    throw new RolloverError(
      'SettingsInvalid',
      `The course format "${choice.format}" is not known, and no course to copy its options from was found.`,
    );
  const { category, fullname, shortname, idnumber, format } = choice;
  const automatic = formatOptions.some(
    (option) => option.name === 'automaticenddate' && option.value === '1',
  );
  return {
    category,
    fullname,
    shortname,
    idnumber,
    format,
    formatOptions,
    numsections,
    columns: {
      summary: '',
      summaryformat: 1,
      startdate: choice.startdate,
      enddate: automatic ? weeksEndDate(site, choice, numsections) : choice.enddate,
      visible: choice.visible ? 1 : 0,
      visibleold: choice.visible ? 1 : 0,
      ...columnsBySetting(site),
    },
  };
}

function setting(site: MoodleSite, name: string, otherwise: string): string {
  return site.pluginConfig.get(`moodlecourse/${name}`) ?? otherwise;
}

/** Columns that the form takes from the site's course defaults. */
function columnsBySetting(site: MoodleSite): Record<string, string | number> {
  const number = (name: string, otherwise: number): number =>
    Number(setting(site, name, String(otherwise))) || 0;
  const completion = site.config.get('enablecompletion') === '0' ? 0 : number('enablecompletion', 1);
  return {
    showgrades: number('showgrades', 1),
    newsitems: number('newsitems', 5),
    showreports: number('showreports', 0),
    maxbytes: number('maxbytes', 0),
    groupmode: number('groupmode', 0),
    groupmodeforce: number('groupmodeforce', 0),
    enablecompletion: completion,
    showactivitydates: number('showactivitydates', 1),
    showcompletionconditions: number('showcompletionconditions', 1),
    lang: setting(site, 'lang', ''),
  };
}

/** Null for a format that we do not know. */
function defaultOptions(site: MoodleSite, choice: CourseChoice): Option[] | null {
  const shown = [
    { name: 'hiddensections', value: setting(site, 'hiddensections', '1') },
    { name: 'coursedisplay', value: setting(site, 'coursedisplay', '0') },
  ];
  switch (choice.format) {
    case 'topics':
      return shown;
    case 'weeks':
      // An end date of ours stays: Moodle would otherwise replace it by the end of the last week.
      return [...shown, { name: 'automaticenddate', value: choice.enddate === 0 ? '1' : '0' }];
    case 'singleactivity':
      return [
        {
          name: 'activitytype',
          value:
            choice.activitytype ?? site.pluginConfig.get('format_singleactivity/activitytype') ?? 'forum',
        },
      ];
    case 'social':
      return [{ name: 'numdiscussions', value: '10' }];
    default:
      return null;
  }
}

/** Where Moodle ends a course of weeks: after its last week, in local days; 4.1 counts seconds instead. */
export function weeksEndDate(
  site: MoodleSite,
  course: { readonly startdate: number; readonly timeZone?: string },
  weeks: number,
): number {
  const days = weeks * WEEK_DAYS;
  if (branchOf(site) <= LAST_BRANCH_WITH_WEEKS_SLACK) return course.startdate + days * DAY_S + WEEKS_SLACK_S;
  return addLocalDays(course.startdate, days, course.timeZone ?? site.timeZone ?? 'UTC');
}
