/** Tells everybody whom a school names; one channel's failure leaves the others alone. */
import { insertSent, selectOpening, selectSent } from '../journal/notices.js';
import { selectRun } from '../journal/runs.js';
import type { MailServer } from '../configuration/notifications.js';
import type { Notice } from '../model/notice.js';
import type { School } from '../schools.js';
import { channelsOf } from './channels.js';
import { deliver, type Delivery } from './deliver.js';
import { composeNotice, eventKey, type NoticeContext } from './message.js';

async function contextOf(school: School, notice: Notice): Promise<NoticeContext> {
  const { gate, opening, runId } = notice;
  const open =
    gate === undefined || opening === undefined
      ? null
      : await selectOpening(school.journal, runId, gate, opening);
  const run = await selectRun(school.journal, runId);
  return {
    schoolName: school.name,
    open,
    workflowRunId: run?.workflowRunId ?? null,
    link: school.notify?.link,
  };
}

/**
 * Sends a notice on every channel that has not had it yet. A crash between sending and writing that down sends once
 * more, with the same message id.
 */
export async function tellSchool(
  school: School,
  server: MailServer | undefined,
  notice: Notice,
  now = Date.now(),
): Promise<Delivery[]> {
  const channels = channelsOf(school, server);
  if (channels.length === 0) return [];
  const event = eventKey(notice, now);
  const message = composeNotice(notice, await contextOf(school, notice), now);
  const had = await selectSent(school.journal, notice.runId, event);
  const deliveries: Delivery[] = [];
  for (const channel of channels) {
    if (had.has(channel.key)) {
      deliveries.push({ channel: channel.name, failure: null });
      continue;
    }
    const delivery = await deliver(channel, message);
    if (delivery.failure === null) await insertSent(school.journal, notice.runId, event, channel.key);
    deliveries.push(delivery);
  }
  return deliveries;
}
