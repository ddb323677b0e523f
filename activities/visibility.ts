/** After the last commit: what was made appears in the lists of a running Moodle. */
import { probeSite } from '../data/moodle/probe.js';
import { showCategories, type Shown } from '../data/stages/show-categories.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

export function visibilityActivities(context: ActivityContext) {
  return {
    /**
     * Makes Moodle read its category lists anew, if this run made anything that stands in them. Repeatable; the outcome
     * is kept for the report, as "not yet visible" until Moodle has answered.
     *
     * @throws RolloverError WebServiceUnavailable: worth trying again for a while, never worth failing a run.
     */
    async showCategories(input: { school: string; runId: number; planId: number }): Promise<Shown> {
      return alive(async (signal) => {
        const school = await context.open(input.school);
        const site = await probeSite(school.db, school.moodle);
        return showCategories(school, site, input.runId, input.planId, signal);
      });
    },
  };
}
