/** Taking a school's run back: no statement per record, and a school of two thousand in a minute. */
import { rm } from 'node:fs/promises';
import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { upload } from '../../bench/phases/apart.js';
import { generateSchool } from '../../bench/school/generate.js';
import { sizes, type SchoolSize } from '../../bench/school/sizes.js';
import { writeSource } from '../../bench/school/write.js';
import { makeSchool } from '../../bench/stand/school.js';
import { benchSettings } from '../../bench/stand/settings.js';
import { openPool } from '../../data/database/connect.js';
import { countStates } from '../../data/journal/plans.js';
import { takeSnapshot } from '../../data/stages/take-snapshot.js';
import { startMariadb, type EmbeddedMariadb } from '../../embedded/mariadb.js';
import { applyStored } from '../support/apply-in-process.js';
import { makeTestFolder } from '../support/folder.js';
import { beginTestRun, planInRun, planUndo } from '../support/undo.js';

/** Everything of one kind fits into one batch, in both sizes. */
const small: SchoolSize = { ...sizes.tiny, users: 100, teachers: 10, courses: 20, enrolments: 400 };
const twice: SchoolSize = { ...small, users: 200, teachers: 20, courses: 40, enrolments: 800 };
const large: SchoolSize = { ...small, users: 2000, teachers: 120, courses: 300, enrolments: 16_000 };

interface Cost {
  readonly changes: number;
  readonly planning: number;
  readonly applying: number;
  readonly seconds: number;
  /** What the heap grew by, at most. */
  readonly megabytes: number;
}

describe('the cost of an undo', () => {
  // a server of its own, because its counters are of all its sessions
  let server: EmbeddedMariadb;
  let counting: Knex;
  let folder: string;

  beforeAll(async () => {
    folder = makeTestFolder('undo-statements');
    server = await startMariadb(`${folder}/mariadb`);
    counting = openPool(server.address, { max: 1 });
  });
  afterAll(async () => {
    await counting.destroy();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function questions(): Promise<number> {
    const [rows] = (await counting.raw("SHOW GLOBAL STATUS LIKE 'Questions'")) as unknown as [
      { Value: string }[],
    ];
    return Number(rows[0]?.Value);
  }

  async function costOf(size: SchoolSize, name: string): Promise<Cost> {
    const bench = await makeSchool(server.address, name, benchSettings(2027));
    const { school } = bench;
    try {
      const file = await writeSource(generateSchool({ size, seed: 'n', year: 2027 }), folder, name);
      const options = { limits: {}, passwordKeyConfigured: false };
      const { snapshotId } = await takeSnapshot(school, await upload(school, file), options);
      const runId = await beginTestRun(school, 'rollover');
      await applyStored(school, await planInRun(school, runId, snapshotId));
      const heap = process.memoryUsage().heapUsed;
      let highest = heap;
      const watching = setInterval(() => (highest = Math.max(highest, process.memoryUsage().heapUsed)), 50);
      const began = performance.now();
      const first = await questions();
      const planned = await planUndo(school, runId);
      const second = await questions();
      await applyStored(school, planned);
      const third = await questions();
      clearInterval(watching);
      const { length: changes } = planned.plan.changes;
      expect(planned.plan.notices).toEqual([]);
      expect(await countStates(school.journal, planned.planId)).toMatchObject({
        applied: changes,
        conflict: 0,
      });
      const seconds = (performance.now() - began) / 1000;
      const megabytes = (highest - heap) / 1_000_000;
      return { changes, planning: second - first, applying: third - second, seconds, megabytes };
    } finally {
      await bench.close();
    }
  }

  test('is as many statements for twice the records of a batch', { timeout: 240_000 }, async () => {
    const once = await costOf(small, 'once');
    const doubled = await costOf(twice, 'twice');
    expect(doubled.changes).toBeGreaterThan(1.8 * once.changes);
    expect(doubled.planning - once.planning).toBeLessThan(10);
    expect(doubled.applying - once.applying).toBeLessThan(10);
  });

  test('is a minute or two for a school of two thousand', { timeout: 600_000 }, async () => {
    const cost = await costOf(large, 'large');
    expect(cost.changes).toBeGreaterThan(18_000);
    // a few hundred for each batch or page: one for each table that can refer to anybody
    expect(cost.planning + cost.applying).toBeLessThan(cost.changes / 3);
    expect(cost.seconds).toBeLessThan(240);
    expect(cost.megabytes).toBeLessThan(600);
  });
});
