/** Every string whose equality Moodle's collation decides while planning; the database is asked once, in bulk. */
import { normaliseLogin } from '../login.js';
import { categoryNames } from '../patterns.js';
import { shortnameWithYear, wantedShortname, type ClassToPlan } from './course-values.js';
import { provisionedClasses } from './courses.js';
import type { PlanInput, StringsToFold } from './plan-input.js';
import { archivedCourses, stampCandidates, yearOf } from './reused-codes.js';

type Input = Omit<PlanInput, 'fold'>;

function addUsers(strings: Set<string>, { snapshot, moodle, managed }: Input): void {
  for (const { externalId, login, email } of snapshot.records.person) {
    strings.add(externalId);
    strings.add(normaliseLogin(login ?? ''));
    strings.add(email ?? '');
  }
  for (const { idnumber, username, email } of moodle.users) {
    strings.add(idnumber);
    strings.add(username);
    strings.add(email);
  }
  for (const externalId of managed.users.keys()) strings.add(externalId);
}

/** Names that a class's course may get. */
function addClass(
  strings: Set<string>,
  one: ClassToPlan,
  { settings, managed }: Input,
  archived: number,
): void {
  const { externalId, groupType } = one.group;
  const shortname = wantedShortname(one, settings.year);
  strings.add(shortname);
  strings.add(shortnameWithYear(shortname, settings.year));
  const names = categoryNames(one.type.category, { type: groupType ?? '', year: settings.year });
  for (const name of names) strings.add(name);
  const year = yearOf(managed.courses.get(externalId), settings.year);
  for (const stamp of stampCandidates(externalId, year, archived)) strings.add(stamp);
}

/** What `PlanInput.fold` is asked about. */
export const stringsToFold: StringsToFold = (input) => {
  const strings = new Set<string>();
  addUsers(strings, input);
  for (const { idnumber, shortname } of input.moodle.courses) {
    strings.add(idnumber);
    strings.add(shortname);
  }
  for (const { name } of input.moodle.categories) strings.add(name);
  for (const { externalId } of input.snapshot.records.group) strings.add(externalId);
  const archived = archivedCourses(input.managed);
  for (const one of provisionedClasses(input.snapshot.records.group, input.settings))
    addClass(strings, one, input, archived.get(one.group.externalId)?.length ?? 0);
  return strings;
};
