/** The ways on which a school's people are told. */
import { createHash } from 'node:crypto';
import type { MailServer } from '../configuration/notifications.js';
import type { SchoolConfiguration } from '../configuration.js';
import { RolloverError } from '../model/errors.js';
import { isServerTrouble, sendMail } from './mail.js';
import type { Message } from './message.js';
import { postWebhook } from './webhook.js';

export interface Channel {
  /** "webhook", "mail 2 of 3": shown and logged, so no address. */
  readonly name: string;
  /** The same receiver has the same key, wherever it stands in the configuration; no address either. */
  readonly key: string;
  /** @throws RolloverError NotificationFailed */
  send(message: Message): Promise<void>;
}

function receiverKey(address: string): string {
  return `mail ${createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 16)}`;
}

/** One channel per receiver, so that a refused one does not silence the others. */
function mailChannels(addresses: readonly string[], server: MailServer | undefined): Channel[] {
  let broken: RolloverError | undefined;
  return addresses.map((address, index) => ({
    name: `mail ${index + 1} of ${addresses.length}`,
    key: receiverKey(address),
    async send(message) {
      if (server === undefined)
        throw new RolloverError('NotificationFailed', 'the configuration names no mail server');
      // twenty receivers must not wait twenty times for a server that is down
      if (broken !== undefined) throw broken;
      try {
        await sendMail(server, address, message);
      } catch (error) {
        if (isServerTrouble(error)) broken = error as RolloverError;
        throw error;
      }
    },
  }));
}

/** All channels of a school; none when nobody is to be told. */
export function channelsOf(
  school: Pick<SchoolConfiguration, 'notify'>,
  server: MailServer | undefined,
): Channel[] {
  const { mail = [], webhook } = school.notify ?? {};
  return [
    ...mailChannels([...new Set(mail)], server),
    ...(webhook === undefined
      ? []
      : [{ name: 'webhook', key: 'webhook', send: (message: Message) => postWebhook(webhook, message) }]),
  ];
}
