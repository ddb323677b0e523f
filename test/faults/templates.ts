/** The states from which passages start, as folders of a database server at rest, and what undisturbed runs do. */
import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openPool } from '../../data/database/connect.js';
import { migrateJournal } from '../../data/journal/migrate.js';
import { storeSettings } from '../../data/journal/settings.js';
import { openJournal } from '../../data/journal/targets.js';
import { settingsHash } from '../../data/settings/hash.js';
import { startMariadb } from '../../embedded/mariadb.js';
import { loadDump, sharedMoodle } from '../support/database.js';
import { openSettings } from '../support/school.js';
import { carryOut } from './carry-out.js';
import type { Passage } from './passages.js';
import type { Course, Surroundings } from './scenario.js';
import { account, calmSurroundings, createStand, JOURNAL, MOODLE, SCHOOL, type Stand } from './stand.js';
import { expectOutcome, readOutcome, type Outcome } from './verdict.js';

const run = promisify(execFile);

/** An undisturbed run of a passage. */
export interface Calm {
  readonly course: Course;
  readonly outcome: Outcome;
}

export interface Templates {
  /** What the passage does undisturbed; runs it once. */
  calm(passage: Passage): Promise<Calm>;
  /** A folder of its own in the state that the passage starts from. */
  copy(passage: Passage, folder: string, surroundings: Surroundings): Promise<void>;
}

/** Tables that grow while we write: they must be inside the tablespace that can become full. */
const growing = [
  'user',
  'context',
  'user_enrolments',
  'role_assignments',
  'course',
  'course_sections',
  'enrol',
];

async function buildEmpty(folder: string): Promise<void> {
  const mariadb = await startMariadb(folder, {
    extraArguments: ['--innodb-log-file-size=32M', '--innodb-buffer-pool-size=96M'],
  });
  const root = openPool(mariadb.address, { max: 1 });
  const host = `'${account.user}'@'127.0.0.1'`;
  for (const schema of [MOODLE, JOURNAL]) {
    await root.raw('CREATE DATABASE ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci', [schema]);
    await root.raw(`GRANT ALL ON ??.* TO ${host} IDENTIFIED BY '${account.password}'`, [schema]);
  }
  await root.destroy();
  await loadDump(join(sharedMoodle() ?? '', 'moodle-4.5.sql.gz'), MOODLE, mariadb.address);
  const db = openPool(mariadb.address, { max: 1, database: JOURNAL });
  await migrateJournal(db);
  const settings = openSettings(2027);
  await storeSettings(await openJournal(db, SCHOOL), settings, settingsHash(settings), 'admin');
  await db.destroy();
  await mariadb.stop();
}

/** Surroundings that are in the files, not in the server's arguments. */
async function convert(stand: Stand, { collation, capped }: Surroundings): Promise<void> {
  if (collation !== calmSurroundings.collation) {
    // compressed tables cannot be inside the one tablespace
    await stand.root.raw('SET GLOBAL innodb_file_per_table = 1');
    const [tables] = (await stand.root.raw(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE'",
      [MOODLE],
    )) as [{ name: string }[]];
    await stand.root.raw(`ALTER DATABASE ${MOODLE} COLLATE ${collation}`);
    for (const { name } of tables)
      await stand.root.raw(`ALTER TABLE ??.?? CONVERT TO CHARACTER SET utf8mb4 COLLATE ${collation}`, [
        MOODLE,
        name,
      ]);
  }
  if (!capped) return;
  await stand.root.raw('SET GLOBAL innodb_file_per_table = 0');
  for (const table of growing) await stand.root.raw(`ALTER TABLE ${MOODLE}.mdl_${table} ENGINE=InnoDB`);
  for (const table of ['managed', 'plan_change'])
    await stand.root.raw(`ALTER TABLE ${JOURNAL}.${table} ENGINE=InnoDB`);
}

/** How often each activity ran in a workflow and those below it. */
async function countActivities(stand: Stand): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const { workflowId, runId } of stand.temporal.client.workflow.list()) {
    const { events } = await stand.temporal.client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const event of events ?? []) {
      const name = event.activityTaskScheduledEventAttributes?.activityType?.name;
      if (name !== undefined && name !== null) counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return counts;
}

/** `folder` holds them all; whoever made it removes it. */
export function createTemplates(folder: string, passages: readonly Passage[]): Templates {
  const calms = new Map<string, Promise<Calm>>();
  const states = new Map<string, Promise<string>>();
  const stateOf = (name: string | null): string => join(folder, name ?? 'empty');

  /** Made once, also for those who ask at the same time. */
  function once(name: string, make: (state: string) => Promise<void>): Promise<string> {
    const state = join(folder, name);
    const made = states.get(name) ?? make(state).then(() => state);
    states.set(name, made);
    return made;
  }

  async function ready(name: string | null): Promise<string> {
    const state = stateOf(name);
    if (name === null) return once('empty', buildEmpty);
    const passage = passages.find((one) => one.name === name);
    if (passage === undefined) throw new Error(`No passage ${name}.`);
    await templates.calm(passage);
    return state;
  }

  async function inSurroundings(name: string | null, surroundings: Surroundings): Promise<string> {
    const { collation, capped } = surroundings;
    const state = await ready(name);
    if (collation === calmSurroundings.collation && !capped) return state;
    return once(`${name ?? 'empty'}-${collation}${capped ? '-capped' : ''}`, async (to) => {
      await copyState(state, to);
      const stand = await createStand({ folder: to, surroundings });
      try {
        await convert(stand, surroundings);
      } finally {
        await stand.close();
      }
    });
  }

  async function runCalm(passage: Passage): Promise<Calm> {
    const state = stateOf(passage.name);
    await copyState(await ready(passage.from), state);
    const stand = await createStand({ folder: state, webService: passage.webService ?? false });
    try {
      await passage.prepare(stand);
      await stand.startWorker();
      const began = performance.now();
      const { end } = await carryOut(stand, passage, {
        seed: 'calm',
        faults: [],
        surroundings: calmSurroundings,
      });
      const tookMs = performance.now() - began;
      if (end.ended !== 'completed' || end.result.outcome !== 'completed')
        throw new Error(
          `The undisturbed ${passage.name} did not end: ${JSON.stringify(end)}\n${stand.printed()}`,
        );
      const outcome = await readOutcome(stand);
      await expectOutcome(stand, outcome);
      return { course: { activities: await countActivities(stand), tookMs }, outcome };
    } finally {
      await stand.close();
    }
  }

  const templates: Templates = {
    calm(passage) {
      const known = calms.get(passage.name) ?? runCalm(passage);
      calms.set(passage.name, known);
      return known;
    },
    async copy({ from }, to, surroundings) {
      await copyState(await inSurroundings(from, surroundings), to);
    },
  };
  return templates;
}

/** Only the data: the copy is a server of its own, with a port and a password of its own. */
async function copyState(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true, mode: 0o700 });
  await run('cp', ['-r', '--reflink=auto', join(from, 'data'), join(to, 'data')]);
}
