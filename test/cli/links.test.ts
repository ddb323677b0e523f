/** Answers to what a plan asks, from the journal alone: no Temporal is at hand here. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { chooseAll, chooseOne } from '../../cli/links/choose.js';
import { loadConfiguration } from '../../data/configuration.js';
import { openPool } from '../../data/database/connect.js';
import type { Journal } from '../../data/journal/journal.js';
import { insertMoodleSides } from '../../data/journal/link-sides.js';
import { selectLinkAnswers, selectReusedCodeAnswers, type LinkAnswer } from '../../data/journal/links.js';
import { insertPlanItems } from '../../data/journal/plan-items.js';
import { insertChanges, insertPlan, sealPlan } from '../../data/journal/plans.js';
import { insertRecords, insertSnapshot, sealSnapshot } from '../../data/journal/snapshots.js';
import { selectTarget } from '../../data/journal/targets.js';
import type { Comparison } from '../../data/model/comparison.js';
import type { LinkProposal, Plan } from '../../data/model/plan.js';
import type { PlacedSnapshot } from '../../data/model/snapshot.js';
import { openSchools, type Schools } from '../../data/schools.js';
import { testServer } from '../support/database.js';
import { runCommand, type Ended } from './school.js';

const proposals: LinkProposal[] = [
  { kind: 'user', externalId: '01001', moodleId: 11, evidence: ['login', 'email'] },
  { kind: 'user', externalId: '01002', moodleId: 12, evidence: ['email'] },
  { kind: 'user', externalId: '01002', moodleId: 13, evidence: ['login'] },
  { kind: 'course', externalId: 'HOUSE-R', moodleId: 11, evidence: ['shortname'] },
];

describe('which proposals an answer is about', () => {
  test('all of a kind, but none that shares a person or account with another [T22] [T24]', () => {
    const { answers, unclear } = chooseAll({ kind: 'user' }, 'accepted', proposals, []);
    expect(answers).toEqual([{ kind: 'user', externalId: '01001', moodleId: 11, verdict: 'accepted' }]);
    expect(unclear).toHaveLength(2);
  });

  test('all that rest on an evidence, of one kind or of both', () => {
    const numbered: LinkProposal[] = [
      ...proposals,
      { kind: 'user', externalId: '01003', moodleId: 14, evidence: ['id-change', 'nsn'] },
      { kind: 'user', externalId: '01004', moodleId: 15, evidence: ['nsn'] },
      { kind: 'user', externalId: '01004', moodleId: 16, evidence: ['login'] },
    ];
    const chosen = chooseAll({ evidence: 'nsn' }, 'accepted', numbered, []);
    expect(chosen.answers.map(({ externalId }) => externalId)).toEqual(['01003']);
    // another account of the same person is proposed with other evidence: nobody picks
    expect(chosen.unclear.map(({ externalId }) => externalId)).toEqual(['01004']);
    expect(chooseAll({ kind: 'course', evidence: 'nsn' }, 'refused', numbered, []).answers).toEqual([]);
  });

  test('all can be refused together', () => {
    expect(chooseAll({ kind: 'user' }, 'refused', proposals, []).answers).toHaveLength(3);
  });

  test('accepting all does not overturn what was refused by itself; refusing all takes everything back', () => {
    const refused: LinkAnswer = { kind: 'user', externalId: '01001', moodleId: 11, verdict: 'refused' };
    const chosen = chooseAll({ kind: 'user' }, 'accepted', proposals, [refused]);
    expect(chosen.answers).toEqual([]);
    expect(chosen.refused.map(({ externalId }) => externalId)).toEqual(['01001']);
    const accepted: LinkAnswer = { ...refused, verdict: 'accepted' };
    expect(chooseAll({ kind: 'user' }, 'refused', proposals, [accepted]).answers).toHaveLength(3);
  });

  test('nobody gets a second account, and no account a second person', () => {
    const accepted: LinkAnswer = { kind: 'user', externalId: '01002', moodleId: 12, verdict: 'accepted' };
    expect(() => chooseOne('01002', 13, 'user', 'accepted', proposals, [accepted])).toThrow(
      /accepted already/,
    );
    expect(chooseOne('01002', 13, 'user', 'refused', proposals, [accepted])).toMatchObject({
      verdict: 'refused',
    });
    const taken: LinkAnswer = { ...accepted, externalId: '09999', moodleId: 11 };
    expect(chooseAll({ kind: 'user' }, 'accepted', proposals, [taken]).answers).toEqual([]);
  });

  test('what nobody proposed is not linked', () => {
    expect(() => chooseOne('01001', 12, undefined, 'accepted', proposals, [])).toThrow(/Nobody has proposed/);
  });

  test('an answer can be changed after the plan that asked is gone', () => {
    const refused: LinkAnswer = { kind: 'user', externalId: '01005', moodleId: 15, verdict: 'refused' };
    expect(chooseOne('01005', 15, undefined, 'accepted', [], [refused])).toMatchObject({ kind: 'user' });
  });
});

const comparison: Comparison = {
  baseSnapshotId: null,
  people: { before: 0, now: 2, joiners: 2, leavers: 0 },
  yearLevels: [],
  teachers: { before: 0, now: 0, joiners: 0, leavers: 0 },
  groupTypes: [],
  movedBetweenClasses: 0,
};

function snapshotOf(): PlacedSnapshot {
  return {
    reading: 'complete',
    complete: true,
    statements: { students: true, teachers: true, groups: true },
    records: {
      groupType: [{ name: 'House' }],
      group: [{ externalId: 'HOUSE-R', name: 'Rātā', groupType: 'House' }],
      person: [
        {
          externalId: '01001',
          type: 'student',
          firstName: 'Tūī',
          surname: 'Ngāpuhi',
          yearLevel: '9',
          login: 'tui',
        },
        { externalId: '01002', type: 'student', firstName: 'Sam', surname: "O'Brien", yearLevel: '10' },
      ],
      membership: [],
    },
    provenance: { groupType: new Map(), group: new Map(), person: new Map(), membership: new Map() },
  };
}

const plan: Plan = {
  changes: [],
  notices: [],
  kept: [],
  proposals,
  reusedCodes: [{ group: 'HOUSE-R', courseId: 11, studentsBefore: 30, studentsLeft: 20 }],
  counts: { 'proposal.user': 3, 'proposal.course': 1, reused: 1 },
  satisfied: 0,
};

describe('the verb', () => {
  const schema = `cli_links_${randomBytes(5).toString('hex')}`;
  let folder: string;
  let schools: Schools;
  let journal: Journal;
  let run: (...args: string[]) => Promise<Ended>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollover-links-'));
    const { host, port, user, password } = testServer();
    const database = { host, port, user, passwordEnv: 'TEST_DATABASE_PASSWORD' };
    const school = (name: string): object => ({ name, database, moodle: { database: 'none' } });
    const content = {
      temporal: { address: '127.0.0.1:1' },
      journal: { schema },
      schools: { kowhai: school('Kōwhai'), rata: school('Rātā') },
    };
    const path = join(folder, 'rollover.yaml');
    await writeFile(path, JSON.stringify(content));
    const env = { TEST_DATABASE_PASSWORD: password, ROLLOVER_CONFIG: path };
    schools = openSchools(loadConfiguration(path, env));
    ({ journal } = await schools.open('kowhai'));
    const snapshot = snapshotOf();
    const snapshotId = await insertSnapshot(journal, {
      uploadId: null,
      baseSnapshotId: null,
      snapshot,
      headers: [],
    });
    await insertRecords(journal, snapshotId, snapshot);
    await sealSnapshot(journal, snapshotId, 'a'.repeat(64), comparison);
    const input = {
      runId: null,
      snapshotId,
      settingsHash: 'b'.repeat(64),
      rulesVersion: 1,
      moodleRelease: '4.5',
    };
    const planId = await insertPlan(journal, input, plan);
    await insertChanges(journal, planId, []);
    await insertPlanItems(journal, planId, plan);
    const side = { name: 'Tui N', login: 'tui.n', email: 'tui@x.example', idnumber: '' };
    await insertMoodleSides(journal, planId, [
      {
        kind: 'user',
        moodleId: 11,
        proposedFor: ['01001'],
        ...side,
        lastAccess: Date.UTC(2026, 10, 3) / 1000,
        suspended: true,
        enrolments: 3,
      },
    ]);
    await sealPlan(journal, planId, 'c'.repeat(64));
    run = (...args) => runCommand([...args, '--school', 'kowhai'], { env });
  });
  afterAll(async () => {
    await schools?.close();
    const db = openPool(testServer(), { max: 1 });
    await db.raw('DROP DATABASE IF EXISTS ??', [schema]);
    await db.destroy();
    await rm(folder, { recursive: true, force: true });
  });

  test('shows what KnowledgeNET says, the evidence, and the commands that answer', async () => {
    const { stdout } = await run('links');
    expect(stdout).toMatch(
      /01001 +Tūī Ngāpuhi, student, Year 9, tui +user 11 +Tui N, tui\.n, tui@x\.example, suspended, last used 2026-11-03, 3 courses +same login, same e-mail address/,
    );
    expect(stdout).toMatch(/HOUSE-R +Rātā, House +course 11 +same short name/);
    const { proposals: shown } = JSON.parse((await run('links', '--json')).stdout) as { proposals: object[] };
    expect(shown[0]).toMatchObject({
      externalId: '01001',
      knowledgenet: { login: 'tui', yearLevel: '9' },
      moodle: { login: 'tui.n', enrolments: 3 },
    });
    expect(stdout).toContain('rollover links accept 01001 11 --school kowhai');
    expect(stdout).toMatch(/HOUSE-R +11 +20 +30/);
  });

  test('accepts and refuses one, for good', async () => {
    expect((await run('links', 'accept', '01001', '11')).stdout).toMatch(
      /Accepted: 01001 and Moodle user 11/,
    );
    expect((await run('links', 'refuse', '01002', '12')).stdout).toMatch(
      /rollover reject plan --school kowhai/,
    );
    const answers = await selectLinkAnswers(journal);
    expect(
      answers.map(({ externalId, moodleId, verdict }) => [externalId, moodleId, verdict]).sort(),
    ).toEqual([
      ['01001', 11, 'accepted'],
      ['01002', 12, 'refused'],
    ]);
    expect((await run('links', 'list', '--answers')).stdout).toMatch(/01002 +user 12 +refused/);
  });

  test('answering everything at once needs a yes', async () => {
    const unasked = await run('links', 'accept', '--all', 'course');
    expect(unasked.code).toBe(2);
    const { stdout } = await run('links', 'accept', '--all', 'course', '--yes');
    expect(stdout).toMatch(/Accepted: 1 course proposal of plan/);
    expect((await run('links', 'accept', '--all', '--yes')).stderr).toMatch(/Say all of what/);
    const refused = await run('links', 'refuse', '--all', '--evidence', 'login', '--yes');
    expect(refused.stdout).toMatch(/Refused: 2 proposals of plan/);
    expect((await run('links', 'refuse', '--all', '--evidence', 'smell', '--yes')).code).toBe(2);
  });

  test('a class used again is answered for the settings’ year, if it is a class', async () => {
    expect((await run('settings', 'set', 'year', '2027')).code).toBe(0);
    expect((await run('links', 'answer', 'HOUSE-R', 'continues')).code).toBe(0);
    expect(await selectReusedCodeAnswers(journal, 2027)).toEqual(new Map([['HOUSE-R', 'continues']]));
    expect((await run('links', 'answer', 'HOUSE-X', 'continues')).stderr).toMatch(
      /no class of this External ID/,
    );
    expect((await run('links', 'answer', 'HOUSE-R', 'perhaps')).code).toBe(2);
  });

  test('all classes used again can be answered together', async () => {
    expect((await run('links', 'answer', '--all', 'new-course')).code).toBe(2);
    const { stdout } = await run('links', 'answer', '--all', 'new-course', '--yes');
    expect(stdout).toMatch(/Class HOUSE-R in 2027: a new course is made/);
    expect(await selectReusedCodeAnswers(journal, 2027)).toEqual(new Map([['HOUSE-R', 'new-course']]));
  });

  test('several schools: one must be named', async () => {
    const env = {
      TEST_DATABASE_PASSWORD: testServer().password,
      ROLLOVER_CONFIG: join(folder, 'rollover.yaml'),
    };
    const { code, stderr } = await runCommand(['links'], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^UsageInvalid: Say which school: kowhai, rata\./);
    expect((await runCommand(['links', '--school', 'tui'], { env })).stderr).toMatch(/^SchoolUnknown: /);
    expect((await runCommand(['links', '--school', 'rata'], { env })).stderr).toMatch(/^PlanNotFound: /);
  });

  test('the brake works without Temporal, and says so', async () => {
    const { code, stdout } = await run('pause');
    expect(code).toBe(0);
    expect(stdout).toMatch(/The brake is set: .* Temporal does not answer/);
    expect((await selectTarget(journal)).brake).toBe('pause');
    expect((await run('resume')).code).toBe(0);
    expect((await selectTarget(journal)).brake).toBe('go');
  });

  test('without Temporal, nothing is changed for a rollover that cannot begin', async () => {
    const before = (await run('settings', 'get', 'year')).stdout;
    const { code, stderr } = await run('start', '2031');
    expect(code).toBe(5);
    expect(stderr).toMatch(/^TemporalUnavailable: /);
    expect((await run('settings', 'get', 'year')).stdout).toBe(before);
  });

  test('removals at any time can be set without Temporal, and it is said when a run sees it', async () => {
    const { code, stderr } = await run('settings', 'set', 'calendar.removals', 'any-time');
    expect(code).toBe(0);
    expect(stderr).toMatch(/Temporal does not answer; a rollover that waits sees the change within a day/);
    expect((await run('settings', 'get', 'calendar.removals')).stdout.trim()).toBe('any-time');
    expect((await run('settings', 'unset', 'calendar')).code).toBe(0);
  });

  test('a file that is in the way is named in words', async () => {
    const { code, stderr } = await run('settings', 'import', '/no/such/settings.yaml');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^UsageInvalid: "settings.yaml" is not there/);
  });

  test('without Temporal, status says that it does not answer', async () => {
    const { code, stderr } = await run('status');
    expect(code).toBe(5);
    expect(stderr).toMatch(/^TemporalUnavailable: Temporal does not answer at 127\.0\.0\.1:1\./);
  });

  test('settings go out as YAML and come back the same', async () => {
    const file = join(folder, 'settings.yaml');
    expect((await run('settings', 'export', file)).code).toBe(0);
    expect((await run('settings', 'export', file)).stderr).toMatch(
      /^UsageInvalid: "settings.yaml" is there already/,
    );
    const before = await run('settings', 'show', '--json');
    const { stdout } = await run('settings', 'import', file);
    expect(stdout).toMatch(/Nothing has changed/);
    await writeFile(file, 'deletion: {courses: burn}\n');
    expect((await run('settings', 'import', file)).code).toBe(2);
    expect((await run('settings', 'show', '--json')).stdout).toBe(before.stdout);
  });

  test('a database that is away is said in one sentence', async () => {
    const path = join(folder, 'away.yaml');
    const database = { host: '127.0.0.1', port: 1, user: 'nobody' };
    await writeFile(
      path,
      stringify({ schools: { kowhai: { name: 'K', database, moodle: { database: 'm' } } } }),
    );
    const { code, stderr } = await runCommand(['findings', '--config', path]);
    expect(code).toBe(5);
    expect(stderr).toMatch(/^DatabaseUnavailable: [^\n]*\n$/);
  });
});
