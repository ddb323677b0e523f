/** Whether nothing was lost, doubled or left half done. */
import { expect } from 'vitest';
import { brokenInvariants, readInvariants } from '../support/invariants.js';
import { countTwice, naturalRows, type NaturalRows } from '../support/natural-rows.js';
import { JOURNAL, MOODLE, type Stand } from './stand.js';

/** What a passage leaves behind, without ids and times. */
export interface Outcome {
  readonly moodle: NaturalRows;
  /** What is ours, by natural keys. */
  readonly managed: readonly string[];
  /** What we suspended or hid and is so still. */
  readonly withdrawn: readonly string[];
  /** What was deleted for good. */
  readonly deleted: readonly string[];
}

async function rows(stand: Stand, sql: string): Promise<string[]> {
  const [found] = (await stand.root.raw(sql)) as [object[]];
  return found.map((row) => JSON.stringify(Object.values(row)));
}

export async function readOutcome(stand: Stand): Promise<Outcome> {
  return {
    moodle: await naturalRows(stand.root, MOODLE),
    managed: await rows(
      stand,
      `SELECT kind, external_id, second_id, origin FROM ${JOURNAL}.managed ORDER BY kind, external_id, second_id`,
    ),
    withdrawn: await rows(
      stand,
      `SELECT kind, external_id, second_id FROM ${JOURNAL}.withdrawn ORDER BY kind, external_id, second_id`,
    ),
    deleted: await rows(
      stand,
      `SELECT kind, external_id, second_id FROM ${JOURNAL}.deletion_item WHERE state = 'deleted' ORDER BY kind, external_id, second_id`,
    ),
  };
}

/** What Moodle was asked to delete is found out before the next run plans: until then either is sound. */
const inFlight = (kind: string, column: string): string =>
  `(SELECT i.${column} FROM ${JOURNAL}.deletion_item i WHERE i.kind = '${kind}' AND i.state = 'in-flight')`;

/** Sound at any time: after an end, and after a stop half way. Each query returns what must not be. */
const halfDone: Readonly<Record<string, string>> = {
  'accounts of ours that are not there': `SELECT m.moodle_id FROM ${JOURNAL}.managed m
    LEFT JOIN ${MOODLE}.mdl_user u ON u.id = m.moodle_id AND u.deleted = 0 AND u.idnumber = m.external_id COLLATE utf8mb4_bin
    WHERE m.kind = 'user' AND u.id IS NULL AND m.moodle_id NOT IN ${inFlight('user', 'moodle_id')}`,
  'courses of ours that are not there': `SELECT m.moodle_id FROM ${JOURNAL}.managed m
    LEFT JOIN ${MOODLE}.mdl_course c ON c.id = m.moodle_id AND c.idnumber = m.external_id COLLATE utf8mb4_bin
    WHERE m.kind = 'course' AND c.id IS NULL AND m.moodle_id NOT IN ${inFlight('course', 'moodle_id')}`,
  'enrolments of ours that are not there': `SELECT m.moodle_id FROM ${JOURNAL}.managed m
    LEFT JOIN ${MOODLE}.mdl_user_enrolments e ON e.id = m.moodle_id WHERE m.kind = 'enrolment' AND e.id IS NULL
    AND m.moodle_id NOT IN ${inFlight('enrolment', 'moodle_id')} AND m.second_id NOT IN ${inFlight('user', 'external_id')}
    AND m.external_id NOT IN ${inFlight('course', 'external_id')}`,
  'accounts from KnowledgeNET that are nobody’s': `SELECT u.id FROM ${MOODLE}.mdl_user u
    LEFT JOIN ${JOURNAL}.managed m ON m.kind = 'user' AND m.moodle_id = u.id
    WHERE u.idnumber <> '' AND u.deleted = 0 AND m.moodle_id IS NULL`,
  'enrolments that are nobody’s': `SELECT e.id FROM ${MOODLE}.mdl_user_enrolments e
    LEFT JOIN ${JOURNAL}.managed m ON m.kind = 'enrolment' AND m.moodle_id = e.id WHERE m.moodle_id IS NULL`,
  'suspended by us, but active': `SELECT w.moodle_id FROM ${JOURNAL}.withdrawn w LEFT JOIN ${MOODLE}.mdl_user u ON u.id = w.moodle_id
    WHERE w.kind = 'user' AND COALESCE(u.suspended, 0) <> 1 AND w.moodle_id NOT IN ${inFlight('user', 'moodle_id')}`,
  'hidden by us, but shown': `SELECT w.moodle_id FROM ${JOURNAL}.withdrawn w LEFT JOIN ${MOODLE}.mdl_course c ON c.id = w.moodle_id
    WHERE w.kind = 'course' AND COALESCE(c.visible, 1) <> 0 AND w.moodle_id NOT IN ${inFlight('course', 'moodle_id')}`,
  'enrolments suspended by us, but active': `SELECT w.moodle_id FROM ${JOURNAL}.withdrawn w LEFT JOIN ${MOODLE}.mdl_user_enrolments e ON e.id = w.moodle_id
    WHERE w.kind = 'enrolment' AND COALESCE(e.status, 0) <> 1 AND w.moodle_id NOT IN ${inFlight('enrolment', 'moodle_id')}
    AND w.second_id NOT IN ${inFlight('user', 'external_id')} AND w.external_id NOT IN ${inFlight('course', 'external_id')}`,
  'suspended, but not by us': `SELECT u.id FROM ${MOODLE}.mdl_user u LEFT JOIN ${JOURNAL}.withdrawn w ON w.kind = 'user' AND w.moodle_id = u.id
    WHERE u.suspended = 1 AND u.deleted = 0 AND w.moodle_id IS NULL`,
  'applied changes without an id': `SELECT plan_id, seq FROM ${JOURNAL}.plan_change
    WHERE state = 'applied' AND operation = 'create' AND moodle_id IS NULL`,
  'decisions that counted twice': `SELECT d.workflow_id, d.gate, d.opening FROM ${JOURNAL}.decision d
    WHERE d.outcome LIKE 'accepted%' GROUP BY 1, 2, 3
    HAVING COUNT(*) > (SELECT COUNT(*) FROM ${JOURNAL}.run r WHERE r.workflow_id = d.workflow_id)`,
};

