/** Whether the web service will do what a run wants of it at its end; found out before, without changing anything. */
import type { Knex } from 'knex';
import type { DeletionKind } from '../../model/deletion.js';
import { RolloverError } from '../../model/errors.js';
import type { School } from '../../schools.js';
import type { MoodleSite } from '../site.js';
import { selectCapability } from '../sql/role.js';
import { selectSystemRoleIds } from '../sql/system-role.js';
import { selectUsersById } from '../sql/user.js';
import { deletionNeeds } from './deletions.js';
import { getSiteInfo, neededFunctions, type SiteInfo } from './functions.js';

/** Capabilities that our account needs on the whole site (docs/web-services.md). */
export const neededCapabilities = ['webservice/rest:use', 'moodle/category:manage'] as const;

/**
 * unreachable: it may answer later. refused: by Moodle, `detail` is its code. another-site: the web address and the
 * database belong to two Moodles. another-address: Moodle calls itself otherwise. The rest name what is missing.
 */
export interface WebServiceProblem {
  readonly what:
    | 'unreachable'
    | 'refused'
    | 'another-site'
    | 'another-address'
    | 'missing-function'
    | 'missing-capability';
  /** A code, a function, a capability or an address; empty when there is nothing to add. */
  readonly detail: string;
}

export interface WebServiceProbe {
  readonly configured: boolean;
  /** Empty: as far as can be seen, it works. */
  readonly problems: readonly WebServiceProblem[];
}

/** Shorter than a run's end: somebody waits for the answer. */
const WAITS: readonly number[] = [500];
const ALLOWED = 1;
const PROHIBITED = -1000;

async function mayDo(
  db: Knex,
  site: MoodleSite,
  roleIds: readonly number[],
  capability: string,
): Promise<boolean> {
  const rows = await selectCapability(db, site, capability, roleIds);
  const said = rows.filter(({ contextid }) => contextid === site.systemContext.id);
  return (
    said.some(({ permission }) => permission === ALLOWED) &&
    !said.some(({ permission }) => permission === PROHIBITED)
  );
}

/** What the account lacks, as the database says; administrators of the site lack nothing. */
async function missingCapabilities(
  db: Knex,
  site: MoodleSite,
  userId: number,
  needed: ReadonlySet<string>,
): Promise<string[]> {
  const admins = (site.config.get('siteadmins') ?? '').split(',').map(Number);
  if (admins.includes(userId)) return [];
  const roleIds = await selectSystemRoleIds(db, site, userId, site.systemContext.id);
  const missing: string[] = [];
  for (const capability of needed)
    if (!(await mayDo(db, site, roleIds, capability))) missing.push(capability);
  return missing;
}

/** The same Moodle has the same version, and knows the account by the same number and login. */
async function isSameSite(db: Knex, site: MoodleSite, info: SiteInfo): Promise<boolean> {
  const account = (await selectUsersById(db, site, [info.userId], false))[0];
  return info.version === site.version && account?.username === info.userName;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '').toLowerCase();
}

async function judge(
  school: School,
  site: MoodleSite,
  info: SiteInfo,
  url: string,
  deleting: readonly DeletionKind[],
): Promise<WebServiceProblem[]> {
  if (!(await isSameSite(school.db, site, info)))
    return [{ what: 'another-site', detail: info.release.slice(0, 60) }];
  const offered = new Set(info.functions);
  const functions = [...neededFunctions, ...deleting.map((kind) => deletionNeeds[kind].function)];
  const capabilities = new Set<string>([
    ...neededCapabilities,
    ...deleting.flatMap((kind) => deletionNeeds[kind].capabilities),
  ]);
  return [
    ...(withoutSlash(info.siteUrl) === withoutSlash(url)
      ? []
      : [{ what: 'another-address' as const, detail: info.siteUrl.slice(0, 200) }]),
    ...functions
      .filter((name) => !offered.has(name))
      .map((detail) => ({ what: 'missing-function' as const, detail })),
    ...(await missingCapabilities(school.db, site, info.userId, capabilities)).map((detail) => ({
      what: 'missing-capability' as const,
      detail,
    })),
  ];
}

/**
 * Looks; what is wrong is an answer and no failure, because a run can do without the web service. `deleting`: what is
 * to be deleted for good, which needs more.
 */
export async function probeWebService(
  school: School,
  site: MoodleSite,
  signal?: AbortSignal,
  deleting: readonly DeletionKind[] = [],
): Promise<WebServiceProbe> {
  const { webService } = school;
  if (webService === undefined) return { configured: false, problems: [] };
  try {
    const options = { waits: WAITS, ...(signal === undefined ? {} : { signal }) };
    const info = await getSiteInfo(webService, options);
    return { configured: true, problems: await judge(school, site, info, webService.url, deleting) };
  } catch (error) {
    if (!(error instanceof RolloverError)) throw error;
    const { errorcode } = error.details;
    if (error.code === 'WebServiceUnavailable')
      return { configured: true, problems: [{ what: 'unreachable', detail: '' }] };
    if (error.code !== 'WebServiceRefused') throw error;
    const detail = typeof errorcode === 'string' ? errorcode : '';
    return { configured: true, problems: [{ what: 'refused', detail }] };
  }
}
