import type { Knex } from 'knex';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { courseDefaults } from '../../data/moodle/course-defaults.js';
import { selectManualInstances } from '../../data/moodle/reread.js';
import { createCourses } from '../../data/moodle/write/courses.js';
import { enrolUsers } from '../../data/moodle/write/enrolments.js';
import { createUsers } from '../../data/moodle/write/users.js';
import { describeWithMoodle } from '../support/database.js';
import {
  courseChoice,
  enrolmentDraft,
  execute,
  NOW,
  openMoodle,
  rowsIn,
  undone,
  userDraft,
  writeContext,
  type MoodleFixture,
} from './fixture.js';

const STUDENT = 5;
const TEACHER = 3;

describeWithMoodle('enrolments', () => {
  let moodle: MoodleFixture;
  beforeAll(async () => {
    moodle = await openMoodle('4.5');
  });
  afterAll(() => moodle.close());

  /** A course with its manual method, and one person. */
  async function prepare(tx: Knex): Promise<{ courseid: number; enrolid: number; userid: number }> {
    const ctx = writeContext(tx, moodle.site, { logEvents: false });
    const draft = await courseDefaults(tx, moodle.site, courseChoice('A'));
    const courseid = (await createCourses(ctx, [draft])).get('A') ?? 0;
    const userid = (await createUsers(ctx, [userDraft('hone')])).get('hone') ?? 0;
    const [instance] = (await selectManualInstances(tx, moodle.site, [courseid])).get(courseid) ?? [];
    return { courseid, enrolid: instance?.id ?? 0, userid };
  }

  test('twice the same writes nothing the second time', () =>
    undone(moodle.db, async (tx) => {
      const { courseid, enrolid, userid } = await prepare(tx);
      const ctx = writeContext(tx, moodle.site);
      const drafts = [enrolmentDraft(courseid, enrolid, userid, STUDENT)];
      const first = await enrolUsers(ctx, drafts);
      const log = await rowsIn(tx, moodle.site, 'logstore_standard_log');
      const again = await enrolUsers({ ...ctx, now: NOW + 60 }, [...drafts, ...drafts]);
      expect(again).toEqual(first);
      expect(await rowsIn(tx, moodle.site, 'user_enrolments')).toHaveLength(1);
      expect(await rowsIn(tx, moodle.site, 'role_assignments')).toHaveLength(1);
      expect(await rowsIn(tx, moodle.site, 'logstore_standard_log')).toEqual(log);
      expect(await rowsIn(tx, moodle.site, 'cache_flags')).toMatchObject([{ timemodified: NOW }]);
    }));

  test('a draft that stands in the list twice makes one enrolment', () =>
    undone(moodle.db, async (tx) => {
      const { courseid, enrolid, userid } = await prepare(tx);
      const draft = enrolmentDraft(courseid, enrolid, userid, STUDENT);
      await enrolUsers(writeContext(tx, moodle.site), [draft, draft, { ...draft, roleid: TEACHER }]);
      expect(await rowsIn(tx, moodle.site, 'user_enrolments')).toHaveLength(1);
      expect(await rowsIn(tx, moodle.site, 'role_assignments')).toHaveLength(2);
      const log = await rowsIn<{ eventname: string }>(tx, moodle.site, 'logstore_standard_log');
      expect(log.map((row) => row.eventname.split('\\').at(-1))).toEqual([
        'user_enrolment_created',
        'role_assigned',
        'role_assigned',
      ]);
    }));

  test('a suspended enrolment stays suspended, with its dates', () =>
    undone(moodle.db, async (tx) => {
      const { courseid, enrolid, userid } = await prepare(tx);
      const ctx = writeContext(tx, moodle.site);
      const drafts = [enrolmentDraft(courseid, enrolid, userid, STUDENT)];
      await enrolUsers(ctx, drafts);
      await execute(tx, moodle.site, 'user_enrolments', 'UPDATE # SET status = 1, timeend = 5');
      await enrolUsers(ctx, drafts);
      expect(await rowsIn(tx, moodle.site, 'user_enrolments')).toMatchObject([{ status: 1, timeend: 5 }]);
    }));

  test('another role is added to an enrolment; only the role is logged and signalled', () =>
    undone(moodle.db, async (tx) => {
      const { courseid, enrolid, userid } = await prepare(tx);
      const ctx = writeContext(tx, moodle.site);
      await enrolUsers(ctx, [enrolmentDraft(courseid, enrolid, userid, STUDENT)]);
      const later = { ...ctx, now: NOW + 60 };
      await enrolUsers(later, [enrolmentDraft(courseid, enrolid, userid, TEACHER)]);
      const roles = await rowsIn(tx, moodle.site, 'role_assignments');
      expect(roles.map((row) => row['roleid'])).toEqual([STUDENT, TEACHER]);
      expect(await rowsIn(tx, moodle.site, 'cache_flags')).toMatchObject([
        {
          flagtype: 'accesslib/dirtyusers',
          name: String(userid),
          timemodified: NOW + 60,
          expiry: NOW + 60 + 28_800,
        },
      ]);
      const events = await rowsIn(tx, moodle.site, 'logstore_standard_log', `timecreated = ${NOW + 60}`);
      expect(events).toMatchObject([
        {
          eventname: '\\core\\event\\role_assigned',
          objectid: TEACHER,
          other: `{"id":${roles[1]?.['id']},"component":"","itemid":0}`,
        },
      ]);
    }));

  test('a role given by an enrolment plugin is not ours, and does not stand in for ours', () =>
    undone(moodle.db, async (tx) => {
      const { courseid, enrolid, userid } = await prepare(tx);
      const [context] = await rowsIn(
        tx,
        moodle.site,
        'context',
        `contextlevel = 50 AND instanceid = ${courseid}`,
      );
      await execute(
        tx,
        moodle.site,
        'role_assignments',
        `INSERT INTO # (roleid, contextid, userid, component, itemid)
         VALUES (${STUDENT}, ${context?.['id']}, ${userid}, 'enrol_database', 9)`,
      );
      await enrolUsers(writeContext(tx, moodle.site), [enrolmentDraft(courseid, enrolid, userid, STUDENT)]);
      const roles = await rowsIn(tx, moodle.site, 'role_assignments');
      expect(roles.map((row) => row['component'])).toEqual(['enrol_database', '']);
    }));

  test('a forum that subscribes everybody subscribes new members, where their role allows it', () =>
    undone(moodle.db, async (tx) => {
      const { courseid, enrolid, userid } = await prepare(tx);
      const ctx = writeContext(tx, moodle.site);
      const teacher = (await createUsers(ctx, [userDraft('kaiako')])).get('kaiako') ?? 0;
      await execute(tx, moodle.site, 'forum', `UPDATE # SET forcesubscribe = 2 WHERE course = ${courseid}`);
      const [context] = await rowsIn(
        tx,
        moodle.site,
        'context',
        `contextlevel = 50 AND instanceid = ${courseid}`,
      );
      await execute(
        tx,
        moodle.site,
        'role_capabilities',
        `INSERT INTO # (contextid, roleid, capability, permission)
         VALUES (${context?.['id']}, ${TEACHER}, 'mod/forum:allowforcesubscribe', -1)`,
      );
      const drafts = [
        enrolmentDraft(courseid, enrolid, userid, STUDENT),
        enrolmentDraft(courseid, enrolid, teacher, TEACHER),
      ];
      await enrolUsers(ctx, drafts);
      const [forum] = await rowsIn(tx, moodle.site, 'forum', `course = ${courseid}`);
      const subscriptions = await rowsIn(tx, moodle.site, 'forum_subscriptions');
      expect(subscriptions).toMatchObject([{ userid, forum: forum?.['id'] }]);
      const [module] = await rowsIn(tx, moodle.site, 'course_modules', `course = ${courseid}`);
      const events = await rowsIn(tx, moodle.site, 'logstore_standard_log', "component = 'mod_forum'");
      expect(events).toMatchObject([
        {
          eventname: '\\mod_forum\\event\\subscription_created',
          objectid: subscriptions[0]?.['id'],
          contextlevel: 70,
          contextinstanceid: module?.['id'],
          courseid,
          relateduserid: userid,
        },
      ]);
    }));

  test('an enrolment that somebody makes at the same moment is refused by the database, and nothing is doubled', async () => {
    const { courseid, enrolid, userid } = await moodle.db.transaction((tx) => prepare(tx));
    const somebody = await moodle.db.transaction();
    await execute(
      somebody,
      moodle.site,
      'user_enrolments',
      `INSERT INTO # (enrolid, userid) VALUES (${enrolid}, ${userid})`,
    );
    // Not committed yet, so it is not seen; the unique key waits for it.
    const ours = moodle.db.transaction((tx) =>
      enrolUsers(writeContext(tx, moodle.site), [enrolmentDraft(courseid, enrolid, userid, STUDENT)]),
    );
    const refused = expect(ours).rejects.toMatchObject({ code: 'ER_DUP_ENTRY' });
    await waitsForLock(moodle, 'mdl_user_enrolments');
    await somebody.commit();
    await refused;
    expect(await rowsIn(moodle.db, moodle.site, 'user_enrolments')).toHaveLength(1);
    expect(await rowsIn(moodle.db, moodle.site, 'role_assignments')).toEqual([]);
  });
});

/** Until some statement on a table of this Moodle waits for another transaction's lock. */
async function waitsForLock({ db, database }: MoodleFixture, table: string): Promise<void> {
  for (;;) {
    const [rows] = (await db.raw(
      `SELECT 1 FROM information_schema.innodb_trx
        WHERE trx_state = 'LOCK WAIT' AND INSTR(trx_query, ?) > 0 AND INSTR(trx_query, ?) > 0`,
      [database, table],
    )) as [unknown[], unknown];
    if (rows.length > 0) return;
    // The server renews this table only when nobody has read it for 100 ms.
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
