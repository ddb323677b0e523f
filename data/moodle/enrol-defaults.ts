/** Enrolment methods that a new course gets, with the site's defaults (contract §3.3). */
import { randomInt } from 'node:crypto';
import { branchOf } from './probe.js';
import type { MoodleSite } from './site.js';
import type { Value } from './sql/statement.js';

type Row = Record<string, Value>;

/** Methods whose rows we know. Another plugin that adds itself to new courses is left out. */
const known: Readonly<Record<string, (site: MoodleSite) => Row>> = { manual, guest, self };

/** Manual enrolment has a welcome message of its own since this branch. */
const FIRST_BRANCH_WITH_MANUAL_WELCOME = 404;
const DAY_S = '86400';

/** Rows of `enrol` for one new course, in the site's order. All have the same columns. */
export function defaultInstances(site: MoodleSite, courseid: number, now: number): Row[] {
  return site.defaultEnrolPlugins
    .filter((plugin) => plugin in known)
    .map((plugin, sortorder) => ({
      enrol: plugin,
      status: Number(setting(site, plugin, 'status', plugin === 'manual' ? '0' : '1')),
      courseid,
      sortorder,
      enrolperiod: 0,
      expirynotify: 0,
      expirythreshold: 0,
      notifyall: 0,
      password: null,
      roleid: 0,
      customint1: null,
      customint2: null,
      customint3: null,
      customint4: null,
      customint5: null,
      customint6: null,
      ...known[plugin]?.(site),
      timecreated: now,
      timemodified: now,
    }));
}

function setting(site: MoodleSite, plugin: string, name: string, otherwise: string): string {
  return site.pluginConfig.get(`enrol_${plugin}/${name}`) ?? otherwise;
}

function number(site: MoodleSite, plugin: string, name: string, otherwise: string): number {
  return Number(setting(site, plugin, name, otherwise)) || 0;
}

/** Role, period and notices. The setting 2 means "teachers and the person": two columns. */
function membership(site: MoodleSite, plugin: string): Row {
  const notify = number(site, plugin, 'expirynotify', '0');
  return {
    roleid: number(site, plugin, 'roleid', String(site.roles.student)),
    enrolperiod: number(site, plugin, 'enrolperiod', '0'),
    expirynotify: notify === 2 ? 1 : notify,
    notifyall: notify === 2 ? 1 : 0,
    expirythreshold: number(site, plugin, 'expirythreshold', DAY_S),
  };
}

function manual(site: MoodleSite): Row {
  const welcomes = branchOf(site) >= FIRST_BRANCH_WITH_MANUAL_WELCOME;
  return {
    ...membership(site, 'manual'),
    customint1: welcomes ? number(site, 'manual', 'sendcoursewelcomemessage', '1') : null,
  };
}

function guest(site: MoodleSite): Row {
  return { password: setting(site, 'guest', 'requirepassword', '0') === '1' ? randomKey() : '' };
}

function self(site: MoodleSite): Row {
  return {
    ...membership(site, 'self'),
    password: setting(site, 'self', 'requirepassword', '0') === '1' ? randomKey() : null,
    customint1: number(site, 'self', 'groupkey', '0'),
    customint2: number(site, 'self', 'longtimenosee', '0'),
    customint3: number(site, 'self', 'maxenrolled', '0'),
    customint4: number(site, 'self', 'sendcoursewelcomemessage', '1'),
    customint5: 0,
    customint6: number(site, 'self', 'newenrols', '1'),
  };
}

const KEY_LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const KEY_LENGTH = 20;

/** An enrolment key that nobody knows until somebody looks it up or changes it. */
function randomKey(): string {
  return Array.from({ length: KEY_LENGTH }, () => KEY_LETTERS[randomInt(KEY_LETTERS.length)]).join('');
}
