/** The database account that the documentation recommends is enough for an undo; without its extra rights undo is mild. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPool } from '../../data/database/connect.js';
import { countStates } from '../../data/journal/plans.js';
import { openJournal } from '../../data/journal/targets.js';
import { grantStatements } from '../../data/moodle/privileges.js';
import { missingRemovalRights, removalGrants } from '../../data/moodle/use/rights.js';
import type { School } from '../../data/schools.js';
import { countRemaining } from '../../data/undo/compute-undo.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { allRows, differences } from '../support/all-rows.js';
import { applyStored } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, type TestSchool } from '../support/school.js';
import { beginTestRun, planInRun, planUndo } from '../support/undo.js';

const sample = sampleSchool({ seed: 'undo-rights', year: 2027, students: 20 });
const whole = { kind: 'whole' } as const;

describeWithMoodle('undo with the rights of the documentation', () => {
  let own: TestSchool;
  let account: string;
  /** The same school, seen by an account that may only do what it was granted. */
  let school: School;

  beforeEach(async () => {
    own = await createSchool();
    const { db, database, moodle, journalSchema } = own.school;
    await db.raw(`UPDATE \`${moodle.database}\`.mdl_course SET sortorder = 1 WHERE category = 0`);
    const user = `undo_${randomBytes(4).toString('hex')}`;
    account = `'${user}'@'%'`;
    await db.raw(`CREATE USER ${account} IDENTIFIED BY 'secret'`);
    await grant(grantStatements(account, { database: moodle.database, prefix: 'mdl_' }, journalSchema));
    const address = { ...database, user, password: 'secret' };
    const pool = openPool({ ...address }, { database: journalSchema });
    school = { ...own.school, database: address, db: pool, journal: await openJournal(pool, 'test') };
  }, 120_000);
  afterEach(async () => {
    await school.db.destroy();
    await own.school.db.raw(`DROP USER ${account}`);
    await own.close();
  });

  async function grant(statements: readonly string[]): Promise<void> {
    for (const statement of statements) await own.school.db.raw(statement);
  }
  const place = (): { database: string; prefix: string } => ({
    database: own.school.moodle.database,
    prefix: 'mdl_',
  });

  async function firstYear(): Promise<number> {
    const bytes = toWorkbook(sample, 'xlsx');
    const { snapshotId } = await readSchool(school, [{ name: 'kn.xlsx', bytes }]);
    const runId = await beginTestRun(school, 'rollover');
    await applyStored(school, await planInRun(school, runId, snapshotId));
    return runId;
  }

  async function undo(undoneRunId: number): Promise<string[]> {
    const planned = await planUndo(school, undoneRunId);
    await applyStored(school, planned);
    expect(await countStates(school.journal, planned.planId)).toMatchObject({
      pending: 0,
      conflict: 0,
      satisfied: 0,
    });
    expect(await countRemaining(school, { undoneRunId, scope: whole })).toBe(0);
    return [...new Set(planned.plan.notices.map((one) => one.code))];
  }

  test('all of them: everything that nobody used is gone again', async () => {
    await grant(removalGrants(account, place()));
    expect(await missingRemovalRights(school.db, place())).toEqual([]);
    const before = await allRows(own.school.db, place().database);
    expect(await undo(await firstYear())).toEqual([]);
    expect(differences(before, await allRows(own.school.db, place().database))).toEqual({});
  }, 120_000);

  test('only those for writing: undo suspends and hides, and says why', async () => {
    const { database } = place();
    expect(await missingRemovalRights(school.db, place())).toEqual([
      `SELECT on ${database}.*`,
      ...removalGrants(account, place())
        .slice(1)
        .map((one) => `DELETE on ${database}.${/`(mdl_\w+)`/.exec(one)?.[1] ?? ''}`),
    ]);
    const runId = await firstYear();
    expect((await undo(runId)).sort()).toEqual(['category-in-use', 'undo-unproved']);
    const [[left]] = (await own.school.db.raw(
      `SELECT SUM(suspended) AS suspended, COUNT(*) AS accounts FROM \`${database}\`.mdl_user WHERE idnumber <> ''`,
    )) as unknown as [[{ suspended: string; accounts: number }]];
    expect(Number(left.suspended)).toBe(left.accounts);
    expect(left.accounts).toBeGreaterThan(20);
  }, 120_000);
});

test('the documentation lists them', async () => {
  const text = await readFile(new URL('../../docs/moodle-writes.md', import.meta.url), 'utf8');
  const moodle = { database: 'moodle', prefix: 'mdl_' };
  expect(text).toContain(removalGrants("'rollover'@'localhost'", moodle).join('\n'));
});