async function findHalfDone(stand: Stand): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const [name, sql] of Object.entries(halfDone)) {
    const wrong = await rows(stand, sql);
    if (wrong.length > 0) found[name] = wrong.slice(0, 20);
  }
  return found;
}

/** Invariants that do not hold, with the rows; a Moodle that nobody has used yet has one. */
export async function unsoundRows(stand: Stand): Promise<Record<string, readonly string[]>> {
  return brokenInvariants(stand.root, { database: MOODLE, prefix: 'mdl_' }, await readInvariants());
}

/** Nothing half done: Moodle is as sound as before, and the journal says of it what is so. */
export async function expectSound(
  stand: Stand,
  before: Readonly<Record<string, readonly string[]>> = {},
): Promise<void> {
  expect(await findHalfDone(stand)).toEqual({});
  expect(await countTwice(stand.root, MOODLE)).toEqual({
    users: 0,
    enrolments: 0,
    roles: 0,
    contexts: 0,
    courses: 0,
  });
  const now = Object.entries(await unsoundRows(stand)).filter(
    ([name, wrong]) => JSON.stringify(wrong) !== JSON.stringify(before[name]),
  );
  expect(Object.fromEntries(now)).toEqual({});
}

/** As the undisturbed run left it. */
export async function expectOutcome(stand: Stand, calm: Outcome): Promise<void> {
  await expectSound(stand);
  const { moodle, managed, withdrawn, deleted } = await readOutcome(stand);
  for (const [table, expected] of Object.entries(calm.moodle))
    expect({ [table]: moodle[table] }).toEqual({ [table]: expected });
  expect(managed).toEqual(calm.managed);
  expect(withdrawn).toEqual(calm.withdrawn);
  expect(deleted).toEqual(calm.deleted);
  expect(
    await rows(
      stand,
      `SELECT plan_id, state, COUNT(*) FROM ${JOURNAL}.plan_change WHERE state NOT IN ('applied', 'undone') AND plan_id IN
        (SELECT plan_id FROM ${JOURNAL}.plan_change WHERE state <> 'pending') AND plan_id IN
        (SELECT id FROM ${JOURNAL}.plan WHERE run_id = (SELECT MAX(id) FROM ${JOURNAL}.run)) GROUP BY plan_id, state`,
    ),
    'changes of the last run that were not applied',
  ).toEqual([]);
  expect(
    await rows(stand, `SELECT deletion_id, seq FROM ${JOURNAL}.deletion_item WHERE state = 'in-flight'`),
    'asked of Moodle, and never found out',
  ).toEqual([]);
  expect(
    await rows(
      stand,
      `SELECT kind, seq, state FROM ${JOURNAL}.deletion_item WHERE state NOT IN ('deleted', 'gone') AND deletion_id =
        (SELECT MAX(id) FROM ${JOURNAL}.deletion WHERE verdict = 'approved')`,
    ),
    'listed, and not deleted',
  ).toEqual([]);
  expect(
    await rows(stand, `SELECT holder, brake, writer_connection FROM ${JOURNAL}.target`),
    'the target is free',
  ).toEqual(['[null,"go",null]']);
}
