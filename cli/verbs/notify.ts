/** `rollover notify`: who is told, and whether that works. */
import { randomUUID } from 'node:crypto';
import { RolloverError } from '../../data/model/errors.js';
import { channelsOf } from '../../data/notify/channels.js';
import { deliver, type Delivery } from '../../data/notify/deliver.js';
import { composeTest } from '../../data/notify/message.js';
import type { Session } from '../session.js';
import type { Style } from '../text/style.js';
import { examples, type Verb } from '../verb.js';

interface NotifyOptions {
  readonly test?: boolean;
}

const nobody =
  'Nobody is told: the configuration names nobody under schools.CODE.notify (docs/notifications.md).';

/** Channels in the order of `channelsOf`, as their owner knows them. A webhook's address may be a secret. */
function receiversOf({ school }: Session): string[] {
  const { mail = [], webhook } = school.notify ?? {};
  return [...new Set(mail), ...(webhook === undefined ? [] : [`webhook at ${new URL(webhook.url).host}`])];
}

function renderDeliveries(
  deliveries: readonly (Delivery & { readonly receiver: string })[],
  style: Style,
): string {
  return deliveries
    .map(({ channel, receiver, failure }) =>
      failure === null
        ? `${style.good('sent')}    ${channel}: ${receiver}`
        : `${style.bad('failed')}  ${channel}: ${receiver}: ${failure}`,
    )
    .join('\n');
}

async function show(session: Session): Promise<void> {
  const channels = channelsOf(session.school, session.configuration.mail);
  const receivers = receiversOf(session);
  const list = channels.map(({ name }, index) => ({ channel: name, receiver: receivers[index] ?? '' }));
  await session.output.show({ channels: list }, () =>
    list.length === 0
      ? nobody
      : [
          'Told when a gate opens, daily while it waits, when a run fails and when it ends:',
          ...list.map(({ channel, receiver }) => `  ${channel}: ${receiver}`),
          `Try it: ${session.command('notify --test')}`,
        ].join('\n'),
  );
}

async function sendTest(session: Session): Promise<void> {
  const { school, configuration, output } = session;
  const channels = channelsOf(school, configuration.mail);
  if (channels.length === 0) throw new RolloverError('ConfigInvalid', nobody);
  const message = composeTest(school, randomUUID());
  const receivers = receiversOf(session);
  const deliveries: (Delivery & { readonly receiver: string })[] = [];
  for (const [index, channel] of channels.entries()) {
    output.live(`Telling ${channel.name} …`);
    deliveries.push({ ...(await deliver(channel, message)), receiver: receivers[index] ?? '' });
  }
  await output.show({ subject: message.subject, deliveries }, () =>
    renderDeliveries(deliveries, output.style),
  );
  const failed = deliveries.filter(({ failure }) => failure !== null).length;
  if (failed > 0)
    throw new RolloverError('NotificationFailed', `${failed} of ${deliveries.length} could not be told.`);
}

export const notifyVerb: Verb = (program, run) => {
  program
    .command('notify')
    .description('who is told when something waits or fails')
    .option('--test', 'send everybody a test message and say what became of it')
    .addHelpText(
      'after',
      examples(
        'notify                             who is told',
        'notify --test                      does it work?',
      ),
    )
    .action(
      run<[], NotifyOptions>((session, _args, { test }) =>
        test === true ? sendTest(session) : show(session),
      ),
    );
};
