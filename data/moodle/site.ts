/** What one Moodle site says of itself; read once per activity, needed by every write. */

/** How sure we are of this version (docs/moodle-writes.md). */
export type Support = 'proven' | 'same-shape' | 'refused';

export interface MoodleSite {
  /** Schema (database) name and table prefix, e.g. `moodle` and `mdl_`. */
  readonly database: string;
  readonly prefix: string;
  /** config.version as text, e.g. "2024100706". */
  readonly version: string;
  /** config.release, e.g. "4.5.6 (Build: 20250811)". */
  readonly release: string;
  /** config.branch, e.g. "405". */
  readonly branch: string;
  readonly siteIdentifier: string;
  readonly support: Support;
  /** Columns and defaults that differ from every proven version, "table.column: why"; empty unless refused. */
  readonly differences: readonly string[];
  /** "table.column" of optional columns that exist here. */
  readonly columns: ReadonlySet<string>;
  /** Collation of user.idnumber; joins and folds name it. */
  readonly collation: string;
  readonly systemContext: { readonly id: number; readonly path: string };
  readonly mnetHostId: number;
  /** Role ids by shortname; resolved by shortname, else by archetype. */
  readonly roles: { readonly student: number; readonly editingteacher: number };
  readonly forumModuleId: number;
  /** Seconds; lifetime of cache flags. */
  readonly sessionTimeout: number;
  /** `config` by name. */
  readonly config: ReadonlyMap<string, string>;
  /** `config_plugins`: "plugin/name" → value. */
  readonly pluginConfig: ReadonlyMap<string, string>;
  /** Installed enrolment plugins that are enabled and add themselves to new courses, in order. */
  readonly defaultEnrolPlugins: readonly string[];
  /** 10000 unless the site's category gaps say otherwise. */
  readonly sortorderStep: number;
  /** IANA name of the site's own time zone, or null when it follows its server. */
  readonly timeZone: string | null;
}
