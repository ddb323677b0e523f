/** Compares a site's tables with the facts of the proven versions. */
import type { CatalogueColumn } from './sql/config.js';
import { factsOf, moodleTables, type MoodleTable } from './schema-facts.js';

/** One declaration in the words of `schemaFacts`: no integer display width, MariaDB's and MySQL's defaults alike. */
export function declarationOf(column: CatalogueColumn, mariadb: boolean): string {
  const type = column.type.replace(/^((?:big|small|tiny|medium)?int)\(\d+\)/, '$1');
  if (/auto_increment/i.test(column.extra)) return `${type} auto_increment`;
  const declared = `${type} ${column.nullable === 'YES' ? 'null' : 'not null'}`;
  let value = column.default;
  // MariaDB writes the word NULL for "default NULL" and quotes text; MySQL gives the bare value.
  if (mariadb && value === 'NULL') value = null;
  if (mariadb && value !== null && /^'.*'$/s.test(value)) value = value.slice(1, -1).replaceAll("''", "'");
  if (value === null) return column.nullable === 'YES' ? `${declared} default NULL` : declared;
  return /^(big|small|tiny|medium)?int|^decimal/.test(type)
    ? `${declared} default ${value}`
    : `${declared} default '${value}'`;
}

function matches(declared: string, fact: string): boolean {
  return declared === fact || (!fact.includes(' default ') && declared.startsWith(`${fact} default `));
}

/** "table.column: why" for everything that no proven version has. Empty: the site has a proven shape. */
export function shapeDifferences(
  prefix: string,
  columns: readonly CatalogueColumn[],
  engines: readonly { readonly table: string; readonly engine: string | null }[],
  mariadb: boolean,
): string[] {
  const differences: string[] = [];
  const found = new Map<string, Map<string, CatalogueColumn>>();
  for (const column of columns) {
    const table = found.get(column.table) ?? new Map<string, CatalogueColumn>();
    table.set(column.column, column);
    found.set(column.table, table);
  }
  const engineOf = new Map(engines.map((row) => [row.table, row.engine]));
  for (const table of moodleTables) {
    const present = found.get(prefix + table);
    if (present === undefined) {
      differences.push(`${table}: the table is missing, or may not be read`);
      continue;
    }
    const engine = engineOf.get(prefix + table);
    if (engine?.toLowerCase() !== 'innodb')
      differences.push(`${table}: the engine is ${engine ?? 'unknown'}, not InnoDB`);
    differences.push(...tableDifferences(table, present, mariadb));
  }
  return differences;
}

function tableDifferences(
  table: MoodleTable,
  present: ReadonlyMap<string, CatalogueColumn>,
  mariadb: boolean,
): string[] {
  const facts = factsOf(table);
  const differences: string[] = [];
  for (const [name, fact] of Object.entries(facts.columns)) {
    const column = present.get(name);
    if (column === undefined) {
      differences.push(`${table}.${name}: the column is missing`);
      continue;
    }
    const declared = declarationOf(column, mariadb);
    const accepted = typeof fact === 'string' ? [fact] : fact;
    if (!accepted.some((one) => matches(declared, one)))
      differences.push(`${table}.${name}: ${declared} instead of ${accepted.join(' or ')}`);
  }
  if (!facts.access.includes('insert')) return differences;
  for (const [name, column] of present) {
    if (name in facts.columns) continue;
    const declared = declarationOf(column, mariadb);
    if (/ not null$/.test(declared)) differences.push(`${table}.${name}: unknown, and it needs a value`);
    else if (facts.optional?.includes(name) === true && !/ null default NULL$/.test(declared))
      differences.push(`${table}.${name}: ${declared} instead of a default of NULL`);
  }
  return differences;
}

/** "table.column" of the optional columns that exist. */
export function optionalColumns(prefix: string, columns: readonly CatalogueColumn[]): Set<string> {
  const found = new Set<string>();
  for (const column of columns) {
    const table = column.table.slice(prefix.length) as MoodleTable;
    if (moodleTables.includes(table) && factsOf(table).optional?.includes(column.column) === true)
      found.add(`${table}.${column.column}`);
  }
  return found;
}
