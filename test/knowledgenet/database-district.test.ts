import { expect, test } from 'vitest';
import { readDatabase } from '../../data/knowledgenet/database/read.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { createViews } from '../support/kn-database.js';

const MEGABYTE = 1024 * 1024;

test('a district of 50,000 is read page by page, in less memory than the thread of a workbook may take', async () => {
  const views = await createViews(sampleSchool({ seed: 'district', year: 2027, students: 50_000 }));
  try {
    const before = process.memoryUsage().heapUsed;
    let most = 0;
    const onProgress = (): void => {
      most = Math.max(most, process.memoryUsage().heapUsed - before);
    };
    const { read } = await readDatabase(views.source, { onProgress });
    expect(read.rows.persons.length).toBeGreaterThan(50_000);
    expect(read.rows.memberships.length).toBeGreaterThan(300_000);
    expect(most / MEGABYTE).toBeLessThan(600);
  } finally {
    await views.close();
  }
}, 120_000);
