/** A KN person as Moodle's columns. */
import type { UserValues } from '../../model/plan.js';
import type { SchoolSettings } from '../../model/settings.js';
import type { PersonRecord } from '../../model/snapshot.js';
import { isEmail } from '../findings/emails.js';
import { columnLimits } from '../findings/limits.js';
import { isValidLogin, normaliseLogin } from '../login.js';
import { fits } from '../patterns.js';
import type { PlanSite } from './plan-input.js';

/** Moodle's user columns that KN may own, in the order in which they are written. */
export const userFields = ['username', 'firstname', 'lastname', 'email'] as const;
export type UserField = (typeof userFields)[number];

/** KN's values; '' where KN has none. */
export function userValues(person: PersonRecord, auth: string): UserValues {
  return {
    username: normaliseLogin(person.login ?? ''),
    firstname: person.firstName ?? '',
    lastname: person.surname ?? '',
    email: person.email ?? '',
    idnumber: person.externalId,
    auth,
  };
}

/** Whether Moodle's own rules take this value; '' never. */
export function isValidField(field: UserField, value: string, site: PlanSite): boolean {
  switch (field) {
    case 'username':
      return isValidLogin(value, site.extendedUsernameChars);
    case 'email':
      return isEmail(value) && fits(value, columnLimits.email);
    default:
      return fits(value, columnLimits[field]);
  }
}

/** Whether an account can be made from these values. */
export function canCreate(values: UserValues, site: PlanSite, settings: SchoolSettings): boolean {
  const emailOk =
    values.email === '' ? settings.users.withoutEmail === true : isValidField('email', values.email, site);
  return (
    emailOk &&
    fits(values.idnumber, columnLimits.userIdnumber) &&
    isValidField('username', values.username, site) &&
    isValidField('firstname', values.firstname, site) &&
    isValidField('lastname', values.lastname, site)
  );
}
