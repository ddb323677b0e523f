/**
 * Every text that the journal can keep has been looked at: it goes when a person is forgotten, or it stays for a reason
 * that stands here. A column of a later migration fails this test until somebody has decided.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findTraces, forgetPerson } from '../../data/forgetting/forget.js';
import { commentOnRun } from '../../data/journal/comments.js';
import { storeFilled } from '../../data/journal/filled-classes.js';
import { insertFindings } from '../../data/journal/findings.js';
import { select, write, type Journal } from '../../data/journal/journal.js';
import { storeLinkAnswer } from '../../data/journal/links.js';
import { insertManaged } from '../../data/journal/managed.js';
import {
  insertPasswordHashes,
  insertSealedPasswords,
  putRenamedPasswords,
} from '../../data/journal/passwords.js';
import { beginRun, endRun } from '../../data/journal/runs.js';
import { insertUndoWish } from '../../data/journal/undo-wishes.js';
import { storeUpload } from '../../data/journal/uploads.js';
import type { Snapshot } from '../../data/model/snapshot.js';
import {
  createJournalSchool,
  keepPlan,
  keepReading,
  sampleReading,
  usualMemberships,
  type JournalSchool,
} from '../cli/journal-school.js';
import { columnsWith, journalTexts } from '../support/journal-texts.js';

const her = {
  externalId: 'ZQ77123',
  firstName: 'Tūmanako',
  surname: 'Zwaluwfeather',
  login: 'tzwaluw',
  email: 'tzwaluw@planted.test',
  nsn: '991234567',
};
const words = Object.values(her);

/** Where a person stands, and goes from. */
const erased = [
  'deletion_item.external_id',
  'deletion_item.natural_key',
  'deletion_item.second_id',
  'deletion_kept.external_id',
  'deletion_kept.second_id',
  'finding.mend',
  'finding.subject',
  'finding.value',
  'link_answer.external_id',
  'managed.body',
  'managed_history.external_id',
  'managed_history.natural_key',
  'managed_history.second_id',
  'password_hash.external_id',
  'plan_change.body',
  'plan_change.external_id',
  'plan_change.second_id',
  'plan_item.body',
  'renamed_password.external_id',
  'renamed_password.sealed_as',
  'sealed_password.external_id',
  'snapshot.withheld',
  'snapshot_page.body',
  'undo_wish.subject',
  'undone.external_id',
  'undone.second_id',
  'upload_chunk.bytes',
];

/** Where a person stands, and goes from only with --also-link: that the account in Moodle is ours. */
const untilLinkGoes = [
  'managed.external_id',
  'managed.natural_key',
  'managed.second_id',
  'withdrawn.external_id',
  'withdrawn.second_id',
];

/** What is people's own words stays as they wrote it; `forget` names the comments. */
const freeText = ['comment.text'];

/** What goes with a row that is named above. */
const goesWithItsRow = ['sealed_password.sealed', 'password_hash.hash'];

