import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertFindings, selectFindings } from '../../data/journal/findings.js';
import { insertManaged, selectManaged } from '../../data/journal/managed.js';
import { migrateJournal } from '../../data/journal/migrate.js';
import { isDuplicateKey } from '../../data/database/errors.js';
import { insertPlanItems } from '../../data/journal/plan-items.js';
import {
  countStates,
  insertChanges,
  insertPlan,
  markChanges,
  readPlan,
  sealPlan,
  selectPendingChanges,
} from '../../data/journal/plans.js';
import { insertDecision, selectDecisions } from '../../data/journal/runs.js';
import {
  insertRecords,
  insertSnapshot,
  readPlacedSnapshot,
  readSnapshot,
  sealSnapshot,
} from '../../data/journal/snapshots.js';
import { readUpload, storeUpload } from '../../data/journal/uploads.js';
import type { Finding } from '../../data/model/finding.js';
import type { Change, Plan } from '../../data/model/plan.js';
import { KEY_SEPARATOR, type PlacedSnapshot } from '../../data/model/snapshot.js';
import { createJournal, type TestJournal } from '../support/journal.js';

let test1: TestJournal;

beforeAll(async () => {
  test1 = await createJournal();
});
afterAll(async () => test1.close());

const comparison = {
  baseSnapshotId: null,
  people: { before: 0, now: 1, joiners: 1, leavers: 0 },
  yearLevels: [],
  teachers: { before: 0, now: 0, joiners: 0, leavers: 0 },
  groupTypes: [],
  movedBetweenClasses: 0,
};

const snapshot: PlacedSnapshot = {
  reading: 'complete',
  complete: true,
  statements: { students: true, teachers: true, groups: true },
  records: {
    groupType: [{ name: 'Class' }],
    group: [{ externalId: '10MAT1', name: 'Maths', groupType: 'Class', smsControlled: true }],
    person: Array.from({ length: 12_001 }, (_, index) => ({
      externalId: `S${String(index).padStart(6, '0')}`,
      type: 'student' as const,
      surname: 'Tūhoe',
      firstName: "O'Brien 👩‍🏫",
    })),
    membership: [{ group: '10MAT1', person: 'S000000' }],
  },
  withheld: { persons: new Set(['X1']), groups: new Set() },
  provenance: {
    groupType: new Map([['Class', { sheet: 'Group Types', row: 2 }]]),
    group: new Map([['10MAT1', { sheet: 'groups', row: 2 }]]),
    person: new Map([['S000000', { sheet: 'students', row: 2 }]]),
    membership: new Map([[`10MAT1${KEY_SEPARATOR}S000000`, { sheet: 'students', row: 2 }]]),
  },
};

