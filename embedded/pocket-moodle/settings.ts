/** The settings of the pocket Moodle: those of a new Moodle 4.5.6, for a school in New Zealand. */

export const siteVersion = '2024100706';
const pluginVersion = '2024100700';

/** `config` */
export const siteSettings: Readonly<Record<string, string>> = {
  version: siteVersion,
  release: '4.5.6 (Build: 20250811)',
  branch: '405',
  siteidentifier: 'PocketMoodleOfADemonstration0000127.0.0.1',
  allowaccountssameemail: '0',
  auth: 'email,oauth2',
  authloginviaemail: '0',
  calendartype: 'gregorian',
  country: 'NZ',
  coursecontact: '3',
  defaultcity: '',
  defaultpreference_autosubscribe: '1',
  defaultpreference_maildigest: '0',
  defaultpreference_maildisplay: '2',
  defaultpreference_mailformat: '1',
  defaultpreference_trackforums: '0',
  defaultfrontpageroleid: '8',
  defaultuserroleid: '7',
  disablegradehistory: '0',
  enablecompletion: '1',
  enablewebservices: '0',
  enrol_plugins_enabled: 'manual,guest,self,cohort',
  extendedusernamechars: '0',
  forcetimezone: '99',
  gradebookroles: '5',
  gradehistorylifetime: '0',
  guestroleid: '6',
  lang: 'en',
  maintenance_enabled: '0',
  mnet_all_hosts_id: '2',
  mnet_localhost_id: '1',
  notloggedinroleid: '6',
  passwordpolicy: '1',
  recovergradesdefault: '0',
  sessiontimeout: '28800',
  siteadmins: '2',
  siteguest: '1',
  sitepolicyhandler: '',
  timezone: 'Pacific/Auckland',
};

const plugins = [
  ...['cas', 'db', 'email', 'ldap', 'lti', 'manual', 'mnet', 'nologin', 'none', 'oauth2'].map(auth),
  ...['shibboleth', 'webservice'].map(auth),
  ...['category', 'cohort', 'database', 'flatfile', 'guest', 'imsenterprise', 'ldap', 'lti', 'manual'].map(
    enrol,
  ),
  ...['meta', 'mnet', 'paypal', 'self'].map(enrol),
  ...['singleactivity', 'social', 'topics', 'weeks'].map((name) => `format_${name}`),
  'block_social_activities',
  'logstore_standard',
  'mod_forum',
  'tool_log',
  'tool_recyclebin',
  'tool_task',
];

function auth(name: string): string {
  return `auth_${name}`;
}

function enrol(name: string): string {
  return `enrol_${name}`;
}

const decisions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  moodlecourse: {
    coursecommunicationprovider: 'none',
    coursedisplay: '0',
    courseduration: '31536000',
    courseenddateenabled: '1',
    downloadcontentsitedefault: '0',
    enablecompletion: '1',
    format: 'topics',
    groupmode: '0',
    groupmodeforce: '0',
    hiddensections: '1',
    lang: '',
    maxbytes: '0',
    maxsections: '52',
    newsitems: '5',
    numsections: '4',
    participantsperpage: '20',
    showactivitydates: '1',
    showcompletionconditions: '1',
    showgrades: '1',
    showreports: '0',
    visible: '1',
  },
  enrol_cohort: { roleid: '5', unenrolaction: '0' },
  enrol_guest: {
    defaultenrol: '1',
    requirepassword: '0',
    showhint: '0',
    status: '1',
    status_adv: '',
    usepasswordpolicy: '0',
  },
  enrol_manual: {
    defaultenrol: '1',
    enrolperiod: '0',
    enrolstart: '4',
    expiredaction: '1',
    expirynotify: '0',
    expirynotifyhour: '6',
    expirythreshold: '86400',
    roleid: '5',
    sendcoursewelcomemessage: '1',
    status: '0',
  },
  enrol_meta: { coursesort: 'sortorder', nosyncroleids: '', syncall: '1', unenrolaction: '3' },
  enrol_self: {
    defaultenrol: '1',
    enrolperiod: '0',
    expiredaction: '1',
    expirynotify: '0',
    expirynotifyhour: '6',
    expirythreshold: '86400',
    groupkey: '0',
    longtimenosee: '0',
    maxenrolled: '0',
    newenrols: '1',
    requirepassword: '0',
    roleid: '5',
    sendcoursewelcomemessage: '1',
    showhint: '0',
    status: '1',
    usepasswordpolicy: '0',
  },
  format_singleactivity: { activitytype: 'forum' },
  format_topics: { indentation: '1' },
  format_weeks: { indentation: '1' },
  logstore_standard: { buffersize: '50', jsonformat: '1', logguests: '1', loglifetime: '0' },
  tool_log: { enabled_stores: 'logstore_standard', exportlog: '1' },
  tool_recyclebin: { autohide: '1', categorybinenable: '1', coursebinenable: '1' },
};

/** `config_plugins`: plugin, name, value. */
export const pluginSettings: readonly (readonly [string, string, string])[] = [
  ...plugins.map((plugin) => [plugin, 'version', pluginVersion] as const),
  ...Object.entries(decisions).flatMap(([plugin, values]) =>
    Object.entries(values).map(([name, value]) => [plugin, name, value] as const),
  ),
];

/** `modules`: name, visible; the ids are their places, as in a new 4.5 (forum is 9). */
export const modules: readonly (readonly [string, number])[] = [
  ['assign', 1],
  ['bigbluebuttonbn', 0],
  ['book', 1],
  ['chat', 0],
  ['choice', 1],
  ['data', 1],
  ['feedback', 1],
  ['folder', 1],
  ['forum', 1],
  ['glossary', 1],
  ['h5pactivity', 1],
  ['imscp', 1],
  ['label', 1],
  ['lesson', 1],
  ['lti', 1],
  ['page', 1],
  ['quiz', 1],
  ['resource', 1],
  ['scorm', 1],
  ['subsection', 0],
  ['survey', 0],
  ['url', 1],
  ['wiki', 1],
  ['workshop', 1],
];

/** `role`: short name (also the archetype); the ids are their places. */
export const roles: readonly string[] = [
  'manager',
  'coursecreator',
  'editingteacher',
  'teacher',
  'student',
  'guest',
  'user',
  'frontpage',
];

/** `role_context_levels`: role, levels at which it can be assigned (10 system, 40 category, 50 course, 70 module). */
export const roleLevels: readonly (readonly [string, readonly number[]])[] = [
  ['manager', [10, 40, 50]],
  ['coursecreator', [10, 40]],
  ['editingteacher', [50, 70]],
  ['teacher', [50, 70]],
  ['student', [50, 70]],
];

/** Roles that may be subscribed to a forum that forces it; of all permissions only this one concerns what we write. */
export const forcedSubscribers: readonly string[] = ['editingteacher', 'teacher', 'student', 'frontpage'];
