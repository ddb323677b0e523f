/**
 * Whole rollovers on real servers while something breaks (docs/faults.md). Each ends in the undisturbed result, or in a
 * clear stop with nothing half done after which the same run, begun again, ends in it.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isErrorCode } from '../../data/model/errors.js';
import { describeWithMoodle } from '../support/database.js';
import { makeTestFolder } from '../support/folder.js';
import { killAll } from '../support/processes.js';
import { carryOut, LONGEST_MS, momentsOf } from './carry-out.js';
import { passages } from './passages.js';
import { chooseScenario, describeScenario, type Course, type Scenario } from './scenario.js';
import { seedsOf } from './seeds.js';
import { calmSurroundings, createStand } from './stand.js';
import { createTemplates, type Templates } from './templates.js';
import { expectOutcome, expectSound } from './verdict.js';

const seeds = seedsOf(process.env);

/** What the verdict must see, and how it is taken back. */
const tamperings: readonly (readonly [string, string])[] = [
  [
    'UPDATE moodle.mdl_user_enrolments SET status = 1 LIMIT 1',
    'UPDATE moodle.mdl_user_enrolments SET status = 0',
  ],
  [
    'INSERT INTO moodle.mdl_role_assignments (roleid, contextid, userid, itemid, component) SELECT roleid, contextid, userid, itemid, component FROM moodle.mdl_role_assignments ORDER BY id DESC LIMIT 1',
    'DELETE FROM moodle.mdl_role_assignments ORDER BY id DESC LIMIT 1',
  ],
  [
    "UPDATE managed SET moodle_id = moodle_id + 100000 WHERE kind = 'course' LIMIT 1",
    'UPDATE managed SET moodle_id = moodle_id - 100000 WHERE moodle_id > 100000',
  ],
  [
    "UPDATE plan_change SET state = 'pending' ORDER BY plan_id, seq LIMIT 1",
    "UPDATE plan_change SET state = 'applied' WHERE state = 'pending'",
  ],
  ["UPDATE target SET holder = 'somebody'", 'UPDATE target SET holder = NULL'],
];

describeWithMoodle('a rollover while something breaks', () => {
  let folder: string;
  let templates: Templates;
  const courses = new Map<string, Course>();

  beforeAll(async () => {
    folder = makeTestFolder('faults');
    templates = createTemplates(join(folder, 'templates'), passages);
    for (const passage of passages) courses.set(passage.name, (await templates.calm(passage)).course);
  }, 600_000);
  afterAll(async () => {
    await killAll();
    await rm(folder, { recursive: true, force: true });
  });

  async function tryScenario(scenario: Scenario): Promise<string> {
    const { surroundings, faults } = scenario;
    const passage = passages.find(({ name }) => name === scenario.passage);
    if (passage === undefined) throw new Error(`No passage ${scenario.passage}.`);
    const { outcome } = await templates.calm(passage);
    const place = join(folder, 'disturbed');
    await templates.copy(passage, place, surroundings);
    const stand = await createStand({
      folder: place,
      surroundings,
      moments: momentsOf(faults),
      webService: passage.webService ?? false,
    });
    try {
      await passage.prepare(stand);
      await stand.startWorker();
      const { end, log } = await carryOut(stand, passage, scenario);
      const happened = log.join(', ') || 'no moment was reached';
      if (end.ended === 'completed') {
        expect(end.result.outcome).toBe('completed');
        await expectOutcome(stand, outcome);
        return happened;
      }
      expect(
        isErrorCode(end.code) && end.code !== 'Internal',
        `a stop must be clear: ${JSON.stringify(end)}`,
      ).toBe(true);
      await expectSound(stand);
      const again = await carryOut(stand, passage, { ...scenario, faults: [] });
      expect(again.end).toMatchObject({ ended: 'completed', result: { outcome: 'completed' } });
      await expectOutcome(stand, outcome);
      return `${happened}; stopped with ${end.code}, then begun again`;
    } finally {
      await stand.close();
      await rm(place, { recursive: true, force: true });
    }
  }

  test(
    'the verdict is able to fail: a loss, a duplicate, a lie of the journal, work left over',
    { timeout: 300_000 },
    async () => {
      const [first, second] = passages;
      if (first === undefined || second === undefined) throw new Error('There are no passages.');
      const { outcome } = await templates.calm(first);
      const place = join(folder, 'tampered');
      await templates.copy(second, place, calmSurroundings);
      const stand = await createStand({ folder: place });
      try {
        await expectOutcome(stand, outcome);
        for (const [harm, mend] of tamperings) {
          await stand.root.raw(harm);
          await expect(expectOutcome(stand, outcome), harm).rejects.toThrow();
          await stand.root.raw(mend);
        }
        await expectOutcome(stand, outcome);
      } finally {
        await stand.close();
      }
    },
  );

  test('passages do what they are named after', async () => {
    const withdrawn = new Map<string, number>();
    for (const passage of passages)
      withdrawn.set(passage.name, (await templates.calm(passage)).outcome.withdrawn.length);
    expect(withdrawn.get('first-year')).toBe(0);
    expect(withdrawn.get('second-year')).toBe(0);
    expect(withdrawn.get('removals')).toBeGreaterThan(20);
    // everybody is back; who was new in the second year is gone now
    expect(withdrawn.get('comeback')).toBeGreaterThan(0);
  });

  for (const seed of seeds)
    test(`seed ${seed}`, { timeout: 2 * LONGEST_MS + 120_000 }, async () => {
      const scenario = chooseScenario(seed, courses);
      const title = describeScenario(scenario);
      try {
        console.log(`${title} → ${await tryScenario(scenario)}`);
      } catch (error) {
        const told = error instanceof Error ? error : new Error(String(error));
        told.message = `${title}\nRun it again with FAULT_SEED=${seed} bin/test test/faults\n${told.message}`;
        throw told;
      }
    });
});
