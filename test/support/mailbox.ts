/** A real SMTP server on this machine that keeps what it receives. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { MailServer } from '../../data/configuration/notifications.js';
import type { Certificates } from './certificates.js';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly secure: boolean;
  readonly user: string | null;
  readonly headers: ReadonlyMap<string, string>;
  /** Decoded. */
  readonly body: string;
}

export interface Mailbox {
  readonly received: ReceivedMail[];
  readonly port: number;
  /** Configuration that reaches it. */
  readonly server: (more?: Partial<MailServer>) => MailServer;
  /** Waits for a mail whose subject holds this. */
  waitFor(subject: string): Promise<ReceivedMail>;
  close(): Promise<void>;
}

export interface MailboxOptions {
  /** Absent: no STARTTLS is offered. */
  readonly certificates?: Certificates;
  readonly security?: MailServer['security'];
  readonly login?: { readonly user: string; readonly password: string };
  /** Receivers that the server does not take. */
  readonly refuses?: readonly string[];
}

function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_all, kind: string, word: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64').toString('utf8')
        : decodeQuoted(word.replaceAll('_', ' ')),
    );
}

function decodeQuoted(text: string): string {
  const bytes = text
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function parse(raw: string): Pick<ReceivedMail, 'headers' | 'body'> {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const headers = new Map(
    head
      .replace(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((line) => {
        const [name = '', ...value] = line.split(': ');
        return [name.toLowerCase(), decodeWords(value.join(': '))] as const;
      }),
  );
  const text = rest.join('\r\n\r\n');
  const encoding = headers.get('content-transfer-encoding');
  const body =
    encoding === 'base64'
      ? Buffer.from(text, 'base64').toString('utf8')
      : encoding === 'quoted-printable'
        ? decodeQuoted(text)
        : text;
  return { headers, body: body.replaceAll('\r\n', '\n') };
}

export async function openMailbox(options: MailboxOptions = {}): Promise<Mailbox> {
  const { certificates, security = certificates === undefined ? 'none' : 'starttls', login } = options;
  const received: ReceivedMail[] = [];
  const settings: SMTPServerOptions = {
    secure: security === 'tls',
    ...(certificates === undefined ? {} : { key: certificates.key, cert: certificates.cert }),
    disabledCommands: [
      ...(certificates === undefined ? ['STARTTLS'] : []),
      ...(login === undefined ? ['AUTH'] : []),
    ],
    authOptional: login === undefined,
    disableReverseLookup: true,
    onAuth({ username, password }, _session, done) {
      // as servers do: the answer quotes what was said
      if (username !== login?.user || password !== login?.password)
        return done(new Error(`535 No such login: ${username ?? ''} / ${password ?? ''}`));
      done(null, { user: username });
    },
    onRcptTo({ address }, _session, done) {
      if (options.refuses?.includes(address) === true) return done(new Error(`Unknown mailbox ${address}`));
      done();
    },
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: typeof session.user === 'string' ? session.user : null,
          ...parse(Buffer.concat(parts).toString('utf8')),
        });
        done();
      });
    },
  };
  const smtp = new SMTPServer(settings);
  smtp.on('error', () => undefined); // broken-off connections are what some tests are about
  const listening = smtp.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  return {
    received,
    port,
    server: (more = {}) => ({
      host: '127.0.0.1',
      port,
      security,
      from: 'Rollover <rollover@school.example>',
      ...(certificates === undefined ? {} : { ca: certificates.ca }),
      ...(login === undefined ? {} : { login }),
      ...more,
    }),
    async waitFor(subject) {
      const until = Date.now() + 60_000;
      for (;;) {
        const found = received.find(({ headers }) => headers.get('subject')?.includes(subject));
        if (found !== undefined) return found;
        if (Date.now() > until) throw new Error(`No mail came about "${subject}".`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    close: () => new Promise((resolve) => void smtp.close(() => resolve())),
  };
}
