/** Finds out what kind of Moodle a schema holds, and whether we may plan for it or write to it. */
import type { Knex } from 'knex';
import { RolloverError } from '../model/errors.js';
import { moodleTables, provenBranches } from './schema-facts.js';
import { optionalColumns, shapeDifferences } from './shape.js';
import type { MoodleSite, Support } from './site.js';
import { selectCategorySortorders } from './sql/category.js';
import {
  selectColumns,
  selectConfig,
  selectConfigTables,
  selectEngines,
  selectPluginConfig,
  selectServerVersion,
  selectSystemFacts,
} from './sql/config.js';
import { selectRoles, type RoleRow } from './sql/role.js';
import type { TablePlace } from './sql/statement.js';

export { probePrivileges } from './privileges.js';

/** Moodle's default distance between categories' sortorders; config.php may raise it. */
const SORTORDER_STEP = 10_000;
const SESSION_TIMEOUT_S = 28_800;

/** Where a school's Moodle is. */
export interface MoodleAddress {
  readonly database: string;
  /** Absent: found by looking, if the schema holds one Moodle only. */
  readonly prefix?: string;
}

/** Where its tables are; no statement where the prefix is known. @throws RolloverError as `probeSite` */
export async function findPlace(db: Knex, { database, prefix }: MoodleAddress): Promise<TablePlace> {
  return { database, prefix: prefix ?? (await findPrefix(db, database)) };
}

/** What a Moodle says of itself in its table of settings. */
export type OwnWords = Pick<MoodleSite, 'release' | 'branch' | 'config'>;

/** The release that runs now and its settings, without a look at anything else. @throws RolloverError as `probeSite` */
export async function readRelease(db: Knex, where: MoodleAddress): Promise<OwnWords> {
  const rows = await selectConfig(db, await findPlace(db, where));
  const config = new Map(rows.map((row) => [row.name, row.value]));
  return { release: config.get('release') ?? '', branch: config.get('branch') ?? '', config };
}

/**
 * Reads what a site says of itself. Needs SELECT on Moodle's tables only.
 *
 * @throws RolloverError `MoodleUnsupported` where there is no Moodle, several without a prefix to choose by, or one
 * whose tables of settings cannot be read. A Moodle of another shape is returned as `refused` with what was found.
 */
export async function probeSite(db: Knex, where: MoodleAddress): Promise<MoodleSite> {
  const place = await findPlace(db, where);
  const tables = moodleTables.map((table) => place.prefix + table);
  const [server, columns, engines] = [
    await selectServerVersion(db),
    await selectColumns(db, place.database, tables),
    await selectEngines(db, place.database, tables),
  ];
  const existing = new Set(columns.map((column) => column.table));
  const absent = ['config', 'config_plugins'].filter((table) => !existing.has(place.prefix + table));
  if (absent.length > 0)
    throw new RolloverError(
      'MoodleUnsupported',
      `There is no Moodle with prefix "${place.prefix}" in schema "${place.database}", or it may not be read.`,
    );
  const config = new Map((await selectConfig(db, place)).map((row) => [row.name, row.value]));
  if (!config.has('version') || !config.has('siteidentifier'))
    throw new RolloverError(
      'MoodleUnsupported',
      'The configuration table is not that of an installed Moodle.',
    );
  const differences = shapeDifferences(place.prefix, columns, engines, /mariadb/i.test(server));
  const facts =
    differences.length === 0 ? await readSiteFacts(db, place, config, differences) : unreadableSite();
  return {
    ...place,
    version: config.get('version') ?? '',
    release: config.get('release') ?? '',
    branch: config.get('branch') ?? '',
    siteIdentifier: config.get('siteidentifier') ?? '',
    support: supportOf(config.get('branch') ?? '', differences),
    differences,
    columns: optionalColumns(place.prefix, columns),
    collation:
      columns.find((column) => column.table === `${place.prefix}user` && column.column === 'idnumber')
        ?.collation ?? '',
    mnetHostId: Number(config.get('mnet_localhost_id') ?? 1),
    sessionTimeout: Number(config.get('sessiontimeout') ?? SESSION_TIMEOUT_S) || SESSION_TIMEOUT_S,
    config,
    timeZone: zoneOf(config.get('timezone')),
    ...facts,
  };
}

async function findPrefix(db: Knex, database: string): Promise<string> {
  const found: string[] = [];
  for (const table of await selectConfigTables(db, database)) {
    const prefix = table.slice(0, -'config'.length);
    const names = await readConfigNames(db, { database, prefix });
    if (names.has('siteidentifier') && names.has('version')) found.push(prefix);
  }
  const [prefix] = found;
  if (prefix === undefined)
    throw new RolloverError('MoodleUnsupported', `No Moodle was found in schema "${database}".`);
  if (found.length > 1)
    throw new RolloverError(
      'MoodleUnsupported',
      `Several Moodles share schema "${database}"; name the prefix (${found.join(', ')}).`,
    );
  return prefix;
}