describe('the journal', () => {
  test('can be migrated again and by two at once', async () => {
    await Promise.all([migrateJournal(test1.db), migrateJournal(test1.db)]);
    await migrateJournal(test1.db);
  });

  test('keeps uploads byte for byte, larger than a chunk [T46]', async () => {
    const bytes = Buffer.alloc(1_300_000, 7);
    bytes[1_299_999] = 9;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const id = await storeUpload(test1.journal, {
      files: [{ name: 'a.xlsx', bytes }],
      sha256,
      originalSha256: sha256,
      reading: 'complete',
      passwordsFound: 0,
      sealed: [],
      uploadedBy: 'admin',
    });
    const [file] = await readUpload(test1.journal, id);
    expect(Buffer.compare(Buffer.from(file?.bytes ?? []), bytes)).toBe(0);
  });

  test('shows a snapshot only when it is sealed, with records and places as they were', async () => {
    const id = await insertSnapshot(test1.journal, {
      uploadId: null,
      baseSnapshotId: null,
      snapshot,
      headers: [],
    });
    await insertRecords(test1.journal, id, snapshot);
    await expect(readSnapshot(test1.journal, id)).rejects.toMatchObject({ code: 'SnapshotNotFound' });
    await sealSnapshot(test1.journal, id, 'a'.repeat(64), comparison);
    const read = await readSnapshot(test1.journal, id);
    expect(read).not.toHaveProperty('provenance');
    expect({ ...read, provenance: snapshot.provenance }).toEqual(snapshot);
    expect(await readPlacedSnapshot(test1.journal, id)).toEqual(snapshot);
  });

  test('keeps findings in their order', async () => {
    const findings: Finding[] = [
      {
        code: 'MissingEmail',
        severity: 'drops-record',
        sheet: 'students',
        row: 3,
        column: 'Email Address',
        subject: 'S1',
        mend: 'Enter it.',
      },
      { code: 'NoRows', severity: 'stops-run', mend: 'Export again.' },
    ];
    await insertFindings(test1.journal, 900, findings);
    expect(await selectFindings(test1.journal, 900)).toEqual(findings);
  });

  test('keeps a plan whole, hands out pending changes in order and marks them in bulk', async () => {
    const changes: Change[] = Array.from({ length: 2_500 }, (_, index) => ({
      seq: index + 1,
      kind: 'enrolment',
      operation: 'create',
      group: 'G',
      person: `P${index}`,
      role: 'student',
    }));
    const plan: Plan = {
      changes,
      notices: [],
      kept: [],
      proposals: [],
      reusedCodes: [],
      counts: { 'enrolment.create': 2_500 },
      satisfied: 4,
    };
    const input = {
      runId: null,
      snapshotId: 1,
      settingsHash: 'b'.repeat(64),
      rulesVersion: 1,
      moodleRelease: '4.5.6',
    };
    const id = await insertPlan(test1.journal, input, plan);
    await insertChanges(test1.journal, id, changes);
    await insertPlanItems(test1.journal, id, plan);
    await expect(readPlan(test1.journal, id)).rejects.toMatchObject({ code: 'PlanNotFound' });
    await sealPlan(test1.journal, id, 'c'.repeat(64));
    expect(await readPlan(test1.journal, id)).toEqual({ ...plan, guards: [] });
    await markChanges(
      test1.journal,
      id,
      changes
        .slice(0, 2_000)
        .map((change) =>
          change.seq % 2 === 0
            ? { seq: change.seq, state: 'applied', moodleId: change.seq }
            : { seq: change.seq, state: 'conflict', reason: 'course-gone' },
        ),
    );
    expect(await countStates(test1.journal, id)).toEqual({
      pending: 500,
      applied: 1_000,
      satisfied: 0,
      conflict: 1_000,
    });
    expect((await selectPendingChanges(test1.journal, id, 3)).map((change) => change.seq)).toEqual([
      2_001, 2_002, 2_003,
    ]);
    expect((await readPlan(test1.journal, id)).changes).toEqual(changes);
  });

  test('refuses a second user for one External ID', async () => {
    const row = {
      kind: 'user' as const,
      externalId: 'S1',
      moodleId: 10,
      origin: 'created' as const,
      naturalKey: 's1',
      naturalNumber: 1_700_000_000,
      body: { fields: { firstname: { kn: 'A', moodle: 'A' } } },
      planId: 1,
      seq: 1,
    };
    await insertManaged(test1.journal, [row]);
    const again = insertManaged(test1.journal, [{ ...row, moodleId: 11 }]);
    await expect(again).rejects.toSatisfy(isDuplicateKey);
    expect([...(await selectManaged(test1.journal)).users.values()].map((user) => user.moodleId)).toEqual([
      10,
    ]);
  });

  test('tells External IDs apart that differ in case or accents: what Moodle calls equal is a finding, not a merge', async () => {
    const row = {
      kind: 'course' as const,
      moodleId: 1,
      origin: 'created' as const,
      naturalKey: 'x',
      naturalNumber: 1,
      planId: 1,
      seq: 1,
    };
    await insertManaged(
      test1.journal,
      ['10mat', '10MAT', '10māt'].map((externalId) => ({ ...row, externalId })),
    );
    expect((await selectManaged(test1.journal)).courses.size).toBe(3);
  });

  test('records a decision once, and its refusals beside it', async () => {
    const decision = {
      workflowId: 'rollover/x/2027',
      decisionId: 'd1',
      gate: 'plan' as const,
      opening: 1,
      verdict: 'approve' as const,
      hash: 'h',
      account: 'admin',
      channel: 'update' as const,
      outcome: 'accepted',
      commentId: null,
    };
    await insertDecision(test1.journal, decision);
    await insertDecision(test1.journal, decision);
    await insertDecision(test1.journal, { ...decision, outcome: 'StaleDecision' });
    expect((await selectDecisions(test1.journal, 'rollover/x/2027')).map((one) => one.outcome)).toEqual([
      'accepted',
      'StaleDecision',
    ]);
  });
});
