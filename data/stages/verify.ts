/** apply → verify: reads everything again; a second plan must have no changes, and nothing may be there twice. */
import { insertBelieved } from '../journal/believed-readings.js';
import { selectPlanHeader } from '../journal/plans.js';
import { updateVerification, type Verification } from '../journal/runs.js';
import { countDuplicates } from '../moodle/duplicates.js';
import { findPlace } from '../moodle/probe.js';
import { countOpenQuestions, hasOpenQuestions } from '../rules/plan/open-questions.js';
import type { School } from '../schools.js';
import { rememberApplied } from './class-rules.js';
import { computePlan, forgetBack } from './compute-plan.js';
import { settle } from './settle.js';

/**
 * Verifies a plan that was applied, keeps the result with its run, and remembers the snapshot as applied, and what it was
 * computed from as settled, when nothing is left over. A snapshot with open questions about class codes or changed ids is
 * not remembered: they can only be asked again by comparing with the reading before.
 */
export async function verifyPlan(school: School, runId: number, planId: number): Promise<Verification> {
  const { snapshotId, counts } = await selectPlanHeader(school.journal, planId);
  const computed = await computePlan(school, snapshotId, false);
  const { plan } = computed;
  await forgetBack(school, computed);
  const duplicates = await countDuplicates(school.db, await findPlace(school.db, school.moodle));
  const verification = { remaining: plan.changes.length, duplicates };
  await updateVerification(school.journal, runId, verification);
  const open = countOpenQuestions(counts) > 0 || hasOpenQuestions(plan);
  if (verification.remaining === 0) await insertBelieved(school.journal, snapshotId);
  if (verification.remaining === 0 && !open) {
    await rememberApplied(school.journal, snapshotId);
    // now, because a rollover may wait for weeks at gate tidy while settings and answers change
    await settle(school, { runId, snapshotId, planId }, 'verified');
  }
  return verification;
}
