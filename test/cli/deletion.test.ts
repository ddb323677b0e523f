/** `rollover deletion show`, and the numbers that are typed with an approval. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseTypedCounts } from '../../cli/decision/typed-counts.js';
import {
  deleteDeletionsOf,
  deleteOldDeletionItems,
  insertDeletion,
  insertDeletionItems,
  insertDeletionKept,
  sealDeletion,
  selectDeletionItems,
  selectDeletionKept,
  updateItemStates,
} from '../../data/journal/deletions.js';
import { beginRun, endRun } from '../../data/journal/runs.js';
import type { DeletionItem } from '../../data/model/deletion.js';
import { createJournalSchool, type JournalSchool } from './journal-school.js';

const item = (seq: number, more: Partial<DeletionItem>): DeletionItem => ({
  seq,
  kind: 'user',
  externalId: '01001',
  secondId: '',
  moodleId: 40 + seq,
  naturalKey: 'aroha',
  timecreated: 1,
  enrolid: 0,
  userId: 0,
  courseId: 0,
  since: '2027-01-05 01:00:00.000',
  hanging: { grades: 3, submissions: null, posts: 0, files: 1, enrolments: 2, lastAccess: 0 },
  ...more,
});

let own: JournalSchool;
let runId = 0;
let listId = 0;

beforeAll(async () => {
  own = await createJournalSchool();
  const { journal } = own;
  runId = await beginRun(journal, {
    kind: 'rollover',
    year: 2027,
    workflowId: 'rollover/kowhai/2027',
    workflowRunId: 'one',
    startedBy: 'kiri',
  });
  listId = await insertDeletion(journal, {
    runId,
    snapshotId: 1,
    counts: { users: 1, courses: 0, enrolments: 1, 'lost.grades': 3 },
    setup: [{ what: 'missing-function', detail: 'core_user_delete_users' }],
  });
  await insertDeletionItems(journal, listId, [
    item(1, {
      kind: 'enrolment',
      externalId: '10MAT',
      secondId: '01002',
      naturalKey: 'student',
      userId: 7,
      courseId: 9,
    }),
    item(2, {}),
  ]);
  await insertDeletionKept(journal, listId, [
    { kind: 'course', externalId: '10ART', secondId: '', moodleId: 9, reason: 'in-grace' },
    { kind: 'user', externalId: '01001', secondId: '', moodleId: 9, reason: 'not-ours' },
  ]);
});
afterAll(() => own?.close());

describe('the list of what is to be deleted for good', () => {
  test('does not count before it is whole', async () => {
    expect((await own.run('deletion', 'show', '--json')).stdout).toContain('DeletionNotFound');
    await sealDeletion(own.journal, listId, 'd'.repeat(64));
  });

  test('is shown with what hangs on each item, what stays and why, and what is to be set up', async () => {
    await updateItemStates(own.journal, listId, [2], 'failed', 'dmlwriteexception');
    const { stdout } = await own.run('deletion', 'show');
    expect(stdout).toContain('01002 in 10MAT');
    expect(stdout).toMatch(
      /account +42 +01001 +aroha +2027-01-05 +3 +\? +0 +1 +2 +never +refused by Moodle: dmlwriteexception/,
    );
    expect(stdout).toContain('The grace period is not over.');
    expect(stdout).toContain('The service lacks the function core_user_delete_users');
    expect(stdout).toContain('1 user, 0 courses, 1 enrolment');
  });

  test('is one JSON document, and CSV for a spreadsheet', async () => {
    const document = JSON.parse((await own.run('deletion', 'show', String(listId), '--json')).stdout) as {
      hash: string;
      items: { state: string; errorcode: string | null }[];
    };
    expect(document.hash).toBe('d'.repeat(64));
    expect(document.items.map(({ state }) => state)).toEqual(['pending', 'failed']);
    const lines = (await own.run('deletion', 'show', '--csv')).stdout.split('\n');
    expect(lines[0]).toContain('kind,moodle id,external id');
    expect(lines[2]).toMatch(/^user,42,01001,,aroha,.*,failed,dmlwriteexception$/);
  });

  test('lets go of a person who is forgotten, and of everything in time', async () => {
    const { journal } = own;
    expect(await deleteDeletionsOf(journal, '01001')).toBe(0);
    await endRun(journal, runId, 'completed', {});
    expect(await deleteDeletionsOf(journal, '01001')).toBe(2);
    expect((await selectDeletionItems(journal, listId)).map(({ seq }) => seq)).toEqual([1]);
    expect(await deleteOldDeletionItems(journal, 200)).toBe(0);
    await journal.db.raw('UPDATE run SET ended_at = ended_at - INTERVAL 201 DAY');
    expect(await deleteOldDeletionItems(journal, 200)).toBe(2);
    expect(await selectDeletionKept(journal, listId)).toEqual([]);
  });
});

describe('numbers typed by hand', () => {
  test('are read as they are said', () => {
    expect(parseTypedCounts('users=12,courses=3,enrolments=40')).toEqual({
      users: 12,
      courses: 3,
      enrolments: 40,
    });
    expect(parseTypedCounts(' users=12 courses=0 ')).toEqual({ users: 12, courses: 0 });
  });

  test.each(['users', 'users=', 'users=-1', 'grades=1', 'users=1,users=2', 'users=1.5'])(
    '"%s" is refused',
    (text) => {
      expect(() => parseTypedCounts(text)).toThrow(/users=N,courses=N,enrolments=N/);
    },
  );
});
