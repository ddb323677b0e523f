/**
 * SELECTs on the watched tables: the rows of each person in each course as one group (how many, a checksum, which row
 * has which values), or only the sums of a whole table. Rows never leave the server; the journal stores the groups.
 */
import type { WatchedTable, WatchedValue } from '../../model/grade-safety.js';
import { foundTableName, type TablePlace } from '../sql/statement.js';

/** A statement's text with what is bound to it. */
export interface Statement {
  readonly sql: string;
  readonly bindings: readonly number[];
}

/** People and courses of a plan, in a table of the journal. */
export interface Scope {
  /** Name with columns plan_id, kind ('user', 'course'), moodle_id. */
  readonly table: string;
  readonly planId: number;
}

/**
 * Which rows of a table: those of the people in any course; those of everybody else in the courses; or both, which reads
 * the whole table once.
 */
export type Side = 'user' | 'course' | 'all';

/** More people and courses than this are found faster by reading tables whole. */
const MANY = 2000;

/** The sides that together are everything of the scope. */
export function sidesOf({ person }: WatchedTable, size: number): readonly Side[] {
  if (person === null) return ['course'];
  return size > MANY ? ['all'] : ['user', 'course'];
}

function quote(identifier: string): string {
  return `\`${identifier.replaceAll('`', '``')}\``;
}

function cell(column: string, alias = 't0'): string {
  return `${alias}.${quote(column)}`;
}

/** 1 or 0, never NULL. */
function isThere({ column, presence, changedAt }: WatchedValue, since: number): string {
  const value = cell(column);
  const tests = {
    'not-null': `${value} IS NOT NULL`,
    'not-zero': `COALESCE(${value}, 0) <> 0`,
    'not-empty': `COALESCE(${value}, '') <> ''`,
    'not-negative': `COALESCE(${value}, -1) >= 0`,
  };
  const test = tests[presence];
  return changedAt === undefined ? `(${test})` : `(${test} OR ${cell(changedAt)} >= ${since})`;
}

function bitsOf({ values }: WatchedTable, since: number): string {
  if (values.length === 0) return '0';
  return values.map((value, at) => `${isThere(value, since)} * ${2 ** at}`).join(' + ');
}

function digestOf({ columns }: WatchedTable): string {
  // bytes, because columns of different collations cannot be put together
  const cells = columns.map((column) => `COALESCE(CAST(${cell(column)} AS BINARY), '-')`);
  return `CRC32(CONCAT_WS('/', ${[cell('id'), ...cells].join(', ')}))`;
}

function joined(place: TablePlace, { table, way }: WatchedTable): string {
  const steps = way.map(
    (step, at) =>
      `JOIN ${foundTableName(place, step.table)} t${at + 1} ON t${at + 1}.id = ${cell(step.by, `t${at}`)}`,
  );
  return [`${foundTableName(place, table)} t0`, ...steps].join(' ');
}

interface Parts extends Statement {
  readonly user: string;
  readonly course: string;
}

/** FROM and WHERE. */
function rowsOf(place: TablePlace, watched: WatchedTable, scope: Scope, side: Side): Parts {
  const { person, way, zero } = watched;
  const user = person === null ? '0' : `COALESCE(${cell(person.column, `t${person.at}`)}, 0)`;
  const personKey = person === null ? '0' : cell(person.column, `t${person.at}`);
  const course = cell(watched.course, `t${way.length}`);
  const only = zero === undefined ? '' : ` AND ${cell(zero)} = 0`;
  const { table, planId } = scope;
  const people = `${table} p ON p.plan_id = ? AND p.kind = 'user' AND p.moodle_id = ${personKey}`;
  const courses = `${table} c ON c.plan_id = ? AND c.kind = 'course' AND c.moodle_id = ${course}`;
  const all = `(${joined(place, watched)})`;
  const of = (sql: string, bindings: readonly number[]): Parts => ({
    user,
    course: `COALESCE(${course}, 0)`,
    sql: `${sql}${only}`,
    bindings,
  });
  if (side === 'user') return of(`FROM ${all} JOIN ${people} WHERE 1 = 1`, [planId]);
  if (person === null) return of(`FROM ${all} JOIN ${courses} WHERE 1 = 1`, [planId]);
  if (side === 'course')
    return of(`FROM ${all} JOIN ${courses} LEFT JOIN ${people} WHERE p.plan_id IS NULL`, [planId, planId]);
  return of(
    `FROM ${all} LEFT JOIN ${people} LEFT JOIN ${courses} WHERE (p.plan_id IS NOT NULL OR c.plan_id IS NOT NULL)`,
    [planId, planId],
  );
}

/**
 * Columns user_id, course_id, row_count, value_count, checksum, members, and `more` numbers that are the same in every
 * row.
 *
 * @param since Unix seconds of the look before
 */
export function groupsOf(
  place: TablePlace,
  watched: WatchedTable,
  scope: Scope,
  side: Side,
  since: number,
  more: readonly number[] = [],
): Statement {
  const { user, course, sql, bindings } = rowsOf(place, watched, scope, side);
  const bits = bitsOf(watched, since);
  const columns = [
    user,
    course,
    'COUNT(*)',
    `SUM(BIT_COUNT(${bits}))`,
    `SUM(${digestOf(watched)})`,
    `GROUP_CONCAT(t0.id, ':', ${bits} ORDER BY t0.id SEPARATOR ',')`,
    ...more.map(() => '?'),
  ];
  return { sql: `SELECT ${columns.join(', ')} ${sql} GROUP BY 1, 2`, bindings: [...more, ...bindings] };
}

/** One row with `rows`, `values` and `checksum`: the sums of what `groupsOf` gives. */
export function totalsOf(
  place: TablePlace,
  watched: WatchedTable,
  scope: Scope,
  side: Side,
  since: number,
): Statement {
  const { sql, bindings } = rowsOf(place, watched, scope, side);
  return {
    sql: `SELECT COUNT(*) AS \`rows\`, COALESCE(SUM(BIT_COUNT(${bitsOf(watched, since)})), 0) AS \`values\`,
      COALESCE(SUM(${digestOf(watched)}), 0) AS checksum ${sql}`,
    bindings,
  };
}
