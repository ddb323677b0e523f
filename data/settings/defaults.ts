/** The settings of a school that has decided nothing yet: nothing is provisioned, nothing is removed. */
import type { GroupTypeSettings, SchoolSettings } from '../model/settings.js';

/** What courses of a group type look like unless its settings say otherwise. */
export function defaultGroupType(year: number): GroupTypeSettings {
  return {
    provisioning: 'disabled',
    format: 'topics',
    visible: true,
    category: '{year}/{type}',
    fullname: '{name} {year}',
    shortname: '{code} {year}',
    // Term 1 of New Zealand's schools begins between late January and early February.
    startDate: `${year}-02-01`,
    endDate: `${year}-12-31`,
  };
}

/** Settings before anybody has set one, for the given school year. */
export function defaultSettings(year: number): SchoolSettings {
  return {
    timeZone: 'Pacific/Auckland',
    year,
    mode: 'disabled',
    groupTypes: { default: defaultGroupType(year), named: {} },
    classOverrides: {},
    users: { auth: 'manual' },
    ownedByKN: ['firstname', 'lastname', 'email', 'fullname'],
    logEvents: true,
    deletion: { users: false, enrolments: false, courses: "don't-delete" },
  };
}
