/** A rollover whose gates reach a mailbox: a real SMTP server, a real webhook, a worker, and the commands of the mails. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { createCliSchool, type CliSchool, type Ended } from '../cli/school.js';
import { makeCertificates } from '../support/certificates.js';
import { openMailbox, type Mailbox, type ReceivedMail } from '../support/mailbox.js';
import { startMoodleStandIn, type MoodleStandIn } from '../support/moodle-webservice.js';
import { findPrivate, privateTexts } from '../support/private-texts.js';
import { receiveWebhooks, verifySignature, type WebhookReceiver } from '../support/webhook-receiver.js';

const kn = sampleSchool({ seed: 'told', year: 2027, students: 30 });
const login = { user: 'rollover', password: 'correct-horse-battery' };

let mailbox: Mailbox;
let receiver: WebhookReceiver;
let moodle: MoodleStandIn;
let school: CliSchool;

beforeAll(async () => {
  const certificates = await makeCertificates();
  mailbox = await openMailbox({ certificates, login });
  receiver = await receiveWebhooks();
  moodle = await startMoodleStandIn();
  const { port } = mailbox;
  school = await createCliSchool({
    sections: {
      mail: {
        host: '127.0.0.1',
        port,
        security: 'starttls',
        user: login.user,
        passwordEnv: 'MAIL_PASSWORD',
        caFile: 'mail-ca.pem',
        from: 'Rollover <rollover@school.example>',
      },
    },
    school: {
      notify: {
        mail: ['deputy@school.example'],
        webhook: { url: receiver.url, secretEnv: 'WEBHOOK_SECRET' },
        link: 'https://temporal.example/workflows/{workflow}/{run}',
      },
    },
    moodle: { webService: { url: moodle.url, tokenEnv: 'MOODLE_TOKEN' } },
    files: { 'mail-ca.pem': certificates.ca },
    env: {
      MAIL_PASSWORD: login.password,
      WEBHOOK_SECRET: 'shared',
      MOODLE_TOKEN: moodle.service().token,
    },
  });
  await writeFile(join(school.folder, 'kn.xlsx'), toWorkbook(kn, 'xlsx'));
  for (const [path, value] of [
    // one course, so that the plan stays below the size that asks for a fresh dump
    ['groupTypes.default.provisioning', 'disabled'],
    [`classOverrides.${kn.groups[0]?.externalId ?? ''}`, 'enabled'],
    ['mode', 'snapshot-only'],
  ] as const)
    await school.run(['settings', 'set', path, value]);
  await school.startWorker();
});
afterAll(async () => {
  await school?.close();
  await moodle?.close();
  await receiver?.close();
  await mailbox?.close();
});

/** Types a command of a mail, with more behind it. */
function typeCommand(mail: ReceivedMail, begins: string, ...more: string[]): Promise<Ended> {
  const line = mail.body.split('\n').find((one) => one.trim().startsWith(`rollover ${begins}`));
  if (line === undefined) throw new Error(`The mail has no command "rollover ${begins}".`);
  return school.run([...line.trim().split(' ').slice(1), ...more]);
}

async function approveByMail(gate: string, ...more: string[]): Promise<void> {
  const mail = await mailbox.waitFor(`waits for you at gate ${gate}`);
  const ended = await typeCommand(mail, `approve ${gate}`, ...more);
  expect(ended.stderr).toBe('');
  expect(ended.code).toBe(0);
}

describe('rollover notify', () => {
  test('says who is told', async () => {
    const { stdout, code } = await school.run(['notify']);
    expect(code).toBe(0);
    expect(stdout).toContain('mail 1 of 1: deputy@school.example');
    expect(stdout).toContain('webhook: webhook at 127.0.0.1');
    expect(stdout).not.toContain('s3cret');
  });

  test('--test reaches everybody', async () => {
    const { stdout, code } = await school.run(['notify', '--test']);
    expect(code).toBe(0);
    expect(stdout.match(/^sent/gm)).toHaveLength(2);
    const mail = await mailbox.waitFor('this is a test');
    expect(mail).toMatchObject({ secure: true, user: 'rollover', to: ['deputy@school.example'] });
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ event: 'test' });
  });

  test('--test says which one fails, and why, without the password', async () => {
    const wrong = await school.run(['notify', '--test'], { env: { MAIL_PASSWORD: 'not-the-password' } });
    expect(wrong.code).toBe(5);
    expect(wrong.stdout).toMatch(
      /failed +mail 1 of 1: deputy@school.example: the mail server refused the login/,
    );
    expect(wrong.stdout).toMatch(/sent +webhook/);
    expect(wrong.stderr).toContain('NotificationFailed: 1 of 2 could not be told.');
    expect(wrong.stdout + wrong.stderr).not.toContain('not-the-password');
  });
});

