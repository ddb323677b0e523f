/** Everybody is told once, and one who cannot be told does not silence the others. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import { MockActivityEnvironment } from '@temporalio/testing';
import { notifyActivities } from '../../activities/notify.js';
import type { MailServer, Notify } from '../../data/configuration/notifications.js';
import { beginRun, insertOpening } from '../../data/journal/runs.js';
import { RolloverError } from '../../data/model/errors.js';
import type { Notice, Told } from '../../data/model/notice.js';
import type { School } from '../../data/schools.js';
import { openMailbox, type Mailbox } from '../support/mailbox.js';
import { testServer } from '../support/database.js';
import { createJournal, type TestJournal } from '../support/journal.js';
import { receiveWebhooks, type WebhookReceiver } from '../support/webhook-receiver.js';

const deputy = 'deputy@school.example';
const technician = 'technician@school.example';
const hash = 'ab'.repeat(32);

let own: TestJournal;
let mailbox: Mailbox;
let receiver: WebhookReceiver;
let run = 0;

async function beginAnother(): Promise<number> {
  run++;
  const runId = await beginRun(own.journal, {
    kind: 'rollover',
    year: 2027,
    workflowId: 'rollover/test/2027',
    workflowRunId: `execution-${run}`,
    startedBy: 'test',
  });
  await insertOpening(own.journal, runId, {
    gate: 'plan',
    opening: 1,
    subject: { kind: 'plan', id: 3 },
    hash,
    counts: { 'user.create': 12 },
  });
  return runId;
}

const opened = (runId: number): Notice => ({
  school: 'test',
  runId,
  workflowId: 'rollover/test/2027',
  event: 'gate-opened',
  gate: 'plan',
  opening: 1,
});

function tell(notice: Notice, notify: Notify, mail?: MailServer): Promise<Told> {
  const school: School = {
    code: 'test',
    name: 'Test',
    database: testServer(),
    moodle: { database: 'none' },
    knowledgenet: {},
    journalSchema: own.schema,
    db: own.db,
    journal: own.journal,
    notify,
  };
  const activities = notifyActivities({
    open: async () => school,
    passwordKey: null,
    limits: {},
    onApplyPoint: () => undefined,
    ...(mail === undefined ? {} : { mail }),
  });
  const environment = new MockActivityEnvironment();
  return environment.run<[Notice], Told, (input: Notice) => Promise<Told>>(
    (input) => activities.tell(input),
    notice,
  );
}

describe('telling', () => {
  beforeAll(async () => {
    own = await createJournal();
  });
  afterAll(() => own?.close());
  beforeEach(async () => {
    mailbox = await openMailbox({ refuses: ['gone@school.example'] });
    receiver = await receiveWebhooks();
  });
  afterEach(async () => {
    await mailbox.close();
    await receiver.close();
  });

  test('reaches every mailbox and the webhook, with what the journal knows', async () => {
    const notify = {
      mail: [deputy, technician],
      webhook: { url: receiver.url },
      link: 'https://t.example/{run}',
    };
    const told = await tell(opened(await beginAnother()), notify, mailbox.server());
    expect(told).toEqual({ sent: ['mail 1 of 2', 'mail 2 of 2', 'webhook'], failed: [] });
    expect(mailbox.received.map(({ to }) => to)).toEqual([[deputy], [technician]]);
    const [mail] = mailbox.received;
    expect(mail?.headers.get('subject')).toBe('Test: Rollover 2027 waits for you at gate plan');
    expect(mail?.body).toContain(`rollover approve plan --hash ${hash.slice(0, 12)} --school test`);
    expect(mail?.body).toContain('12  users to create');
    expect(mail?.body).toContain(`https://t.example/execution-${run}`);
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ counts: { 'user.create': 12 } });
  });

  test('twice is once', async () => {
    const notice = opened(await beginAnother());
    const notify = { mail: [deputy], webhook: { url: receiver.url } };
    await tell(notice, notify, mailbox.server());
    const again = await tell(notice, notify, mailbox.server());
    expect(again.sent).toEqual(['mail 1 of 1', 'webhook']);
    expect(mailbox.received).toHaveLength(1);
    expect(receiver.received).toHaveLength(1);
    await tell({ ...notice, event: 'gate-waiting', reminder: 1 }, notify, mailbox.server());
    await tell(opened(await beginAnother()), notify, mailbox.server());
    expect(mailbox.received).toHaveLength(3);
  });

  test('a receiver that is refused does not silence the others, and only that one is tried again', async () => {
    const notice = opened(await beginAnother());
    const notify = { mail: ['gone@school.example', deputy] };
    const told = await tell(notice, notify, mailbox.server());
    expect(told.sent).toEqual(['mail 2 of 2']);
    expect(told.failed).toEqual([expect.stringMatching(/^mail 1 of 2: .*refused/)]);
    // the order in the configuration is not what is remembered
    const later = await tell(notice, { mail: [deputy, 'gone@school.example'] }, mailbox.server());
    expect(later.sent).toEqual(['mail 1 of 2']);
    expect(mailbox.received).toHaveLength(1);
  });

  test('a webhook that is down leaves the mail alone', async () => {
    await receiver.close();
    const { url } = receiver;
    receiver = await receiveWebhooks();
    const told = await tell(
      opened(await beginAnother()),
      { mail: [deputy], webhook: { url } },
      mailbox.server(),
    );
    expect(told).toEqual({
      sent: ['mail 1 of 1'],
      failed: ['webhook: the receiver cannot be reached (ECONNREFUSED)'],
    });
  });

  test('a mail server that is in trouble is tried once for all its receivers', async () => {
    let connections = 0;
    const hangingUp = createServer((socket) => {
      connections++;
      socket.end();
    });
    hangingUp.listen(0, '127.0.0.1');
    await once(hangingUp, 'listening');
    const { port } = hangingUp.address() as AddressInfo;
    const notify = { mail: [deputy, technician], webhook: { url: receiver.url } };
    const told = await tell(opened(await beginAnother()), notify, mailbox.server({ port }));
    hangingUp.close();
    expect(told.sent).toEqual(['webhook']);
    expect(told.failed).toHaveLength(2);
    expect(connections).toBe(1);
  });

  test('fails when nobody could be told, naming no address', async () => {
    const error: unknown = await tell(opened(await beginAnother()), { mail: [deputy] }).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(RolloverError);
    expect(error).toMatchObject({ code: 'NotificationFailed', retryable: true });
    expect((error as Error).message).toContain('mail 1 of 1: the configuration names no mail server');
    expect((error as Error).message).not.toContain(deputy);
  });

  test('a school that names nobody is no failure', async () => {
    const nobody = await tell(opened(await beginAnother()), { mail: [] }, mailbox.server());
    expect(nobody).toEqual({ sent: [], failed: [] });
  });

  test('the journal keeps no address of who was told', async () => {
    const runId = await beginAnother();
    await tell(opened(runId), { mail: [deputy] }, mailbox.server());
    const [rows] = (await own.db.raw('SELECT * FROM notice_sent WHERE run_id = ?', [runId])) as [object[]];
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('school.example');
  });
});
