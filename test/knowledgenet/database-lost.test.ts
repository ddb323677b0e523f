import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lookAtViews } from '../../data/knowledgenet/database/preflight.js';
import { readDatabase } from '../../data/knowledgenet/database/read.js';
import { fillDatabase } from '../../embedded/sample-school/database.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { takeSnapshot } from '../../data/stages/take-snapshot.js';
import { selectLatestSnapshotId } from '../../data/journal/snapshots.js';
import { describeWithMoodle, testServer } from '../support/database.js';
import { createViews, type TestViews } from '../support/kn-database.js';
import { createSchool, type TestSchool } from '../support/school.js';

const clean = sampleSchool({ seed: 'lost', year: 2027, students: 60 });

/** What a promise was refused with. */
async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await work;
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('It was not refused.');
}

let views: TestViews;
beforeAll(async () => {
  views = await createViews(clean);
});
afterAll(async () => views.close());

/** A way to the server that can be cut. */
async function breakableWay(): Promise<{ port: number; cut(): void; close(): void }> {
  const { host, port } = testServer();
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(port, host);
    for (const socket of [from, to]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    from.pipe(to).pipe(from);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => sockets.forEach((socket) => socket.resetAndDestroy());
  return { port: (server.address() as AddressInfo).port, cut, close: () => (cut(), server.close()) };
}

describeWithMoodle('a connection that is lost half-way', () => {
  let own: TestSchool;
  beforeAll(async () => {
    own = await createSchool();
  });
  afterAll(async () => own.close());

  test('leaves no snapshot, can be tried again, and the retry reads everything [T01] [T04]', async () => {
    const way = await breakableWay();
    const { address, schema } = views.source;
    const source = { schema, address: { ...address, host: '127.0.0.1', port: way.port } };
    const school = { ...own.school, knowledgenet: { database: source } };
    const options = { limits: {}, passwordKeyConfigured: false };
    let reports = 0;
    const cutOnce = (): void => {
      if (++reports === 1) way.cut();
    };
    const broken = await refusal(takeSnapshot(school, null, { ...options, onProgress: cutOnce }));
    expect(broken).toMatchObject({ code: 'SourceUnavailable', retryable: true });
    expect(await selectLatestSnapshotId(school.journal)).toBeNull();
    const [rows] = await own.school.db.raw<[{ count: number }[]]>('SELECT COUNT(*) AS count FROM snapshot');
    expect(rows?.[0]?.count).toBe(0);
    const taken = await takeSnapshot(school, null, options);
    expect(taken.counts['person']).toBe(clean.students.length + clean.teachers.length);
    way.close();
  });

  test('is not a source that was never named', async () => {
    const options = { limits: {}, passwordKeyConfigured: false };
    expect(await refusal(takeSnapshot(own.school, null, options))).toMatchObject({
      code: 'SourceNotConfigured',
    });
  });
});

describe('a reading of the views', () => {
  beforeEach(async () => fillDatabase(views.admin, clean));

  test('fails when the connection is killed on the server at any page [T01]', async () => {
    const [[status]] = (await views.admin.query(
      `SELECT COUNT(*) AS connections FROM information_schema.processlist WHERE user = ?`,
      [views.source.address.user],
    )) as unknown as [[{ connections: number }]];
    expect(status.connections).toBe(0);
    let killed = 0;
    const kill = async (): Promise<void> => {
      const statement = 'SELECT id FROM information_schema.processlist WHERE user = ?';
      const [rows] = await views.admin.query(statement, [views.source.address.user]);
      for (const { id } of rows as { id: number }[]) {
        await views.admin.query(`KILL CONNECTION ${id}`);
        killed++;
      }
    };
    const killing: Promise<void>[] = [];
    const reading = readDatabase(views.source, {
      rowsPerPage: 1,
      onProgress: () => {
        if (killing.length === 0) killing.push(kill());
      },
    });
    expect(await refusal(reading)).toMatchObject({ code: 'SourceUnavailable' });
    await Promise.all(killing);
    expect(killed).toBe(1);
  });

  test('is of one moment, whatever others write meanwhile', async () => {
    const written: Promise<unknown>[] = [];
    const late = "INSERT INTO account (kind, external_id) VALUES ('student', 'late')";
    const { read } = await readDatabase(views.source, {
      rowsPerPage: 7,
      onProgress: () => {
        if (written.length === 0) written.push(views.admin.query(late));
      },
    });
    await Promise.all(written);
    expect(read.rows.persons).toHaveLength(clean.students.length + clean.teachers.length);
    const { read: next } = await readDatabase(views.source);
    expect(next.rows.persons).toHaveLength(clean.students.length + clean.teachers.length + 1);
  });

  test('gives the same rows whatever the size of its pages', async () => {
    const { read } = await readDatabase(views.source);
    for (const rowsPerPage of [1, clean.students.length, clean.students.length * 2 + clean.teachers.length])
      expect((await readDatabase(views.source, { rowsPerPage })).read.rows).toEqual(read.rows);
  });

  test('fails when keys repeat, because rows between two pages would be missing [T04]', async () => {
    await views.admin.query(`CREATE OR REPLACE VIEW kn_group_types AS SELECT 1 AS id, name FROM class_type`);
    try {
      const refused = await refusal(readDatabase(views.source, { rowsPerPage: 2 }));
      expect(refused).toMatchObject({ code: 'SourceViews' });
      expect(refused.message).toMatch(/kn_group_types has 6 rows, but 2 were read/);
    } finally {
      await views.admin.query('CREATE OR REPLACE VIEW kn_group_types AS SELECT id, name FROM class_type');
    }
  });

  test('holds to the limit of rows, and ends when it is told to', async () => {
    const limits = { rows: clean.students.length - 1 };
    expect(await refusal(readDatabase(views.source, { limits }))).toMatchObject({ code: 'SourceTooLarge' });
    expect(await refusal(readDatabase(views.source, { limits: { cells: 10 } }))).toMatchObject({
      code: 'SourceTooLarge',
    });
    const signal = AbortSignal.abort();
    expect(await refusal(readDatabase(views.source, { signal }))).toMatchObject({ code: 'Interrupted' });
  });

  test('refuses a user type that it does not know, instead of leaving people out', async () => {
    await views.admin.query("UPDATE account SET kind = 'studnet' WHERE external_id = ?", [
      clean.students[3]!.externalId,
    ]);
    const refused = await refusal(readDatabase(views.source));
    expect(refused).toMatchObject({ code: 'SourceViews' });
    expect(refused.message).toContain('user_type');
    expect(refused.message).not.toContain('studnet');
  });

  test('refuses a rule without target', async () => {
    await views.admin.query("INSERT INTO class_rule (user_type, existing) VALUES ('all', 1)");
    const refused = await refusal(readDatabase(views.source));
    expect(refused).toMatchObject({ code: 'SourceViews' });
    expect(refused.message).toContain('target_group');
  });
});

describe('views that are not as documented', () => {
  const schema = (): string => `\`${views.source.schema}\``;

  test('a missing view is named, and pre-flight says the same', async () => {
    await views.admin.query('RENAME TABLE kn_memberships TO elsewhere');
    try {
      const refused = await refusal(readDatabase(views.source));
      expect(refused).toMatchObject({ code: 'SourceViews' });
      expect(refused.message).toMatch(/kn_memberships is missing/);
      const found = await lookAtViews(views.source);
      expect(found).toMatchObject({ failure: 'SourceViews', counts: null });
      expect(found.problems).toHaveLength(1);
    } finally {
      await views.admin.query('RENAME TABLE elsewhere TO kn_memberships');
    }
  });

  test('missing columns are named', async () => {
    await views.admin.query('CREATE OR REPLACE VIEW kn_groups AS SELECT id, external_id, name FROM class');
    try {
      const refused = await refusal(readDatabase(views.source));
      expect(refused).toMatchObject({ code: 'SourceViews' });
      expect(refused.message).toMatch(
        /kn_groups has no column group_type, sms_controlled, moodle_provisioning/,
      );
    } finally {
      await views.admin.query(
        `CREATE OR REPLACE VIEW kn_groups AS SELECT id, external_id, name, type_name AS group_type,
         sms AS sms_controlled, provisioning AS moodle_provisioning FROM class`,
      );
    }
  });

  test('a missing right is named, and so is a view whose table is gone', async () => {
    await views.admin.query(`REVOKE SELECT ON ${schema()}.kn_users FROM ${views.account}`);
    await views.admin.query('RENAME TABLE class_type TO gone');
    try {
      const refused = await refusal(readDatabase(views.source));
      expect(refused).toMatchObject({ code: 'SourceViews' });
      expect(refused.message).toMatch(/kn_users may not be read by this account/);
      expect(refused.message).toMatch(/kn_group_types is broken/);
    } finally {
      await views.admin.query('RENAME TABLE gone TO class_type');
      await views.admin.query(`GRANT SELECT ON ${schema()}.kn_users TO ${views.account}`);
    }
  });

  test('a wrong password needs a person, a server that is away does not', async () => {
    const { address, schema: name } = views.source;
    const wrong = { schema: name, address: { ...address, password: 'wrong' } };
    expect(await refusal(readDatabase(wrong))).toMatchObject({ code: 'SourceViews' });
    const away = { schema: name, address: { ...address, port: 1 } };
    expect(await refusal(readDatabase(away))).toMatchObject({ code: 'SourceUnavailable' });
    expect(await lookAtViews(away)).toMatchObject({ failure: 'SourceUnavailable', counts: null });
  });
});
