/** No statement per record: twice the records are at most a few statements more. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Knex } from 'knex';
import { applyByKind } from '../../bench/phases/apply-by-kind.js';
import { upload } from '../../bench/phases/apart.js';
import { generateSchool } from '../../bench/school/generate.js';
import { sizes, type SchoolSize } from '../../bench/school/sizes.js';
import { writeSource } from '../../bench/school/write.js';
import { makeSchool } from '../../bench/stand/school.js';
import { benchSettings } from '../../bench/stand/settings.js';
import { openPool } from '../../data/database/connect.js';
import { computePlan, storePlan } from '../../data/stages/compute-plan.js';
import { takeSnapshot } from '../../data/stages/take-snapshot.js';
import { startMariadb, type EmbeddedMariadb } from '../../embedded/mariadb.js';
import { makeTestFolder } from '../support/folder.js';

/** Everything of one kind fits into one batch, in both sizes. */
const small: SchoolSize = { ...sizes.tiny, users: 100, teachers: 10, courses: 20, enrolments: 400 };
const twice: SchoolSize = { ...small, users: 200, teachers: 20, courses: 40, enrolments: 800 };

describe('statements of applying', () => {
  // a server of its own, because its counters are of all its sessions
  let server: EmbeddedMariadb;
  let counting: Knex;
  let folder: string;

  beforeAll(async () => {
    folder = makeTestFolder('statements');
    server = await startMariadb(`${folder}/mariadb`);
    counting = openPool(server.address, { max: 1 });
  });
  afterAll(async () => {
    await counting.destroy();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function countFor(size: SchoolSize, name: string): Promise<Record<string, number>> {
    const bench = await makeSchool(server.address, name, benchSettings(2027));
    const { school } = bench;
    try {
      const file = await writeSource(generateSchool({ size, seed: 'n', year: 2027 }), folder, name);
      const options = { limits: {}, passwordKeyConfigured: false };
      const { snapshotId } = await takeSnapshot(school, await upload(school, file), options);
      const computed = await computePlan(school, snapshotId, false);
      const stored = await storePlan(school, null, snapshotId, computed);
      const parts = await applyByKind(school, { ...stored, changes: computed.plan.changes }, counting);
      return Object.fromEntries(parts.map(({ part, stretch }) => [part, stretch.statements]));
    } finally {
      await bench.close();
    }
  }

  test('are as many for twice the records of a batch', async () => {
    const once = await countFor(small, 'once');
    const doubled = await countFor(twice, 'twice');
    expect(Object.keys(once)).toEqual(['opening', 'category', 'user', 'course', 'enrolment']);
    expect(doubled).toEqual(once);
    for (const count of Object.values(once)) expect(count).toBeLessThan(60);
  });
});