/** Texts in which no person of KnowledgeNET stands. */
const nobody: Readonly<Record<string, readonly string[]>> = {
  'codes and words of ours': [
    'decision.channel decision.decision_id decision.gate decision.outcome decision.verdict',
    'grade_look.moment grade_scope.kind',
    'deletion.setup deletion.verdict deletion_item.errorcode deletion_item.kind deletion_item.state',
    'deletion_kept.kind deletion_kept.reason',
    'finding.code finding.severity gate_opening.gate gate_opening.subject_kind link_answer.kind link_answer.verdict',
    'managed_history.kind managed_history.origin managed_history.reason',
    'managed.kind managed.origin moodle_dump.kind moodle_dump.verified_how notice_sent.event notice_sent.channel',
    'plan_change.kind plan_change.operation plan_change.reason plan_change.state plan_item.kind',
    'purged.kind purged.reason reused_code_answer.answer run.kind run.outcome run.stage settled_inputs.outcome',
    'plan_purpose.purpose plan_purpose.scope undo_wish.kind undone.kind withdrawn.kind',
    'shown.reason shown.visibility snapshot.reading snapshot_page.kind target.brake upload.reading',
  ],
  'ids of workflows and of the school': [
    'decision.workflow_id relinking.workflow_id run.workflow_id run.workflow_run_id target.holder target.school target.site_identifier',
    'relinking.site_after relinking.site_before',
  ],
  'accounts of those who work with this program, kept as evidence of who decided': [
    'comment.account decision.account forgotten.account link_answer.answered_by moodle_dump.deleted_by',
    'moodle_dump.made_by reused_code_answer.answered_by run.started_by setting.changed_by target.accepted_by',
    'deletion.account undo_wish.wished_by undone.released_by',
    'managed_history.account relinking.account target.brake_by upload.uploaded_by',
  ],
  'hashes, from which nobody can be read': [
    'decision.hash deletion.hash forgotten.person_hash forgotten.salt gate_opening.hash moodle_dump.sha256 plan.hash plan.settings_hash',
    'setting.hash settled_inputs.inputs_hash settled_inputs.source_sha256 snapshot.hash upload.original_sha256',
    'reading_hash.sha256 relinking.hash upload.sha256',
  ],
  numbers: [
    'deletion.counts deletion_item.hanging deletion_item.since',
    'grade_difference.body grade_group.members grade_safety.totals_after grade_safety.totals_before',
    'forgotten.counts gate_opening.counts moodle_dump.row_counts plan.counts run.report run.verification',
    'relinking.counts snapshot.comparison snapshot.counts',
  ],
  'classes, group types and rules': [
    'grade_difference.course reused_code_answer.external_id setting.body snapshot_rule.body',
  ],
  'names of sheets, columns, files, databases and versions': [
    'grade_safety.unread grade_safety.watched',
    'finding.column_name finding.sheet moodle_dump.file moodle_dump.moodle_database moodle_dump.server_version',
    'moodle_dump.statement plan.moodle_release snapshot.headers snapshot.statements target.accepted_version',
    'upload_file.name',
  ],
};

const inNobody = Object.values(nobody).flatMap((lines) => lines.flatMap((line) => line.split(' ')));

async function textColumns({ db }: Journal): Promise<string[]> {
  const statement = `SELECT CONCAT(table_name, '.', column_name) AS name FROM information_schema.columns
    WHERE table_schema = DATABASE() AND (data_type LIKE '%char' OR data_type LIKE '%text' OR data_type LIKE '%blob'
      OR data_type LIKE '%binary' OR data_type = 'json')`;
  return (await select<{ name: string }>(db, statement)).map(({ name }) => name).sort();
}

async function tables({ db }: Journal): Promise<string[]> {
  const statement =
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()';
  return (await select<{ name: string }>(db, statement)).map(({ name }) => name).sort();
}

const usual = sampleReading(usualMemberships);
const withHer: Snapshot = {
  ...usual,
  withheld: { persons: new Set([her.externalId, '01009']), groups: new Set() },
  records: {
    ...usual.records,
    person: [...usual.records.person, { ...her, type: 'student', yearLevel: '10' }],
    membership: [...usual.records.membership, { group: '10MAT2', person: her.externalId }],
  },
};

/** An upload with her in its bytes. */
async function keepUpload(journal: Journal): Promise<number> {
  return storeUpload(journal, {
    files: [{ name: 'kn.csv', bytes: Buffer.from(`${her.externalId},${her.surname}`) }],
    sha256: 'a'.repeat(64),
    originalSha256: 'a'.repeat(64),
    reading: 'complete',
    passwordsFound: 1,
    sealed: [],
    uploadedBy: 'kiri',
  });
}

