/**
 * Whole rollovers on real servers while something breaks (docs/faults.md). Each ends in the undisturbed result, or in a
 * clear stop with nothing half done after which the same run, begun again, ends in it.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithMoodle } from '../support/database.js';
import { makeTestFolder } from '../support/folder.js';
import { killAll } from '../support/processes.js';
import { LONGEST_MS, momentsOf } from './carry-out.js';
import { endsWell, type Ending } from './end-well.js';
import { passages, type Passage } from './passages.js';
import { choosePassage, chooseScenario, describeScenario, type Fault, type Scenario } from './scenario.js';
import { seedsOf } from './seeds.js';
import { calmSurroundings, createStand } from './stand.js';
import { createTemplates, type Templates } from './templates.js';
import { expectOutcome, type Outcome } from './verdict.js';

const seeds = seedsOf(process.env);
const names = passages.map(({ name }) => name);

function named(name: string): Passage {
  const passage = passages.find((one) => one.name === name);
  if (passage === undefined) throw new Error(`No passage ${name}.`);
  return passage;
}

/** Rows of a table; of accounts without their last column, whether they were ever modified. */
function untimed(outcome: Outcome | undefined, table: string): unknown[] {
  const all = (outcome?.moodle[table] ?? []).map((row) => JSON.parse(row) as unknown[]);
  return table === 'user' ? all.map((row) => row.slice(0, -1)) : all;
}

/** Passages, and where our account loses its rights for a while. */
const clearStops = [
  ['first-year', 'point before-batch', 5],
  ['deletion', 'point answered', 1],
  ['undo', 'point before-batch', 3],
] as const;

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

  beforeAll(() => {
    folder = makeTestFolder('faults');
    templates = createTemplates(join(folder, 'templates'), passages);
  });
  afterAll(async () => {
    await killAll();
    await rm(folder, { recursive: true, force: true });
  });

  /** On a copy of the state that the passage starts from. */
  async function tryScenario(passage: Passage, scenario: Scenario): Promise<Ending> {
    const { surroundings, faults, seed } = scenario;
    const { outcome } = await templates.calm(passage);
    const place = join(folder, `disturbed-${passage.name}-${seed}`);
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
      return await endsWell(stand, passage, scenario, outcome);
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

  test('passages do what they are named after', { timeout: 600_000 }, async () => {
    const calm = new Map<string, Outcome>();
    await Promise.all(
      passages.map(async (passage) => calm.set(passage.name, (await templates.calm(passage)).outcome)),
    );
    const withdrawn = (name: string): number => calm.get(name)?.withdrawn.length ?? -1;
    expect(withdrawn('first-year')).toBe(0);
    expect(withdrawn('second-year')).toBe(0);
    expect(withdrawn('removals')).toBeGreaterThan(20);
    // everybody is back; who was new in the second year is gone now
    expect(withdrawn('comeback')).toBeGreaterThan(0);
    expect(calm.get('deletion')?.deleted.length).toBeGreaterThan(20);
    for (const name of ['undo', 'undo-removals'])
      for (const table of ['user', 'course', 'user_enrolments', 'role_assignments'])
        expect(untimed(calm.get(name), table), `${table} after ${name}`).toEqual(
          untimed(calm.get('first-year'), table),
        );
  });

  for (const [name, place, nth] of clearStops)
    test.concurrent(
      `${name} stops clearly at "${place}" when the account has lost its rights, and can be begun again`,
      { timeout: 2 * LONGEST_MS + 120_000 },
      async () => {
        const passage = named(name);
        const fault: Fault = { kind: 'database-rights', when: { place, nth }, forMs: 8_000 };
        const scenario: Scenario = {
          seed: `stop-at-${place.replaceAll(' ', '-')}`,
          passage: name,
          faults: [fault],
          surroundings: calmSurroundings,
        };
        expect((await tryScenario(passage, scenario)).stopped).toBe('MoodlePrivileges');
      },
    );

  for (const seed of seeds)
    test.concurrent(`seed ${seed}`, { timeout: 2 * LONGEST_MS + 120_000 }, async () => {
      const passage = named(choosePassage(seed, names));
      const scenario = chooseScenario(seed, passage.name, (await templates.calm(passage)).course);
      const title = describeScenario(scenario);
      const began = performance.now();
      const say = (ended: string): void =>
        console.log(`${title} → ${ended} (${Math.round((performance.now() - began) / 1000)} s)`);
      try {
        const { happened, met, stopped } = await tryScenario(passage, scenario);
        const all = `${happened.join(', ') || 'no moment was reached'}; met ${met.join(', ') || 'no failure'}`;
        say(
          `${all}; ${stopped === null ? 'as undisturbed' : `stopped with ${stopped}, begun again, as undisturbed`}`,
        );
      } catch (error) {
        const told = error instanceof Error ? error : new Error(String(error));
        say(`FAILED: ${told.message.split('\n')[0] ?? ''}`);
        told.message = `${title}\nRun it again with FAULT_SEED=${seed} bin/test test/faults/faults\n${told.message}`;
        throw told;
      }
    });
});
