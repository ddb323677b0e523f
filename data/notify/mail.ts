/** Sends mail by SMTP. Errors name what happened by code; what servers write back can quote logins and addresses. */
import { rootCertificates } from 'node:tls';
import type { MailServer } from '../configuration/notifications.js';
import { RolloverError } from '../model/errors.js';
import type { Message } from './message.js';

/** Longest waits, in milliseconds: a server that is silent must not hold up the other channels. */
export interface MailPatience {
  readonly connect: number;
  readonly silence: number;
}

const patience: MailPatience = { connect: 10_000, silence: 20_000 };

const sentences: Readonly<Record<string, string>> = {
  EAUTH: 'the mail server refused the login',
  ENOAUTH: 'the mail server wants a login, and none is configured',
  ETLS: 'no protected connection could be made: the mail server offers no STARTTLS, or its certificate is not trusted',
  EDNS: 'the name of the mail server is not known',
  ECONNECTION: 'the mail server cannot be reached',
  ETIMEDOUT: 'the mail server does not answer in time',
  EENVELOPE: 'the mail server refused the sender or the receiver',
  EMESSAGE: 'the mail server refused the message',
  ESTREAM: 'the message could not be handed over',
  EPROTOCOL: 'the mail server gave an answer that is not SMTP',
  ESOCKET:
    'the connection to the mail server failed: wrong port, wrong kind of encryption, or a certificate that is not trusted',
};

interface SmtpError {
  readonly code?: unknown;
  readonly responseCode?: unknown;
}

function refusal(error: unknown): RolloverError {
  const { code, responseCode } = (error ?? {}) as SmtpError;
  const known = typeof code === 'string' ? code : '';
  const sentence = sentences[known] ?? 'the mail could not be sent';
  const answer = typeof responseCode === 'number' ? ` (${responseCode})` : '';
  // no cause: the library's error quotes the server's answer, and that can quote the login
  return new RolloverError('NotificationFailed', `${sentence}${answer}`, {
    ...(/^[A-Z]{1,20}$/.test(known) ? { code: known } : {}),
  });
}

/** Whether the server itself refused, and not only this receiver. */
export function isServerTrouble(error: unknown): boolean {
  return error instanceof RolloverError && !['EENVELOPE', 'EMESSAGE'].includes(String(error.details['code']));
}

/**
 * Sends one message to one receiver.
 *
 * @throws RolloverError NotificationFailed, without login, password, address or the server's words
 */
export async function sendMail(
  server: MailServer,
  to: string,
  message: Message,
  { connect, silence }: MailPatience = patience,
): Promise<void> {
  // loaded where a mail is sent, which is seldom
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    ...(server.login === undefined ? {} : { auth: { user: server.login.user, pass: server.login.password } }),
    ...(server.ca === undefined ? {} : { tls: { ca: [...rootCertificates, server.ca] } }),
    dnsTimeout: connect,
    connectionTimeout: connect,
    greetingTimeout: connect,
    socketTimeout: silence,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from: server.from,
      to,
      subject: message.subject,
      text: message.text,
      // the same for a message that is sent twice, so that mail programs show it once
      messageId: `<${message.id}@moodle-rollover>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    });
  } catch (error) {
    throw refusal(error);
  } finally {
    transport.close();
  }
}