async function plant(journal: Journal): Promise<void> {
  const uploadId = await keepUpload(journal);
  const sealed = Buffer.from('sealed');
  await insertSealedPasswords(journal, uploadId, [
    { externalId: 'OLD-2', sealed },
    { externalId: 'another', sealed },
  ]);
  await putRenamedPasswords(journal, uploadId, new Map([['OLD-2', her.externalId]]));
  // in another year's workbook she gives her id up, and nobody takes it
  const later = await keepUpload(journal);
  await insertSealedPasswords(journal, later, [{ externalId: her.externalId, sealed }]);
  await putRenamedPasswords(journal, later, new Map([[her.externalId, 'NEW-3']]));
  const snapshotId = await keepReading(journal, withHer);
  await write(journal.db, 'UPDATE snapshot SET upload_id = ? WHERE id = ?', [uploadId, snapshotId]);
  await storeFilled(journal, snapshotId, [
    { group: '10MAT', person: her.externalId },
    { group: '10MAT', person: '01001' },
  ]);
  await insertFindings(journal, snapshotId, [
    {
      code: 'DuplicateEmail',
      severity: 'drops-record',
      subject: her.externalId,
      value: her.email,
      mend: `Correct the address of ${her.firstName} ${her.surname}.`,
    },
    { code: 'ClassWithoutTeacher', severity: 'notice', subject: 'CHOIR', mend: 'Give it a teacher.' },
  ]);
  const runId = await beginRun(journal, {
    kind: 'rollover',
    year: 2027,
    workflowId: 'rollover/kowhai/2027',
    workflowRunId: 'r1',
    startedBy: 'kiri',
  });
  const about = { moodleIds: [5], kind: 'user', subject: her.externalId } as const;
  const planId = await keepPlan(
    journal,
    { runId, snapshotId, hash: 'c'.repeat(64) },
    {
      changes: [
        {
          seq: 1,
          kind: 'user',
          operation: 'update',
          externalId: her.externalId,
          moodleId: 11,
          before: { lastname: 'Before' },
          after: { lastname: her.surname },
        } as never,
        {
          seq: 2,
          kind: 'enrolment',
          operation: 'create',
          group: '10MAT2',
          person: her.externalId,
          role: 'student',
        },
        { seq: 3, kind: 'enrolment', operation: 'create', group: '10MAT2', person: '01001', role: 'student' },
      ],
      notices: [
        { ...about, level: 'conflict', code: 'person-disabled' },
        {
          level: 'held',
          code: 'person-missing',
          kind: 'enrolment',
          subject: '10MAT2',
          person: her.externalId,
          moodleIds: [],
        },
      ],
      // on one page with somebody who stays
      kept: [
        { kind: 'user', subject: '01001', moodleId: 10 },
        { kind: 'user', subject: her.externalId, moodleId: 11 },
      ],
      guards: [
        {
          guard: 'ids-changed',
          of: 'user',
          count: 9,
          total: 20,
          percent: 10,
          cause: 'ids-changed',
          examples: [{ subject: 'NEW77', before: her.externalId }],
        },
        {
          guard: 'threshold',
          of: 'enrolment',
          kind: 'create',
          count: 9,
          total: 20,
          percent: 25,
          cause: 'one-person',
          examples: [{ subject: '10MAT2', person: her.externalId }],
        },
      ],
      proposals: [{ kind: 'user', externalId: her.externalId, moodleId: 5, evidence: ['login'] } as never],
    },
  );
  await insertPasswordHashes(journal, planId, [{ externalId: her.externalId, hash: 'x' }]);
  await storeLinkAnswer(
    journal,
    { kind: 'user', externalId: her.externalId, moodleId: 5, verdict: 'refused' },
    'kiri',
  );
  const row = { moodleId: 11, origin: 'created', naturalNumber: 1, planId, seq: 1 } as const;
  await insertManaged(journal, [
    { ...row, kind: 'user', externalId: her.externalId, naturalKey: her.login },
    {
      ...row,
      kind: 'enrolment',
      externalId: '10MAT2',
      secondId: her.externalId,
      moodleId: 12,
      naturalKey: 'student',
    },
  ]);
  // the account that was hers before Moodle was restored from a backup
  const columns = 'target_id, kind, external_id, second_id, moodle_id, origin, natural_key, natural_number';
  await write(
    journal.db,
    `INSERT INTO managed_history (${columns}, plan_id, seq, reason, account)
      SELECT ${columns}, plan_id, seq, 'relink', 'kiri' FROM managed`,
  );
  await write(
    journal.db,
    `INSERT INTO undone (target_id, kind, external_id, second_id, run_id, plan_id, seq)
      SELECT target_id, kind, external_id, second_id, 1, plan_id, seq FROM managed`,
  );
  await write(
    journal.db,
    `INSERT INTO withdrawn (target_id, kind, external_id, second_id, moodle_id, plan_id, seq)
      SELECT target_id, kind, external_id, second_id, moodle_id, plan_id, seq FROM managed`,
  );
  const keys = 'kind, external_id, second_id, moodle_id';
  await write(
    journal.db,
    "INSERT INTO deletion (target_id, run_id, snapshot_id, counts) VALUES (?, ?, 1, '{}')",
    [journal.targetId, runId],
  );
  await write(
    journal.db,
    `INSERT INTO deletion_item (deletion_id, seq, ${keys}, natural_key, since, hanging)
      SELECT 1, moodle_id, ${keys}, natural_key, '2027', '{}' FROM managed`,
  );
  await write(
    journal.db,
    `INSERT INTO deletion_kept (deletion_id, ordinal, ${keys}, reason) SELECT 1, moodle_id, ${keys}, 'in-grace' FROM managed`,
  );
  await insertUndoWish(
    journal,
    { undoneRunId: runId, scope: { kind: 'person', externalId: her.externalId } },
    'kiri',
  );
  const provenance = JSON.stringify({ lastname: { kn: her.surname, moodle: her.surname } });
  await write(journal.db, `UPDATE managed SET body = ? WHERE kind = 'user'`, [provenance]);
  // who she was before KnowledgeNET gave her a new id
  const before = { ...her, externalId: 'OLD-2', email: 'before@planted.test', type: 'student' } as const;
  const earlier = { ...usual, records: { ...usual.records, person: [...usual.records.person, before] } };
  await keepReading(journal, earlier);
  await commentOnRun(journal, runId, 'kiri', `Asked ${her.firstName}'s dean.`);
  await endRun(journal, runId, 'completed', {});
}

