/**
 * One SELECT per table that makes a group of the rows of each person in each course: how many, a checksum, and which
 * row has which values. It runs on the server from end to end; the journal stores what it gives.
 */
import type { WatchedTable, WatchedValue } from '../../model/grade-safety.js';
import { foundTableName, type TablePlace } from '../sql/statement.js';

/** A statement's text with what is bound to it. */
export interface Statement {
  readonly sql: string;
  readonly bindings: readonly (string | number)[];
}

/** People and courses of a plan, in a table of the journal. */
export interface Scope {
  /** Name with columns plan_id, kind ('user', 'course'), moodle_id. */
  readonly table: string;
  readonly planId: number;
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

/**
 * Columns user_id, course_id, row_count, value_count, checksum, members.
 *
 * @param by user: rows of the people, in any course. course: rows of everybody else in the courses.
 * @param since Unix seconds of the moment before
 */
export function groupsOf(
  place: TablePlace,
  watched: WatchedTable,
  scope: Scope,
  by: 'user' | 'course',
  since: number,
): Statement {
  const { person, course, way, zero } = watched;
  const user = person === null ? '0' : `COALESCE(${cell(person.column, `t${person.at}`)}, 0)`;
  const courseCell = cell(course, `t${way.length}`);
  const bits = bitsOf(watched, since);
  const key = by === 'user' && person !== null ? cell(person.column, `t${person.at}`) : courseCell;
  const others =
    by === 'user' || person === null
      ? ''
      : `LEFT JOIN ${scope.table} p ON p.plan_id = ? AND p.kind = 'user' AND p.moodle_id = ${user}`;
  const conditions = [
    's.plan_id = ?',
    's.kind = ?',
    ...(others === '' ? [] : ['p.moodle_id IS NULL']),
    ...(zero === undefined ? [] : [`${cell(zero)} = 0`]),
  ];
  return {
    sql: `SELECT ${user} AS user_id, COALESCE(${courseCell}, 0) AS course_id, COUNT(*) AS row_count,
      SUM(BIT_COUNT(${bits})) AS value_count, BIT_XOR(${digestOf(watched)}) AS checksum,
      GROUP_CONCAT(t0.id, ':', ${bits} ORDER BY t0.id SEPARATOR ',') AS members
      FROM ${scope.table} s JOIN (${joined(place, watched)}) ON ${key} = s.moodle_id ${others}
      WHERE ${conditions.join(' AND ')} GROUP BY 1, 2`,
    bindings: [...(others === '' ? [] : [scope.planId]), scope.planId, by],
  };
}