describe('a rollover', () => {
  test('tells when it waits, and the command of the mail answers it', async () => {
    expect((await school.run(['start', '2027'])).code).toBe(0);
    await approveByMail('backups');
    const mail = await mailbox.waitFor('waits for you at gate knowledgenet');
    expect(mail.body).toContain('https://temporal.example/workflows/rollover%2Fkowhai%2F2027/');
    await approveByMail('knowledgenet', '--workbook', 'kn.xlsx');
    await approveByMail('data');
  });

  test('shows the numbers of the plan', async () => {
    const mail = await mailbox.waitFor('waits for you at gate plan');
    expect(mail.body).toMatch(/\d+ {2}users to create/);
    expect(mail.body).toMatch(/\d+ {2}courses to create/);
  });

  test('goes on when nobody can be told by mail', async () => {
    await mailbox.close();
    const { answers } = await school.ask<{ answers: { approve: string } }>('status');
    const approved = await school.run(answers.approve.split(' ').slice(1));
    expect(approved.code).toBe(0);
    await expect
      .poll(() => receiver.received.map(({ body }) => (JSON.parse(body) as { gate?: string }).gate), {
        timeout: 60_000,
      })
      .toContain('tidy');
  });

  test("ends with Moodle's lists renewed, and tells that it has ended", async () => {
    const tidied = await school.ask<{ answers: { approve: string } }>('status');
    await school.run(tidied.answers.approve.split(' ').slice(1));
    await expect
      .poll(async () => (await school.run(['status'])).stdout, { timeout: 60_000 })
      .toContain('gate removals');
    const { answers } = await school.ask<{ answers: { approve: string } }>('status');
    await school.run(answers.approve.split(' ').slice(1));
    const ended = (): unknown[] =>
      receiver.received
        .map(({ body }) => JSON.parse(body) as { event: string; code?: string })
        .filter(({ event }) => event === 'run-ended');
    await expect.poll(ended, { timeout: 60_000 }).toMatchObject([{ code: 'completed' }]);
    expect(moodle.dropped).toBeGreaterThan(0);
    const { stdout } = await school.run(['report']);
    expect(stdout).not.toMatch(/not yet visible/);
  });

  test('told everything once, signed, and nothing personal', () => {
    const ids = receiver.received
      .map(({ body }) => JSON.parse(body) as { id: string; event: string })
      .filter(({ event }) => event !== 'test')
      .map(({ id }) => id);
    expect(ids).toHaveLength(7);
    expect(new Set(ids).size).toBe(7);
    for (const { headers, body } of receiver.received)
      expect(verifySignature('shared', String(headers['rollover-signature']), body, Date.now() / 1000)).toBe(
        true,
      );
    const told = [
      ...mailbox.received.flatMap(({ body, headers }) => [body, ...headers.values()]),
      ...receiver.received.map(({ body }) => body),
    ];
    expect(findPrivate(privateTexts([kn]), told)).toEqual([]);
  });

  test('tells that the next one failed', async () => {
    await school.db.raw("UPDATE ??.mdl_config SET value = '1' WHERE name = 'maintenance_enabled'", [
      school.moodle,
    ]);
    await school.run(['start', '2028']);
    const failed = (): object[] =>
      receiver.received
        .map(({ body }) => JSON.parse(body) as { event: string })
        .filter(({ event }) => event === 'run-failed');
    await expect
      .poll(failed, { timeout: 60_000 })
      .toMatchObject([{ run: { workflow: 'rollover/kowhai/2028' } }]);
  });
});