describe('every table of the journal', () => {
  let own: JournalSchool;

  beforeAll(async () => {
    own = await createJournalSchool();
    await plant(own.journal);
  });
  afterAll(async () => own?.close());

  const found = async (): Promise<string[]> => columnsWith(await journalTexts(own.journal.db), words);

  test('has been decided about, each column once', async () => {
    const decided = [...erased, ...untilLinkGoes, ...freeText, ...goesWithItsRow, ...inNobody];
    expect(decided.sort()).toEqual(await textColumns(own.journal));
  });

  test('has a row in the administrator’s page about privacy', async () => {
    const page = await readFile(new URL('../../docs/privacy.md', import.meta.url), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| '));
    const named = rows.flatMap((line) =>
      [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    expect(named.sort()).toEqual(await tables(own.journal));
  });

  test('holds the planted person where people stand, so that forgetting is put to the proof', async () => {
    expect(await found()).toEqual([...erased, ...untilLinkGoes, ...freeText].sort());
  });

  test('loses the person when she is forgotten, but for the link and free text', async () => {
    const traces = await findTraces(own.journal, her.externalId);
    expect(traces).toMatchObject({ findings: 1, changes: 2, items: 6, known: true, alsoKnownAs: ['OLD-2'] });
    await forgetPerson(own.journal, her.externalId, { account: 'kiri', alsoLink: false });
    await forgetPerson(own.journal, 'OLD-2', { account: 'kiri', alsoLink: false });
    expect(await found()).toEqual([...untilLinkGoes, ...freeText].sort());
    await forgetPerson(own.journal, her.externalId, { account: 'kiri', alsoLink: true });
    expect(await found()).toEqual(freeText);
  });

  test('keeps everybody else', async () => {
    const others = columnsWith(await journalTexts(own.journal.db), ['01001', '01009', 'another', 'CHOIR']);
    expect(others).toEqual([
      'finding.subject',
      'plan_change.body',
      'plan_change.second_id',
      'plan_item.body',
      'sealed_password.external_id',
      'snapshot.withheld',
      'snapshot_page.body',
    ]);
  });
});
