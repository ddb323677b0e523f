/** Telling people: a gate waits, a run failed, a run ended. */
import { RolloverError } from '../data/model/errors.js';
import type { Notice, Told } from '../data/model/notice.js';
import { tellSchool } from '../data/notify/tell.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

export function notifyActivities(context: ActivityContext) {
  return {
    /**
     * Tells everybody whom the school names. Repeatable: who had it is not told again. Failed channels are named in the
     * answer ("mail 2 of 3: …"); a school that names nobody has two empty lists.
     *
     * @throws RolloverError NotificationFailed when no channel could be reached
     */
    async tell(notice: Notice): Promise<Told> {
      return alive(async () => {
        const school = await context.open(notice.school);
        const deliveries = await tellSchool(school, context.mail, notice);
        const sent = deliveries.filter(({ failure }) => failure === null).map(({ channel }) => channel);
        const failed = deliveries
          .filter(({ failure }) => failure !== null)
          .map(({ channel, failure }) => `${channel}: ${failure ?? ''}`);
        if (sent.length === 0 && failed.length > 0)
          throw new RolloverError('NotificationFailed', `Nobody could be told. ${failed.join('; ')}.`);
        return { sent, failed };
      });
    },
  };
}