async function readConfigNames(db: Knex, place: TablePlace): Promise<Set<string>> {
  const columns = await selectColumns(db, place.database, [`${place.prefix}config`]);
  const shape = new Set(columns.map((column) => column.column));
  if (!shape.has('name') || !shape.has('value')) return new Set();
  return new Set((await selectConfig(db, place)).map((row) => row.name));
}

type SiteFacts = Pick<
  MoodleSite,
  'systemContext' | 'roles' | 'forumModuleId' | 'pluginConfig' | 'defaultEnrolPlugins' | 'sortorderStep'
>;

/** For a refused site: nothing that could be used by mistake. */
function unreadableSite(): SiteFacts {
  return {
    systemContext: { id: 0, path: '' },
    roles: { student: 0, editingteacher: 0 },
    forumModuleId: 0,
    pluginConfig: new Map(),
    defaultEnrolPlugins: [],
    sortorderStep: SORTORDER_STEP,
  };
}

/** What only rows can tell; missing rows become `differences`. */
async function readSiteFacts(
  db: Knex,
  place: TablePlace,
  config: ReadonlyMap<string, string>,
  differences: string[],
): Promise<SiteFacts> {
  const pluginConfig = new Map(
    (await selectPluginConfig(db, place)).map((row) => [`${row.plugin}/${row.name}`, row.value]),
  );
  const roles = await selectRoles(db, place);
  const [system, another] = await selectSystemFacts(db, place);
  const student = roleId(roles, 'student');
  const editingteacher = roleId(roles, 'editingteacher');
  if (system === undefined || another !== undefined)
    differences.push('context: there is no single system context');
  if (typeof system?.forumModuleId !== 'number') differences.push('modules: there is no forum module');
  if (student === undefined) differences.push('role: no single role of the kind student');
  if (editingteacher === undefined) differences.push('role: no single role of the kind editingteacher');
  return {
    systemContext: { id: system?.id ?? 0, path: system?.path ?? '' },
    roles: { student: student ?? 0, editingteacher: editingteacher ?? 0 },
    forumModuleId: system?.forumModuleId ?? 0,
    pluginConfig,
    defaultEnrolPlugins: defaultEnrolPlugins(config, pluginConfig),
    sortorderStep: stepOf(await selectCategorySortorders(db, place)),
  };
}

/** By short name; else the only role of that archetype. Several: none is picked. */
function roleId(roles: readonly RoleRow[], name: string): number | undefined {
  const named = roles.find((role) => role.shortname === name);
  if (named !== undefined) return named.id;
  const alike = roles.filter((role) => role.archetype === name);
  return alike.length === 1 ? alike[0]?.id : undefined;
}

function defaultEnrolPlugins(
  config: ReadonlyMap<string, string>,
  pluginConfig: ReadonlyMap<string, string>,
): string[] {
  return (config.get('enrol_plugins_enabled') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(
      (name) =>
        pluginConfig.has(`enrol_${name}/version`) && pluginConfig.get(`enrol_${name}/defaultenrol`) === '1',
    );
}

/** Categories lie whole steps apart, the first one a step from 0, unless a site raised the step in its files. */
function stepOf(sortorders: readonly number[]): number {
  let before = 0;
  let step = Number.POSITIVE_INFINITY;
  for (const sortorder of [...sortorders].sort((a, b) => a - b)) {
    if (sortorder > before) step = Math.min(step, sortorder - before);
    before = sortorder;
  }
  return Number.isFinite(step) && step > SORTORDER_STEP ? step : SORTORDER_STEP;
}

function supportOf(branch: string, differences: readonly string[]): Support {
  if (differences.length > 0) return 'refused';
  return provenBranches.has(branch) ? 'proven' : 'same-shape';
}

function zoneOf(timezone: string | undefined): string | null {
  if (timezone === undefined) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: timezone }).resolvedOptions().timeZone;
  } catch {
    // 99 is "the server's zone"; old sites may hold an offset that is no zone's name.
    return null;
  }
}

/** Why nothing may be written to this site at present; empty when it may. */
export function siteGuards(site: MoodleSite, nowSeconds = Math.floor(Date.now() / 1000)): string[] {
  const reasons: string[] = [];
  const upgrading = Number(site.config.get('upgraderunning') ?? 0);
  if (upgrading > nowSeconds) reasons.push('An upgrade of Moodle is running.');
  if (Number(site.config.get('adminsetuppending') ?? 0) !== 0)
    reasons.push("Moodle's installation is not finished: the administrator's account is not set up.");
  if (Number(site.config.get('maintenance_enabled') ?? 0) !== 0)
    reasons.push('Moodle is in maintenance mode.');
  return reasons;
}

/** The branch as a number, for rules that depend on the version: 401, 405, 500. */
export function branchOf(site: MoodleSite): number {
  return Number(site.branch) || 0;
}
