/** `config`, `config_plugins` and the server's own catalogue. */
import type { Knex } from 'knex';
import { RolloverError } from '../../model/errors.js';
import { selectRows, tableName, placeholders, type TablePlace } from './statement.js';

/** The settings we look at. Others may hold secrets and are not read. */
const configNames = [
  // whether unenrolling loses grades
  'disablegradehistory',
  'gradehistorylifetime',
  'version',
  'release',
  'branch',
  'siteidentifier',
  'lang',
  'country',
  'defaultcity',
  'calendartype',
  'timezone',
  'mnet_localhost_id',
  'auth',
  'enrol_plugins_enabled',
  'sessiontimeout',
  'siteguest',
  'siteadmins',
  'allowaccountssameemail',
  'authloginviaemail',
  'extendedusernamechars',
  'passwordpolicy',
  'enablecompletion',
  'coursecontact',
  'sitepolicyhandler',
  'recovergradesdefault',
  'upgraderunning',
  'adminsetuppending',
  'maintenance_enabled',
  'defaultpreference_maildisplay',
  'defaultpreference_mailformat',
  'defaultpreference_maildigest',
  'defaultpreference_autosubscribe',
  'defaultpreference_trackforums',
];

/** Plugins all of whose settings are read. */
const wholePlugins = ['moodlecourse', 'tool_log', 'logstore_standard'];

/** Settings that are read of every enrolment method and course format. */
const pluginNames = [
  'version',
  'disabled',
  'activitytype',
  'defaultenrol',
  'status',
  'roleid',
  'enrolperiod',
  'expirynotify',
  'expirythreshold',
  'sendcoursewelcomemessage',
  'requirepassword',
  'groupkey',
  'longtimenosee',
  'maxenrolled',
  'newenrols',
];

export async function selectConfig(
  db: Knex,
  place: TablePlace,
): Promise<{ readonly name: string; readonly value: string }[]> {
  return selectRows(
    db,
    `SELECT name, value FROM ${tableName(place, 'config')} WHERE name IN (${placeholders(configNames.length)})`,
    configNames,
  );
}

export async function selectPluginConfig(
  db: Knex,
  place: TablePlace,
): Promise<{ readonly plugin: string; readonly name: string; readonly value: string }[]> {
  return selectRows(
    db,
    `SELECT plugin, name, value FROM ${tableName(place, 'config_plugins')}
      WHERE plugin IN (${placeholders(wholePlugins.length)})
         OR ((plugin LIKE 'enrol|_%' ESCAPE '|' OR plugin LIKE 'format|_%' ESCAPE '|')
             AND name IN (${placeholders(pluginNames.length)}))`,
    [...wholePlugins, ...pluginNames],
  );
}

/** Names of the tables of a schema that may be a Moodle's `config`. */
export async function selectConfigTables(db: Knex, database: string): Promise<string[]> {
  const rows = await selectRows<{ name: string }>(
    db,
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = ? AND table_name LIKE '%config' ORDER BY table_name`,
    [database],
  );
  return rows.map((row) => row.name);
}

export interface CatalogueColumn {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly nullable: 'YES' | 'NO';
  readonly default: string | null;
  readonly extra: string;
  readonly collation: string | null;
}

/** Every column of the named tables as the server declares it. */
export async function selectColumns(
  db: Knex,
  database: string,
  tables: readonly string[],
): Promise<CatalogueColumn[]> {
  return selectRows(
    db,
    `SELECT table_name AS \`table\`, column_name AS \`column\`, column_type AS type, is_nullable AS nullable,
            column_default AS \`default\`, extra AS extra, collation_name AS collation
       FROM information_schema.columns
      WHERE table_schema = ? AND table_name IN (${placeholders(tables.length)})
      ORDER BY table_name, ordinal_position`,
    [database, ...tables],
  );
}

export async function selectEngines(
  db: Knex,
  database: string,
  tables: readonly string[],
): Promise<{ readonly table: string; readonly engine: string | null }[]> {
  return selectRows(
    db,
    `SELECT table_name AS \`table\`, engine AS engine FROM information_schema.tables
      WHERE table_schema = ? AND table_name IN (${placeholders(tables.length)})`,
    [database, ...tables],
  );
}

/** The server's version text; MariaDB names itself in it. */
export async function selectServerVersion(db: Knex): Promise<string> {
  const [row] = await selectRows<{ version: string }>(db, 'SELECT VERSION() AS version');
  return row?.version ?? '';
}

export interface SystemFacts {
  readonly id: number;
  readonly path: string;
  readonly forumModuleId: number | null;
}

/** Contexts of the system, of which there is one, with the id of the forum among the activities. */
export async function selectSystemFacts(db: Knex, place: TablePlace): Promise<SystemFacts[]> {
  return selectRows(
    db,
    `SELECT c.id, c.path, m.id AS forumModuleId FROM ${tableName(place, 'context')} c
       LEFT JOIN ${tableName(place, 'modules')} m ON m.name = 'forum' WHERE c.contextlevel = 10`,
  );
}

/** Unix seconds by the server's clock. */
export async function selectTime(db: Knex): Promise<number> {
  const [row] = await selectRows<{ now: number }>(db, 'SELECT UNIX_TIMESTAMP() AS now');
  if (row === undefined) throw new RolloverError('Internal', 'The database did not tell the time.');
  return Number(row.now);
}
