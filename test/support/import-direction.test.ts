import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

type Refuse = (file: string, source: string, isType: boolean) => string | undefined;
const rule = (await import(pathToFileURL(resolve('eslint-import-direction.js')).href)) as { refuse: Refuse };

test.each([
  ['data/rules/plan/users.ts', '../../moodle/site.js', 'type', 'allowed'],
  ['data/rules/plan/users.ts', '../../moodle/site.js', 'value', 'refused'],
  ['data/rules/plan.ts', 'knex', 'type', 'refused'],
  ['data/rules/plan.ts', 'node:crypto', 'value', 'allowed'],
  ['data/moodle/write.ts', '../database/bulk.js', 'value', 'allowed'],
  ['data/moodle/write.ts', '@temporalio/activity', 'value', 'refused'],
  ['data/moodle/write.ts', '../../activities/apply.js', 'type', 'refused'],
  ['data/journal/plans.ts', '../stages/verify.js', 'type', 'refused'],
  ['data/moodle/read.ts', '../journal/journal.js', 'value', 'refused'],
  ['data/stages/verify.ts', '../undo/compute-undo.js', 'value', 'refused'],
  ['data/undo/compute-undo.ts', '../stages/compute-plan.js', 'value', 'allowed'],
  ['data/apply/users.ts', '../stages/verify.js', 'value', 'refused'],
  ['workflows/rollover.ts', '../activities/index.js', 'type', 'allowed'],
  ['workflows/rollover.ts', '../activities/index.js', 'value', 'refused'],
  ['workflows/rollover.ts', '../data/moodle/site.js', 'type', 'allowed'],
  ['workflows/rollover.ts', '../data/rules/guards.js', 'value', 'allowed'],
  ['workflows/rollover.ts', 'node:crypto', 'value', 'refused'],
  ['workflows/rollover.ts', '@temporalio/workflow', 'value', 'allowed'],
  ['codec/payload-codec.ts', '../data/configuration.js', 'type', 'allowed'],
  ['codec/payload-codec.ts', '@temporalio/client', 'value', 'refused'],
  ['data/configuration.ts', '../codec/data-converter.js', 'type', 'refused'],
  ['workers/worker.ts', '../codec/data-converter.js', 'value', 'allowed'],
  ['pages/plan/page.tsx', '../../data/journal/plans.js', 'type', 'allowed'],
  ['pages/plan/page.tsx', '../../data/journal/plans.js', 'value', 'refused'],
  ['pages/plan/page.tsx', '../../cli/text/words.js', 'type', 'refused'],
  ['pages/plan/page.tsx', 'knex', 'type', 'refused'],
  ['cli/verbs/plan.ts', '../../pages/plan/page.js', 'value', 'allowed'],
  ['workers/worker.ts', '../pages/plan/page.js', 'value', 'refused'],
  ['cli/approve.ts', '../workflows/messages.js', 'value', 'allowed'],
  ['cli/approve.ts', '../workflows/rollover.js', 'value', 'refused'],
  ['cli/approve.ts', '../activities/index.js', 'type', 'refused'],
  ['embedded/demo.ts', '../test/support/database.js', 'value', 'refused'],
  ['workers/worker.ts', '../activities/index.js', 'value', 'allowed'],
  ['test/x.test.ts', '../activities/index.js', 'value', 'allowed'],
])('%s importing %s as %s is %s', (file, source, kind, verdict) => {
  expect(rule.refuse(file, source, kind === 'type') === undefined ? 'allowed' : 'refused').toBe(verdict);
});
