/** After the last commit: a running Moodle is made to read its category lists anew, once per run. */
import { countOutcomes } from '../journal/plans.js';
import { selectRunPlanIds } from '../journal/runs.js';
import { storeShown } from '../journal/shown.js';
import { RolloverError } from '../model/errors.js';
import type { LateReason } from '../model/notice.js';
import type { Visibility } from '../model/run.js';
import { selectPlainCategory } from '../moodle/sql/category-nudge.js';
import type { TablePlace } from '../moodle/sql/statement.js';
import { nudgeCategories } from '../moodle/webservice/functions.js';
import type { School } from '../schools.js';

/** Whether people see what a run made, and if not, why and what to do on the Moodle host. */
export interface Shown {
  readonly visibility: Visibility;
  readonly reason?: LateReason;
  /** Moodle's code of the refusal. */
  readonly errorcode?: string;
  readonly command?: string;
}

/** Cures it on the Moodle host, in Moodle's folder. */
export const purgeCommand = 'php admin/cli/purge_caches.php';

const late = (reason: LateReason, errorcode?: string): Shown => ({
  visibility: 'not-yet-visible',
  reason,
  ...(errorcode === undefined ? {} : { errorcode }),
  command: purgeCommand,
});

/** Lists hold categories and which courses are in them; enrolments and names are read live. */
async function madeListed(school: School, runId: number, planId: number): Promise<boolean> {
  const plans = new Set([...(await selectRunPlanIds(school.journal, runId)), planId]);
  for (const plan of plans) {
    const outcomes = await countOutcomes(school.journal, plan);
    if (
      outcomes.some(
        ({ kind, operation, state }) =>
          (kind === 'category' || kind === 'course') && operation === 'create' && state === 'applied',
      )
    )
      return true;
  }
  return false;
}

async function nudge(school: School, place: TablePlace, signal: AbortSignal | undefined): Promise<Shown> {
  if (school.webService === undefined) return late('no-web-service');
  const category = await selectPlainCategory(school.db, place);
  if (category === null) return late('web-service-refused');
  try {
    await nudgeCategories(school.webService, category, signal === undefined ? {} : { signal });
    return { visibility: 'visible' };
  } catch (error) {
    if (!(error instanceof RolloverError) || error.code !== 'WebServiceRefused') throw error;
    const { errorcode } = error.details;
    return late('web-service-refused', typeof errorcode === 'string' ? errorcode : undefined);
  }
}

/**
 * Makes what the run made visible in lists, if anything of it needs that, and keeps the answer for the report. One call,
 * however much was made.
 *
 * @throws RolloverError WebServiceUnavailable: try again; "not yet visible" is written down already.
 */
export async function showCategories(
  school: School,
  place: TablePlace,
  runId: number,
  planId: number,
  signal?: AbortSignal,
): Promise<Shown> {
  const keep = (shown: Shown): Promise<void> =>
    storeShown(school.journal, runId, {
      planId,
      visibility: shown.visibility,
      reason: shown.reason ?? null,
    });
  if (!(await madeListed(school, runId, planId))) {
    const shown: Shown = { visibility: 'visible' };
    await keep(shown);
    return shown;
  }
  // the careful answer first: should Moodle never answer, or this process die, the report is right
  await keep(late('web-service-unreachable'));
  const shown = await nudge(school, place, signal);
  await keep(shown);
  return shown;
}
