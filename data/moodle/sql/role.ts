/** `role`, `role_assignments`, `role_capabilities`. */
import type { Knex } from 'knex';
import {
  MAX_ROWS,
  placeholders,
  selectIn,
  selectRows,
  slices,
  tableName,
  write,
  type TablePlace,
} from './statement.js';

export interface RoleRow {
  readonly id: number;
  readonly shortname: string;
  readonly archetype: string;
}

export async function selectRoles(db: Knex, place: TablePlace): Promise<RoleRow[]> {
  return selectRows(
    db,
    `SELECT id, shortname, archetype FROM ${tableName(place, 'role')} ORDER BY sortorder, id`,
  );
}

export interface AssignmentRow {
  readonly id: number;
  readonly userid: number;
  readonly roleid: number;
  readonly contextid: number;
}

/**
 * Role assignments anywhere, one page by primary key. Without a join: the server would begin with the contexts, and
 * sort everything for every page.
 */
export async function selectAssignmentPage(
  db: Knex,
  place: TablePlace,
  after: number,
  limit: number,
): Promise<AssignmentRow[]> {
  return selectRows(
    db,
    `SELECT id, userid, roleid, contextid FROM ${tableName(place, 'role_assignments')}
      WHERE id > ? ORDER BY id LIMIT ${limit}`,
    [after],
  );
}

/** Whose role where. */
export interface RolePlace {
  readonly userid: number;
  readonly contextid: number;
}

/** Pairs of one SELECT: two values each. */
const MAX_PAIRS = 2500;

type ComponentRow = AssignmentRow & { readonly component: string; readonly itemid: number };

const assignmentColumns = 'id, userid, roleid, contextid, component, itemid';

/** Asked for in SQL, the server would take the index that begins with the component, which is '' everywhere. */
const isPlain = ({ component, itemid }: ComponentRow): boolean => component === '' && itemid === 0;

/** Roles without component from an id on: those that were given just now, by whomever. */
export async function selectPlainRolesFrom(
  db: Knex,
  place: TablePlace,
  firstId: number,
): Promise<AssignmentRow[]> {
  const rows = await selectRows<ComponentRow>(
    db,
    `SELECT ${assignmentColumns} FROM ${tableName(place, 'role_assignments')} WHERE id >= ? ORDER BY id`,
    [firstId],
  );
  return rows.filter(isPlain);
}

/** Roles without component of given people in given contexts. */
export async function selectPlainRoles(
  db: Knex,
  place: TablePlace,
  pairs: readonly RolePlace[],
): Promise<AssignmentRow[]> {
  const rows: AssignmentRow[] = [];
  for (const slice of slices(pairs, MAX_PAIRS)) {
    const marks = new Array<string>(slice.length).fill('(?, ?)').join(', ');
    const bindings = slice.flatMap(({ userid, contextid }) => [userid, contextid]);
    const found = await selectRows<ComponentRow>(
      db,
      `SELECT ${assignmentColumns} FROM ${tableName(place, 'role_assignments')}
        WHERE (userid, contextid) IN (${marks}) ORDER BY id`,
      bindings,
    );
    rows.push(...found.filter(isPlain));
  }
  return rows;
}

/**
 * Gives the people of these enrolments one role in the enrolments' courses, where they do not have it yet. The order
 * of the join is fixed: with the statistics of a table that was empty a moment ago the server begins with the courses.
 *
 * @returns the lowest id that was given; null when everybody had the role.
 */
export async function insertMissingRoles(
  db: Knex,
  place: TablePlace,
  role: { readonly roleid: number; readonly modifierid: number; readonly now: number },
  enrolmentIds: readonly number[],
): Promise<number | null> {
  const assignments = tableName(place, 'role_assignments');
  let lowest: number | null = null;
  for (const slice of slices(enrolmentIds, MAX_ROWS)) {
    const { insertId, affectedRows } = await write(
      db,
      `INSERT INTO ${assignments} (roleid, contextid, userid, timemodified, modifierid)
       SELECT STRAIGHT_JOIN ?, c.id, ue.userid, ?, ?
         FROM ${tableName(place, 'user_enrolments')} ue
         JOIN ${tableName(place, 'enrol')} e ON e.id = ue.enrolid
         JOIN ${tableName(place, 'context')} c ON c.contextlevel = 50 AND c.instanceid = e.courseid
        WHERE ue.id IN (${placeholders(slice.length)})
          AND NOT EXISTS (SELECT 1 FROM ${assignments} ra
                           WHERE ra.roleid = ? AND ra.contextid = c.id AND ra.userid = ue.userid
                             AND ra.component = '' AND ra.itemid = 0)
        ORDER BY ue.id`,
      [role.roleid, role.now, role.modifierid, ...slice, role.roleid],
    );
    if (affectedRows > 0) lowest = Math.min(insertId, lowest ?? insertId);
  }
  return lowest;
}

export interface CapabilityRow {
  readonly roleid: number;
  readonly contextid: number;
  readonly permission: number;
}

/** What the given roles say about one capability, anywhere on the site. */
export async function selectCapability(
  db: Knex,
  place: TablePlace,
  capability: string,
  roleIds: readonly number[],
): Promise<CapabilityRow[]> {
  return selectIn(
    db,
    roleIds,
    (marks) => `SELECT roleid, contextid, permission FROM ${tableName(place, 'role_capabilities')}
      WHERE capability = ? AND roleid IN (${marks})`,
    [capability],
  );
}
