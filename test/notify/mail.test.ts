/** Mail to a real SMTP server: encryption, login, and errors that give nothing away. */
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RolloverError } from '../../data/model/errors.js';
import { sendMail } from '../../data/notify/mail.js';
import type { Message } from '../../data/notify/message.js';
import { makeCertificates, type Certificates } from '../support/certificates.js';
import { openMailbox, type Mailbox, type MailboxOptions } from '../support/mailbox.js';

const message: Message = {
  id: 'kowhai.7.gate-opened.plan.1',
  subject: 'Kōwhai College: Rollover 2027 waits for you at gate plan',
  text: 'Kōwhai College waits.\n\n  rollover status --school kowhai\n',
  json: {},
};
const login = { user: 'rollover', password: 'correct-horse-battery' };

let certificates: Certificates;
const mailboxes: Mailbox[] = [];

async function open(options: MailboxOptions): Promise<Mailbox> {
  const mailbox = await openMailbox(options);
  mailboxes.push(mailbox);
  return mailbox;
}

async function failure(work: Promise<void>): Promise<RolloverError> {
  const error: unknown = await work.then(
    () => expect.fail('it was sent'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RolloverError);
  return error as RolloverError;
}

describe('mail', () => {
  beforeAll(async () => {
    certificates = await makeCertificates();
  });
  afterEach(async () => {
    for (const mailbox of mailboxes.splice(0)) await mailbox.close();
  });

  test('arrives with its subject, text, sender and receiver, macrons and all', async () => {
    const mailbox = await open({});
    await sendMail(mailbox.server(), 'deputy@school.example', message);
    const [mail] = mailbox.received;
    expect(mail).toMatchObject({ from: 'rollover@school.example', to: ['deputy@school.example'] });
    expect(mail?.headers.get('subject')).toBe(message.subject);
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail?.body.trim()).toBe(message.text.trim());
  });

  test('has the same Message-ID when it is sent again', async () => {
    const mailbox = await open({});
    await sendMail(mailbox.server(), 'deputy@school.example', message);
    await sendMail(mailbox.server(), 'deputy@school.example', message);
    const ids = mailbox.received.map(({ headers }) => headers.get('message-id'));
    expect(ids).toEqual(Array(2).fill('<kowhai.7.gate-opened.plan.1@moodle-rollover>'));
  });

  test.each(['starttls', 'tls'] as const)('%s with a private authority and a login', async (security) => {
    const mailbox = await open({ certificates, security, login });
    await sendMail(mailbox.server(), 'deputy@school.example', message);
    expect(mailbox.received).toMatchObject([{ secure: true, user: 'rollover' }]);
  });

  test('is not sent in the clear where STARTTLS is demanded and not offered', async () => {
    const mailbox = await open({});
    const error = await failure(
      sendMail(mailbox.server({ security: 'starttls' }), 'deputy@school.example', message),
    );
    expect(error.message).toContain('no protected connection');
    expect(mailbox.received).toEqual([]);
  });

  test('is not sent to a server whose certificate nobody vouches for', async () => {
    const mailbox = await open({ certificates });
    const { host, port, security, from } = mailbox.server();
    const server = { host, port, security, from };
    const error = await failure(sendMail(server, 'deputy@school.example', message));
    expect(error.code).toBe('NotificationFailed');
    expect(error.message).toMatch(/certificate/);
    expect(mailbox.received).toEqual([]);
  });

  test('a wrong password is named as a refused login, without login and password', async () => {
    const mailbox = await open({ certificates, login });
    const wrong = { user: 'rollover', password: 'not-the-password' };
    const error = await failure(sendMail(mailbox.server({ login: wrong }), 'deputy@school.example', message));
    expect(error.message).toBe('the mail server refused the login (535)');
    expect(error.cause).toBeUndefined();
    const everything = `${error.message} ${error.stack ?? ''} ${JSON.stringify(error.details)}`;
    expect(everything).not.toContain('not-the-password');
  });

  test('a refused receiver is named without the address', async () => {
    const mailbox = await open({ refuses: ['gone@school.example'] });
    const error = await failure(sendMail(mailbox.server(), 'gone@school.example', message));
    expect(error.message).toContain('refused the sender or the receiver');
    expect(`${error.message} ${error.stack ?? ''}`).not.toContain('gone@school.example');
  });

  test('a server that is down is named as such', async () => {
    const mailbox = await openMailbox();
    await mailbox.close();
    const error = await failure(sendMail(mailbox.server(), 'deputy@school.example', message));
    expect(error.message).toMatch(/cannot be reached|connection to the mail server failed/);
  });

  test('a server that says nothing is not waited for', async () => {
    const sockets: Socket[] = [];
    const silent: Server = createServer((socket) => void sockets.push(socket));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const server = { host: '127.0.0.1', port, security: 'none', from: 'a@school.example' } as const;
    const begun = Date.now();
    const patience = { connect: 300, silence: 300 };
    const error = await failure(sendMail(server, 'deputy@school.example', message, patience));
    expect(Date.now() - begun).toBeLessThan(5_000);
    expect(error.message).toBe('the mail server does not answer in time');
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});
