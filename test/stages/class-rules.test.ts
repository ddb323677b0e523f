/** Group provisioning through planning, applying and verifying a real Moodle; rules of the settings and of KnowledgeNET. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertSnapshotRules } from '../../data/journal/snapshot-rules.js';
import { storeSettings } from '../../data/journal/settings.js';
import { beginRun } from '../../data/journal/runs.js';
import type { SchoolSettings } from '../../data/model/settings.js';
import type { PersonRecord } from '../../data/model/snapshot.js';
import { settingsHash } from '../../data/settings/hash.js';
import { verifyPlan } from '../../data/stages/verify.js';
import { keepReading } from '../cli/journal-school.js';
import { group, memberships, snapshot, student } from '../rules/plan/school.js';
import { applyStored, planSnapshot } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';

const rules: SchoolSettings['groupProvisioning'] = [
  {
    name: 'one course for all',
    userType: 'student',
    memberOf: ['A', 'B'],
    target: 'SUPER',
    applyToExisting: true,
    provisionMembers: false,
  },
  { name: 'newcomers', userType: 'student', yearLevel: '9', target: 'WELCOME', applyToExisting: false },
];

const person = (id: string, yearLevel: string): PersonRecord => student(id, { yearLevel });
const classes = ['A', 'B', 'SUPER', 'WELCOME', 'ALUMNI'].map((id) => group(id));

describeWithMoodle('a school with group provisioning rules', () => {
  let own: TestSchool;

  beforeAll(async () => {
    own = await createSchool();
    const settings = { ...openSettings(), groupProvisioning: rules };
    await storeSettings(own.school.journal, settings, settingsHash(settings), 'test');
  });
  afterAll(async () => own.close());

  /** Reads, plans, applies, verifies; the enrolments that were made. */
  async function carry(
    people: readonly PersonRecord[],
    members: readonly { group: string; person: string }[],
  ): Promise<{ made: string[]; courses: string[]; kept: string[]; remaining: number }> {
    const { school } = own;
    const snapshotId = await keepReading(school.journal, snapshot(people, classes, members));
    await insertSnapshotRules(school.journal, snapshotId, [
      { name: 'of KN', userType: 'all', memberOf: ['SUPER'], target: 'ALUMNI', applyToExisting: true },
    ]);
    const stored = await planSnapshot(school, snapshotId);
    await applyStored(school, stored);
    const runId = await beginRun(school.journal, {
      kind: 'sync',
      year: null,
      workflowId: 'sync/test',
      workflowRunId: String(snapshotId),
      startedBy: 'test',
    });
    const { changes, kept } = stored.plan;
    return {
      made: changes.flatMap((one) => (one.kind === 'enrolment' ? [`${one.group} ${one.person}`] : [])),
      courses: changes.flatMap((one) => (one.kind === 'course' ? [one.externalId] : [])).sort(),
      kept: kept.map(({ subject, person: who = '' }) => `${subject} ${who}`),
      remaining: (await verifyPlan(school, runId, stored.planId)).remaining,
    };
  }

  test('gets super-classes, no courses for the small ones, and chains through both kinds of rules', async () => {
    const first = await carry([person('S1', '9'), person('S2', '10')], memberships('A: S1', 'B: S2'));
    expect(first.courses).toEqual(['ALUMNI', 'SUPER', 'WELCOME']);
    expect(first.made).toEqual(['ALUMNI S1', 'ALUMNI S2', 'SUPER S1', 'SUPER S2', 'WELCOME S1']);
    expect(first.remaining).toBe(0);
  });

  test('adds only newcomers by a rule for new people afterwards, and takes nobody out', async () => {
    const people = [person('S1', '9'), person('S2', '9'), person('S3', '9')];
    const second = await carry(people, memberships('A: S1 S3', 'B: S2'));
    expect(second.made).toEqual(['ALUMNI S3', 'SUPER S3', 'WELCOME S3']);
    expect(second.kept).toEqual([]);
    expect(second.remaining).toBe(0);
  });

  test('has nothing to do when nothing has changed, however often it is read', async () => {
    const people = [person('S1', '9'), person('S2', '9'), person('S3', '9')];
    for (let reading = 0; reading < 2; reading += 1)
      expect(await carry(people, memberships('A: S1 S3', 'B: S2'))).toEqual({
        made: [],
        courses: [],
        kept: [],
        remaining: 0,
      });
  });
});
