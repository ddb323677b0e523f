/** One message on one channel, and what became of it. */
import { RolloverError } from '../model/errors.js';
import type { Channel } from './channels.js';
import type { Message } from './message.js';

/** What became of one channel. `failure`: a sentence without addresses or secrets. */
export interface Delivery {
  readonly channel: string;
  readonly failure: string | null;
}

/** Sends and says what happened instead of throwing. */
export async function deliver(channel: Channel, message: Message): Promise<Delivery> {
  try {
    await channel.send(message);
    return { channel: channel.name, failure: null };
  } catch (error) {
    if (!(error instanceof RolloverError)) throw error;
    return { channel: channel.name, failure: error.message };
  }
}
