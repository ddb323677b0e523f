/** Our writes against recorded traces of Moodle's own API, and a proof that a wrong row is seen. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { WriteContext } from '../../data/moodle/write/context.js';
import { describeWithMoodle, sharedMoodle, testServer } from '../support/database.js';
import { readInvariants, type Invariant } from '../support/invariants.js';
import { conform, type Verdict } from './conform.js';
import { loadIntoNewSchema } from './database.js';
import { readTraces, type Row, type Trace, type TraceFile } from './trace.js';

/** The labels of the operations that are ours. */
const ours = [
  'category.create.top',
  'category.create.sub',
  'category.create.top2',
  'user.create.manual',
  'user.create.ldap',
  'user.create.oauth2',
  'user.create.nologin',
  'user.create.teacher',
  'user.update.names',
  'user.update.noop',
  'user.suspend',
  'user.unsuspend',
  'course.create.form_topics',
  'course.create.form_weeks',
  'course.create.api_singleactivity',
  'course.create.api_social',
  'course.create.in_hidden_category',
  'course.update.rename',
  'course.update.hide',
  'course.update.show',
  'course.update.showall',
  'enrol.manual.student',
  'enrol.manual.student.again_idempotent',
  'enrol.manual.teacher',
  'enrol.manual.window',
  'enrol.manual.suspend',
  'enrol.manual.suspend.noop',
  'enrol.manual.unsuspend',
  'user.suspend_with_session',
];

const shared = (file: string) => join(sharedMoodle() ?? '', file);

/** Each test loads a whole Moodle and walks through all its traces. */
vi.setConfig({ testTimeout: 300_000 });

