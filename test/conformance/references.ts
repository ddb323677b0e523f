/** Which columns hold ids of other rows, so that two runs with different ids can be compared. */
import type { Row, Value } from './trace.js';

/** Table → id in the trace → id in our run. Ids of rows that were there before are the same in both. */
export class IdMap {
  readonly #ids = new Map<string, Map<string, string>>();

  set(table: string, expected: Value | undefined, actual: Value | undefined): void {
    const ids = this.#ids.get(table) ?? new Map<string, string>();
    ids.set(String(expected), String(actual));
    this.#ids.set(table, ids);
  }

  get(table: string, expected: string): string {
    return this.#ids.get(table)?.get(expected) ?? expected;
  }
}

/** Columns that hold the same kind of id in every table. */
const everywhere: Readonly<Record<string, string>> = {
  userid: 'user',
  relateduserid: 'user',
  modifierid: 'user',
  usermodified: 'user',
  courseid: 'course',
  course: 'course',
  contextid: 'context',
  parentcontextid: 'context',
  enrolid: 'enrol',
};

const perTable: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  course: { category: 'course_categories' },
  course_categories: { parent: 'course_categories' },
  course_modules: { instance: 'forum', section: 'course_sections' },
  forum_subscriptions: { forum: 'forum' },
};

const tableOfLevel: Readonly<Record<string, string>> = {
  '30': 'user',
  '40': 'course_categories',
  '50': 'course',
  '70': 'course_modules',
  '80': 'block_instances',
};

/** A column's value of a trace's row as it must be in our run. */
export function translate(ids: IdMap, table: string, column: string, row: Row): Value {
  const value = row[column];
  if (value === null || value === undefined) return null;
  const text = String(value);
  const each = (target: string): string => text.replace(/\d+/g, (id) => ids.get(target, id));
  switch (`${table}.${column}`) {
    case 'context.path':
      return each('context');
    case 'course_categories.path':
      return each('course_categories');
    case 'course_sections.sequence':
      return each('course_modules');
    case 'context.instanceid':
    case 'logstore_standard_log.contextinstanceid':
      return ids.get(tableOfLevel[String(row['contextlevel'])] ?? '', text);
    case 'logstore_standard_log.objectid':
      return ids.get(String(row['objecttable']), text);
    case 'logstore_standard_log.other':
      return translateOther(ids, row, text);
    case 'cache_flags.name':
      return each(row['flagtype'] === 'accesslib/dirtycontexts' ? 'context' : 'user');
    default: {
      const target = perTable[table]?.[column] ?? everywhere[column];
      return target === undefined ? value : ids.get(target, text);
    }
  }
}

/** Ids inside an event's own data; the text around them stays as it was written. */
function translateOther(ids: IdMap, row: Row, text: string): string {
  const target = /\\role_(un)?assigned$/.test(String(row['eventname'])) ? 'role_assignments' : null;
  return target === null
    ? text
    : text.replace(/("id":"?)(\d+)/, (_, head: string, id: string) => head + ids.get(target, id));
}

/** What tells a table's new rows apart. Tables come in an order in which references are known before they are used. */
export const naturalKeys: ReadonlyMap<string, readonly string[]> = new Map([
  ['user', ['username']],
  ['course_categories', ['name', 'parent']],
  ['course', ['shortname']],
  ['forum', ['course', 'type']],
  ['course_sections', ['course', 'section']],
  ['course_modules', ['course', 'instance']],
  ['block_instances', ['blockname']],
  ['context', ['contextlevel', 'instanceid']],
  ['enrol', ['courseid', 'enrol']],
  ['course_format_options', ['courseid', 'format', 'name']],
  ['user_enrolments', ['enrolid', 'userid']],
  ['role_assignments', ['contextid', 'userid', 'roleid', 'component', 'itemid']],
  ['user_preferences', ['userid', 'name']],
  ['cache_flags', ['flagtype', 'name']],
  ['logstore_standard_log', ['eventname', 'objectid', 'relateduserid', 'other']],
]);
