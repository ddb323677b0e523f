/** Findings that stop the run: what is refused, and how they are settled without a new upload. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { createCliSchool, type CliSchool } from './school.js';

let school: CliSchool;

beforeAll(async () => {
  school = await createCliSchool();
  await school.startWorker();
  const people = sampleSchool({ year: 2027, students: 24 });
  // nobody says whether the SMS made these classes, and the option depends on it
  const groups = people.groups.map((group) => ({ ...group, smsControlled: '' }));
  await writeFile(join(school.folder, 'kn.xlsx'), toWorkbook({ ...people, groups }, 'xlsx'));
  for (const [path, value] of [
    ['groupTypes.default.provisioning', 'enabled-sms'],
    ['mode', 'snapshot-only'],
    ['year', '2027'],
  ] as const)
    await school.run(['settings', 'set', path, value]);
});
afterAll(async () => school?.close());

async function openGate(): Promise<{ gate: string; hash: string }> {
  await school.run(['status', '--watch']);
  const { status } = await school.ask<{ status: { open: { gate: string; hash: string } } }>('status');
  return status.open;
}

test('a sync that findings stop ends with their exit code', async () => {
  const { code, stderr } = await school.run(['sync', 'kn.xlsx']);
  expect(code).toBe(7);
  expect(stderr).toMatch(
    /^BlockingFindings: Findings stop the sync; `rollover findings --severity stops-run`/,
  );
  expect((await school.run(['findings', '--severity', 'stops-run'])).stdout).toMatch(
    /× OriginUnknown {2}stops the run/,
  );
});

test('gate data cannot be approved; settings settle it without a new upload [T42]', async () => {
  await school.run(['start', '2027', '--workbook', 'kn.xlsx']);
  for (const gate of ['backups', 'knowledgenet']) {
    const { hash } = await openGate();
    expect((await school.run(['approve', gate, '--hash', hash])).code).toBe(0);
  }
  const blocked = await openGate();
  expect((await school.run(['status'])).stdout).toMatch(/approving is refused/);
  const refused = await school.run(['approve', 'data', '--hash', blocked.hash]);
  expect(refused.code).toBe(7);
  expect(refused.stderr).toMatch(/^BlockingFindings: /);

  await school.run(['settings', 'set', 'smsControlledPattern', '^[0-9]']);
  const again = await school.ask<{ findings: { severity: string }[] }>('snapshot', '--again');
  expect(again.findings.map((one) => one.severity)).not.toContain('stops-run');

  expect((await school.run(['reject', 'data', '--hash', blocked.hash])).code).toBe(0);
  const back = await openGate();
  expect(back.gate).toBe('knowledgenet');
  await school.run(['approve', 'knowledgenet', '--hash', back.hash]);
  const settled = await openGate();
  expect(settled.gate).toBe('data');
  expect((await school.run(['approve', 'data', '--hash', settled.hash])).code).toBe(0);
  expect((await openGate()).gate).toBe('plan');
});