describeWithMoodle('conformance with recorded traces', () => {
  let invariants: readonly Invariant[];
  beforeAll(async () => {
    invariants = await readInvariants();
  });

  type Spoil = (ctx: WriteContext, trace: Trace) => Promise<void>;

  async function judge(dump: string, traces: TraceFile, spoil?: Spoil): Promise<Verdict[]> {
    const address = testServer();
    const { database, drop } = await loadIntoNewSchema(address, shared(dump));
    try {
      const verdicts: Verdict[] = [];
      const options = { address, database, traces, invariants, ...(spoil === undefined ? {} : { spoil }) };
      for await (const verdict of conform(options)) verdicts.push(verdict);
      return verdicts;
    } finally {
      await drop();
    }
  }

  const differing = (verdicts: readonly Verdict[]) =>
    verdicts.filter((one) => one.verdict === 'differing').map((one) => [one.label, ...one.differences]);
  const labels = (verdicts: readonly Verdict[], verdict: Verdict['verdict']) =>
    verdicts.filter((one) => one.verdict === verdict).map((one) => one.label);

  describe.each(['4.1', '4.5'])('Moodle %s', (version) => {
    test('every operation of ours writes the rows that Moodle writes, and no other', async () => {
      const verdicts = await judge(
        `moodle-${version}.sql.gz`,
        await readTraces(shared(`traces-${version}.json`)),
      );
      expect(differing(verdicts)).toEqual([]);
      expect(labels(verdicts, 'equal')).toEqual(ours);
      expect(labels(verdicts, 'not ours')).toHaveLength(53);
    });
  });

  test('Moodle 5.0 writes the rows of 4.5, but for its forum module and one default', async () => {
    const traces = await readTraces(shared('traces-4.5.json'));
    const verdicts = await judge('moodle-5.0.sql.gz', { ...traces, traces: traces.traces.map(asIn50) });
    expect(differing(verdicts)).toEqual([]);
    expect(labels(verdicts, 'equal')).toEqual(ours);
  });

  /** One spoiled row per trace: what is spoiled, and what must be said. */
  const spoils: Record<string, { readonly sql: string; readonly said: string }> = {
    'category.create.sub': {
      sql: "UPDATE mdl_course_categories SET sortorder = 5 WHERE name = 'History'",
      said: 'course_categories.sortorder',
    },
    'user.create.manual': {
      sql: "UPDATE mdl_user SET confirmed = 0 WHERE username = 'anna'",
      said: 'user.confirmed',
    },
    'user.create.ldap': {
      sql: "UPDATE mdl_user SET password = '$6$rounds=10000$x' WHERE username = 'lena'",
      said: 'user.password',
    },
    'user.create.oauth2': {
      sql: 'DELETE FROM mdl_logstore_standard_log ORDER BY id DESC LIMIT 1',
      said: 'logstore_standard_log.*',
    },
    'user.create.nologin': {
      sql: "INSERT INTO mdl_tag (userid, tagcollid, name, rawname) VALUES (2, 1, 'a', 'a')",
      said: 'tag.*',
    },
    'user.create.teacher': {
      sql: "UPDATE mdl_user SET password = 'plain' WHERE username = 'theo'",
      said: 'user.password',
    },
    'user.update.names': { sql: "UPDATE mdl_user SET city = 'x' WHERE username = 'anna'", said: 'user.city' },
    'user.update.noop': {
      sql: "UPDATE mdl_config SET value = 'x' WHERE name = 'lang'",
      said: 'config.value',
    },
    'course.create.form_topics': {
      sql: "UPDATE mdl_course SET showreports = 1 WHERE shortname = 'C4'",
      said: 'course.showreports',
    },
    'course.create.form_weeks': {
      sql: "UPDATE mdl_course SET enddate = enddate + 1 WHERE shortname = 'C5'",
      said: 'course.enddate',
    },
    'course.create.api_singleactivity': {
      sql: 'UPDATE mdl_enrol SET customint1 = 7 ORDER BY id DESC LIMIT 1',
      said: 'enrol.customint1',
    },
    'course.create.api_social': {
      sql: "UPDATE mdl_context SET path = '/1/2' WHERE contextlevel = 80 ORDER BY id DESC LIMIT 1",
      said: 'context.path',
    },
    'course.create.in_hidden_category': {
      sql: "UPDATE mdl_course SET visible = 1 WHERE shortname = 'C9'",
      said: 'course.visible',
    },
    'course.update.rename': {
      sql: 'UPDATE mdl_course SET cacherev = 5 WHERE id = 2',
      said: 'course.cacherev',
    },
    'enrol.manual.student': {
      sql: "UPDATE mdl_role_assignments SET component = 'enrol_manual'",
      said: 'role_assignments.component',
    },
    'enrol.manual.student.again_idempotent': {
      sql: 'UPDATE mdl_user_enrolments SET timemodified = 5',
      said: 'user_enrolments.timemodified',
    },
    'enrol.manual.teacher': {
      sql: 'DELETE FROM mdl_cache_flags ORDER BY id DESC LIMIT 1',
      said: 'cache_flags.*',
    },
    'enrol.manual.window': {
      sql: 'UPDATE mdl_user_enrolments SET timeend = 0 ORDER BY id DESC LIMIT 1',
      said: 'user_enrolments.timeend',
    },
    'user.suspend': {
      sql: 'DELETE FROM mdl_logstore_standard_log ORDER BY id DESC LIMIT 1',
      said: 'logstore_standard_log.*',
    },
    'user.unsuspend': {
      sql: "UPDATE mdl_user SET suspended = 1 WHERE username = 'wsuser'",
      said: 'user.suspended',
    },
    'course.update.hide': {
      sql: 'UPDATE mdl_course SET visibleold = 1 WHERE id = 2',
      said: 'course.visibleold',
    },
    'course.update.show': {
      sql: 'UPDATE mdl_course SET cacherev = cacherev - 1 WHERE id = 2',
      said: 'course.cacherev',
    },
    'course.update.showall': {
      sql: 'UPDATE mdl_course SET visible = 0 WHERE id = 2',
      said: 'course.visible',
    },
    'enrol.manual.suspend': {
      sql: 'DELETE FROM mdl_role_assignments ORDER BY id DESC LIMIT 1',
      said: 'role_assignments.*',
    },
    'enrol.manual.suspend.noop': {
      sql: 'UPDATE mdl_user_enrolments SET timemodified = 5',
      said: 'user_enrolments.timemodified',
    },
    'enrol.manual.unsuspend': {
      sql: 'UPDATE mdl_cache_flags SET expiry = 5 ORDER BY id DESC LIMIT 1',
      said: 'cache_flags.expiry',
    },
    'user.suspend_with_session': {
      sql: 'INSERT INTO mdl_sessions (sid, userid, timecreated, timemodified) VALUES (5, 2, 1, 1)',
      said: 'sessions.*',
    },
  };

  test('a wrong value, a missing row, a row too many, wherever it is, is seen and named', async () => {
    const verdicts = await judge(
      'moodle-4.5.sql.gz',
      await readTraces(shared('traces-4.5.json')),
      async (ctx, { label }) => {
        const spoil = spoils[label];
        if (spoil !== undefined)
          await ctx.db.raw(spoil.sql.replace(/mdl_\w+/, (table) => `\`${ctx.site.database}\`.${table}`));
      },
    );
    const found = Object.keys(spoils).map((label) => {
      const { differences, verdict } = verdicts.find((one) => one.label === label) ?? {};
      return [label, verdict, differences?.some((one) => one.startsWith(`${spoils[label]?.said}:`))];
    });
    expect(found).toEqual(Object.keys(spoils).map((label) => [label, 'differing', true]));
    expect(labels(verdicts, 'equal')).toEqual(['category.create.top', 'category.create.top2']);
    const hidden = verdicts.find((one) => one.label === 'course.create.in_hidden_category');
    expect(hidden?.differences).toContain('invariant cat.hidden_cascade: broken');
  });

  test('an operation that we cannot do is no success', async () => {
    const traces = await readTraces(shared('traces-4.5.json'));
    const [first] = traces.traces;
    if (first === undefined) throw new Error('a trace expected');
    const strange = { ...first, operation: 'cat_dream' };
    expect(await judge('moodle-4.5.sql.gz', { ...traces, traces: [strange] })).toMatchObject([
      { verdict: 'differing', differences: [expect.stringContaining('cat_dream')] },
    ]);
  });
});

/** A trace of 4.5 as 5.0 would have recorded it: the forum module has another number, one column another default. */
function asIn50(trace: Trace): Trace {
  const moved = (table: string, row: Row): Row => {
    if (table === 'course_modules') return { ...row, module: 8 };
    return table === 'course' && row['showactivitydates'] === 0 ? { ...row, showactivitydates: 1 } : row;
  };
  return {
    ...trace,
    tables: Object.fromEntries(
      Object.entries(trace.tables).map(([table, changes]) => [
        table,
        { ...changes, inserted: changes.inserted.map((row) => moved(table, row)) },
      ]),
    ),
  };
}
