/** Rows that Moodle's own visitors hold: a batch that cannot have them leaves nothing behind, and is tried again. */
import { createConnection, type Connection } from 'mysql2/promise';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { applyStored, planSnapshot, type StoredPlan } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { countTwice } from '../support/natural-rows.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';

const files = [
  {
    name: 'kn.xlsx',
    bytes: toWorkbook(sampleSchool({ seed: 'contention', year: 2027, students: 30 }), 'xlsx'),
  },
];

describeWithMoodle('a visitor who holds the categories that a batch needs', () => {
  let own: TestSchool;
  let stored: StoredPlan;
  let snapshotId: number;
  let visitor: Connection;

  beforeEach(async () => {
    own = await createSchool('4.5', openSettings(2027));
    ({ snapshotId } = await readSchool(own.school, files));
    stored = await planSnapshot(own.school, snapshotId);
    const { host, port, user, password } = own.school.database;
    visitor = await createConnection({ host, port, user, password, database: own.school.moodle.database });
    await visitor.query('START TRANSACTION');
    await visitor.query('SELECT id FROM mdl_course_categories FOR UPDATE');
  });
  afterEach(async () => {
    visitor.destroy();
    await own.close();
  });

  const count = async (table: string): Promise<number> => {
    const [rows] = await visitor.query(`SELECT COUNT(*) AS count FROM ${table}`);
    return (rows as { count: number }[])[0]?.count ?? -1;
  };
  const isWaiting = async (): Promise<boolean> => {
    const sql = `SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'`;
    const [rows] = (await own.school.db.raw(sql)) as [unknown[]];
    return rows.length > 0;
  };

  /** What could not be done is all done now, once. */
  async function finish(): Promise<void> {
    expect(await count('mdl_course')).toBe(1);
    await visitor.query('ROLLBACK');
    expect(await applyStored(own.school, stored)).toMatchObject({
      ended: 'done',
      progress: { pending: 0, applied: stored.plan.changes.length, conflict: 0 },
    });
    expect((await planSnapshot(own.school, snapshotId)).plan.changes).toEqual([]);
    const twice = await countTwice(own.school.db, own.school.moodle.database);
    expect(Object.values(twice).every((one) => one === 0)).toBe(true);
  }

  test('longer than we wait: the batch is given up whole', async () => {
    await expect(applyStored(own.school, stored)).rejects.toMatchObject({
      code: 'LockContention',
      message: expect.stringContaining('ER_LOCK_WAIT_TIMEOUT') as string,
    });
    await finish();
  });

  test('and then wants ours: the server ends our batch, and nothing of it stays', async () => {
    // who has changed more is not the one whom the server ends
    await visitor.query(
      `INSERT INTO mdl_config_log (userid, timemodified, plugin, name, value, oldvalue)
       SELECT 2, 0, 'visitor', table_name, column_name, '' FROM information_schema.columns LIMIT 1000`,
    );
    const applying = applyStored(own.school, stored);
    const refused = expect(applying).rejects.toMatchObject({
      code: 'LockContention',
      message: expect.stringContaining('ER_LOCK_DEADLOCK') as string,
    });
    // the server looks again only when it was left alone for a tenth of a second
    await expect.poll(isWaiting, { timeout: 8_000, interval: 300 }).toBe(true);
    await visitor.query(`SELECT id FROM ${own.school.journalSchema}.target FOR UPDATE`);
    await refused;
    await finish();
  });
});
