/** Nothing personal is written to logs, whatever an error carries. */
import { ApplicationFailure } from '@temporalio/common';
import { createConnection } from 'mysql2/promise';
import { expect, test } from 'vitest';
import { castFailure } from '../../activities/failures.js';
import { formatEntry } from '../../workers/logging.js';
import { redactFields, redactText } from '../../workers/redact.js';
import { testServer } from '../support/database.js';

const secrets = ['Tūmanako', 'Zwaluwfeather', 'tzwaluw', 'planted.test', 'ZQ77123', '991234567'];

function line(message: string, meta: Record<string, unknown>): string {
  return formatEntry({ level: 'WARN', timestampNanos: 1_700_000_000_000_000_000n, message, meta });
}

function expectNothing(text: string): void {
  for (const secret of secrets) expect(text).not.toContain(secret);
}

/** What the driver itself throws when a key refuses a row. */
async function refusedRow(): Promise<Error> {
  const { host, port, user, password } = testServer();
  const connection = await createConnection({ host, port, user, password });
  try {
    await connection.query('CREATE TEMPORARY TABLE mysql.planted (email VARCHAR(100) PRIMARY KEY)');
    const insert = `INSERT INTO mysql.planted VALUES ('tzwaluw@planted.test')`;
    await connection.query(insert);
    return await connection.query(insert).then(
      () => new Error('no refusal'),
      (error: unknown) => error as Error,
    );
  } finally {
    await connection.end();
  }
}

test("a driver's error is its code", async () => {
  const error = await refusedRow();
  // it does carry the row: this test can fail
  expect(JSON.stringify({ ...error, message: error.message })).toContain('tzwaluw@planted.test');
  const written = line('Activity failed', { error, durationMs: 12, activityType: 'applyChanges' });
  expectNothing(written);
  expect(JSON.parse(written)).toMatchObject({
    error: 'ER_DUP_ENTRY',
    durationMs: 12,
    activityType: 'applyChanges',
  });
});

test("the SDK's line about a failed activity names our code", async () => {
  const failure = castFailure(await refusedRow());
  expect(failure).toBeInstanceOf(ApplicationFailure);
  const written = line('Activity failed', { error: failure });
  expectNothing(written);
  expectNothing(JSON.stringify({ message: failure.message, stack: failure.stack, failure }));
});

test.each([
  ['an error in an error', { error: new Error('outer', { cause: new Error('Zwaluwfeather') }) }],
  ['a plain object in place of an error', { error: { message: 'Zwaluwfeather', sql: 'ZQ77123' } }],
  [
    'a name as the code of an error',
    { error: Object.assign(new Error('x'), { code: 'Tūmanako Zwaluwfeather' }) },
  ],
  ['keys that are not for logs', { username: 'tzwaluw', row: { email: 'tzwaluw@planted.test' } }],
  ['a key for logs that holds an address', { code: 'refused tzwaluw@planted.test' }],
  ['counts that hold persons', { counts: { person: 'ZQ77123', deep: [{ firstName: 'Tūmanako' }] } }],
])('%s is not written', (_name, meta) => {
  expectNothing(line('Activity failed', meta));
});

test('a message loses addresses and what drivers quote', () => {
  const written = line(
    `Duplicate entry 'Zwaluwfeather-ZQ77123' for key "tzwaluw" of tzwaluw@planted.test`,
    {},
  );
  expectNothing(written);
  expect(written).toMatch(/Duplicate entry \[redacted\] for key \[redacted\] of \[redacted\]/);
  expect(redactText('Worker state changed')).toBe('Worker state changed');
});

test.each([
  'username',
  'userName',
  'user_name',
  'email',
  'firstname',
  'LASTNAME',
  'externalId',
  'sqlMessage',
  'sql',
  'parameters',
  'idnumber',
])('whatever stands under %s goes', (key) => {
  expect(redactFields({ [key]: 'Tūmanako', attempt: 3 })).toEqual({ [key]: '[redacted]', attempt: 3 });
});

test('counts, ids of ours and codes stay', () => {
  const meta = {
    workflowId: 'rollover/kowhai/2027',
    attempt: 2,
    code: 'LockContention',
    counts: { user: 12 },
  };
  expect(JSON.parse(line('Told', meta))).toMatchObject(meta);
});
