/** Dumps of a real Moodle database on a real server. */
import { chmodSync, existsSync, readdirSync, statSync, writeFileSync, appendFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { selectCourseBackups } from '../../data/backup/course-backups.js';
import { castDumpError, dumpArguments, firstLine, makeDump } from '../../data/backup/dump.js';
import { nameElsewhere, nameFile } from '../../data/backup/named.js';
import { deleteBackup } from '../../data/backup/delete.js';
import { renderOptions } from '../../data/backup/option-file.js';
import { countRows } from '../../data/backup/row-counts.js';
import { requireSpace } from '../../data/backup/space.js';
import { verifyBackup } from '../../data/backup/verify.js';
import { scratchSchema } from '../../data/backup/restore.js';
import { openPool } from '../../data/database/connect.js';
import { insertBackup, selectBackup, selectNewestBackup } from '../../data/journal/backups.js';
import { write } from '../../data/journal/journal.js';
import { beginRun } from '../../data/journal/runs.js';
import { describeWithMoodle, testServer } from '../support/database.js';
import { createSchool, type TestSchool } from '../support/school.js';

describeWithMoodle("dumps of Moodle's database", () => {
  let own: TestSchool;
  let folder: string;
  const accounts: string[] = [];

  beforeAll(async () => {
    own = await createSchool('4.5');
    const texts = [
      "O'Brien (Year 9), (x);",
      'a\\',
      '),(',
      'line\n-- Dump completed\nINSERT INTO `mdl_user` VALUES (1),(2);',
    ];
    for (const [index, text] of texts.entries())
      await own.school.db.raw('INSERT INTO ??.mdl_config (name, value) VALUES (?, ?)', [
        own.school.moodle.database,
        `rollover_test_${index}`,
        text,
      ]);
  });
  afterAll(async () => {
    for (const account of accounts) await own.school.db.raw(`DROP USER IF EXISTS ${account}`);
    await own?.close();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollover-backup-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function kept(dump: Awaited<ReturnType<typeof makeDump>>): Promise<number> {
    const { database: moodleDatabase } = own.school.moodle;
    return insertBackup(own.school.journal, {
      ...dump,
      kind: 'made',
      statement: null,
      moodleDatabase,
      by: 'kiri',
    });
  }

  /** An account with these rights on Moodle's schema. */
  async function account(rights: string): Promise<TestSchool['school']> {
    const name = `dump${accounts.length}_${process.pid}`;
    accounts.push(`'${name}'@'%'`);
    const { db, moodle, journalSchema } = own.school;
    await db.raw(`CREATE USER '${name}'@'%' IDENTIFIED BY 'p"a\\\\\\\\ss#''w'`);
    for (const statement of rights.split(';'))
      await db.raw(`${statement.trim().replace('MOODLE', `\`${moodle.database}\``)} TO '${name}'@'%'`);
    await db.raw(`GRANT ALL ON \`${journalSchema}\`.* TO '${name}'@'%'`);
    const database = { ...testServer(), user: name, password: `p"a\\\\ss#'w` };
    return { ...own.school, database, db: openPool(database, { database: journalSchema, max: 2 }) };
  }

  /** A program in place of the dump program. */
  function program(script: string): { folder: string; program: string } {
    const path = join(folder, 'program.sh');
    writeFileSync(path, `#!/bin/sh\n[ "$2" = --version ] && { echo MariaDB; exit 0; }\n${script}\n`);
    chmodSync(path, 0o700);
    return { folder, program: path };
  }

  test('a dump is whole, restores with the rows of every table, and leaves no scratch schema', async () => {
    const progress: number[] = [];
    const dump = await makeDump(own.school, { folder }, { onProgress: ({ rows }) => progress.push(rows) });
    expect(dump.rowCounts).toEqual(await countRows(own.school.db, own.school.moodle.database));
    expect(Object.keys(dump.rowCounts).length).toBeGreaterThan(400);
    expect(progress.at(-1)).toBe(Object.values(dump.rowCounts).reduce((sum, rows) => sum + rows, 0));
    expect(statSync(dump.file).mode & 0o777).toBe(0o600);
    expect(statSync(dump.file).size).toBe(dump.bytes);
    expect(readdirSync(folder)).toHaveLength(1);
    const id = await kept(dump);
    const verified = await verifyBackup(own.school, id);
    expect(verified).toMatchObject({ how: 'restored', onlyHashed: null });
    const scratch = scratchSchema(own.school.journalSchema, id);
    const [rows] = (await own.school.db.raw('SHOW DATABASES LIKE ?', [scratch])) as unknown as [unknown[]];
    expect(rows).toEqual([]);
    expect(await selectBackup(own.school.journal, id)).toMatchObject({
      verifiedHow: 'restored',
      damagedAt: null,
    });
  }, 120_000);

  test('a table that restores with other rows, and a file that was altered, are found and no longer count', async () => {
    const dump = await makeDump(own.school, { folder });
    const lacking = await kept({ ...dump, rowCounts: { ...dump.rowCounts, mdl_user: 99 } });
    await expect(verifyBackup(own.school, lacking)).rejects.toMatchObject({
      code: 'BackupFailed',
      details: { tables: 'mdl_user' },
    });
    const id = await kept(dump);
    expect((await selectNewestBackup(own.school.journal))?.id).toBe(id);
    appendFileSync(dump.file, 'x');
    await expect(verifyBackup(own.school, id)).rejects.toMatchObject({ code: 'BackupFailed' });
    expect((await selectBackup(own.school.journal, id)).damagedAt).not.toBeNull();
    expect((await selectNewestBackup(own.school.journal))?.id).not.toBe(id);
  }, 120_000);

  test('a truncated dump is refused, by us and when a person names it', async () => {
    const { file } = await makeDump(own.school, { folder });
    const text = gunzipSync(await readFile(file));
    const [zip, cut, plain] = ['zip', 'cut', 'plain'].map((name) => join(folder, `${name}.sql`));
    writeFileSync(zip ?? '', (await readFile(file)).subarray(0, -40));
    writeFileSync(cut ?? '', gzipSync(text.subarray(0, -60)));
    writeFileSync(plain ?? '', text);
    const name = (path = ''): Promise<unknown> =>
      nameFile(own.school.journal, { file: path, takenAt: null, by: 'kiri' });
    await expect(name(zip)).rejects.toMatchObject({ code: 'BackupFailed' });
    await expect(name(cut)).rejects.toMatchObject({ code: 'BackupFailed' });
    await expect(name(plain)).resolves.toMatchObject({ bytes: text.length });
    await expect(name(join(folder, 'none.sql'))).rejects.toMatchObject({ code: 'BackupNotFound' });
    const short = program(`echo 'CREATE TABLE \`mdl_user\` ('; exit 0`);
    await expect(makeDump(own.school, short)).rejects.toMatchObject({
      code: 'BackupFailed',
      message: expect.stringContaining('no end mark') as string,
    });
    const empty = program(`printf 'x\\n-- Dump completed\\n'`);
    await expect(makeDump(own.school, empty)).rejects.toMatchObject({
      message: expect.stringContaining("Moodle's tables are not in the dump") as string,
    });
  }, 120_000);

  test("a named dump is never read into the server, because it may name Moodle's own schema", async () => {
    const path = join(folder, 'evil.sql');
    const { database } = own.school.moodle;
    writeFileSync(
      path,
      `USE \`${database}\`;\nDROP TABLE mdl_config;\n-- Dump completed on 2027-01-05 10:00:00\n`,
    );
    const { backupId } = await nameFile(own.school.journal, { file: path, takenAt: null, by: 'kiri' });
    expect(await verifyBackup(own.school, backupId)).toMatchObject({ how: 'hash', onlyHashed: 'NotOurs' });
    await own.school.db.raw('SELECT 1 FROM ??.mdl_config LIMIT 1', [database]);
  });

  test('a dump that fails or is killed leaves no file and says why without values', async () => {
    const failing = program(
      `echo "mariadb-dump: Got error: 1045: Access denied for user 'mere'@'host'" >&2; exit 2`,
    );
    await expect(makeDump(own.school, failing)).rejects.toMatchObject({
      code: 'BackupFailed',
      message: 'The dump ended with 2: Got error: 1045: Access denied for user ….',
    });
    const killed = program('echo "-- begins"; kill -9 $$');
    await expect(makeDump(own.school, killed)).rejects.toMatchObject({
      message: expect.stringContaining('SIGKILL') as string,
    });
    expect(readdirSync(folder)).toEqual(['program.sh']);
  });

  test('while a plan is half applied no dump is made, also when it was begun beside the first rows', async () => {
    const { journal, db } = own.school;
    const begun = { year: null, workflowId: 'sync/half', workflowRunId: 'one', startedBy: 'kiri' };
    const runId = await beginRun(journal, { kind: 'sync', ...begun });
    const values = [journal.targetId, runId];
    const { insertId } = await write(
      db,
      `INSERT INTO plan (target_id, run_id, snapshot_id, settings_hash, rules_version, moodle_release, counts, satisfied, hash, sealed_at)
        VALUES (?, ?, 1, 'x', 1, '4.5', '{}', 0, 'x', CURRENT_TIMESTAMP(3))`,
      values,
    );
    const change = (seq: number, state: string): Promise<unknown> =>
      write(
        db,
        `INSERT INTO plan_change (plan_id, seq, kind, operation, external_id, second_id, body, state)
          VALUES (?, ?, 'user', 'create', ?, '', '{}', ?)`,
        [insertId, seq, `half${seq}`, state],
      );
    await change(1, 'applied');
    await change(2, 'pending');
    const refused = { code: 'BackupFailed', message: expect.stringMatching(/being applied/) as string };
    await expect(makeDump(own.school, { folder })).rejects.toMatchObject(refused);
    await write(db, "UPDATE plan_change SET state = 'applied' WHERE plan_id = ?", [insertId]);
    // somebody takes the fence while the first rows come
    const racing = program(`while [ ! -e ${folder}/go ]; do sleep 0.1; done; exec mariadb-dump "$@"`);
    const dumping = makeDump(own.school, racing);
    await new Promise((done) => setTimeout(done, 1000));
    await write(db, 'UPDATE target SET fence = fence + 1 WHERE id = ?', [journal.targetId]);
    writeFileSync(join(folder, 'go'), '');
    await expect(dumping).rejects.toMatchObject(refused);
    expect(readdirSync(folder).sort()).toEqual(['go', 'program.sh']);
    await write(db, 'UPDATE run SET ended_at = CURRENT_TIMESTAMP(3) WHERE id = ?', [runId]);
    await expect(makeDump(own.school, { folder })).resolves.toMatchObject({
      sha256: expect.any(String) as string,
    });
  });

  test('cancelling kills the program and removes what was written', async () => {
    const slow = program(`echo $$ > ${folder}/pid; echo "-- begins"; exec sleep 300`);
    const stop = new AbortController();
    const dumping = makeDump(own.school, slow, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(dumping).rejects.toThrow();
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow();
    expect(readdirSync(folder).sort()).toEqual(['pid', 'program.sh']);
  });

  test('the password is in no argument and no variable of the program, and its file is gone afterwards', async () => {
    const spy = program(
      `tr '\\0' ' ' < /proc/$$/cmdline > ${folder}/seen; env >> ${folder}/seen; f=\${1#*=}; ` +
        `stat -c %a "$f" > ${folder}/mode; cat "$f" > ${folder}/options; exit 3`,
    );
    const school = { ...own.school, database: { ...testServer(), password: 'kōwhai-secret' } };
    await expect(makeDump(school, spy)).rejects.toMatchObject({ code: 'BackupFailed' });
    expect(await readFile(join(folder, 'seen'), 'utf8')).not.toContain('secret');
    expect(await readFile(join(folder, 'seen'), 'utf8')).toContain('--defaults-file=');
    expect(await readFile(join(folder, 'options'), 'utf8')).toContain('password="kōwhai-secret"');
    expect(await readFile(join(folder, 'mode'), 'utf8')).toBe('600\n');
    expect(readdirSync(folder).filter((name) => name.startsWith('.options'))).toEqual([]);
  });

  test("option files and variables of the machine's accounts change nothing", async () => {
    const before = { HOME: process.env['HOME'], MYSQL_PWD: process.env['MYSQL_PWD'] };
    writeFileSync(join(folder, '.my.cnf'), '[client]\nport=1\npassword=wrong\n[mysqldump]\nno-data\n');
    process.env['HOME'] = folder;
    process.env['MYSQL_PWD'] = 'wrong';
    try {
      const dump = await makeDump(own.school, { folder });
      expect(dump.rowCounts['mdl_config']).toBeGreaterThan(100);
    } finally {
      for (const [name, value] of Object.entries(before))
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    }
    expect(dumpArguments('/x', 'moodle', 'mysql')[0]).toBe('--defaults-file=/x');
    expect(renderOptions({ ...testServer(), password: 'a"\\b' }, null)).toContain('password="a\\"\\\\b"');
  }, 60_000);

  test('the documented rights suffice; too few are refused instead of leaving tables out', async () => {
    const enough = await account('GRANT SELECT, SHOW VIEW, TRIGGER ON MOODLE.*');
    const perTable = await account('GRANT SELECT ON MOODLE.mdl_user; GRANT SELECT ON MOODLE.mdl_config');
    try {
      const dump = await makeDump(enough, { folder });
      expect(dump.rowCounts).toEqual(await countRows(own.school.db, own.school.moodle.database));
      const id = await kept(dump);
      expect(await verifyBackup(enough, id)).toMatchObject({ how: 'hash', onlyHashed: 'NoRight' });
      await expect(makeDump(perTable, { folder })).rejects.toMatchObject({ code: 'MoodlePrivileges' });
    } finally {
      await enough.db.destroy();
      await perTable.db.destroy();
    }
  }, 60_000);

  test('a disk without room is refused before, and named when it fills up', () => {
    expect(() => requireSpace(2_000_000, 1_000_000)).toThrow(/1 MB free; Moodle's data take 2 MB/);
    expect(() => requireSpace(2_000_000, 2_000_000)).not.toThrow();
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
    expect(castDumpError(full)).toMatchObject({ code: 'BackupFailed' });
    expect(firstLine("mariadb-dump: Couldn't execute 'select 'x' from t': Lost connection (2013)")).toBe(
      "Couldn't execute …: Lost connection (2013)",
    );
    expect(firstLine('Warning: x\nmysqldump: Error 1 at `t`')).toBe('Error 1 at …');
  });

  test('a folder that others may look into is refused', async () => {
    chmodSync(folder, 0o755);
    await expect(makeDump(own.school, { folder })).rejects.toMatchObject({ code: 'BackupFailed' });
  });

  test('a dump is deleted only when asked: our file goes, the row stays out of sight; named files stay [T51]', async () => {
    const { journal } = own.school;
    const id = await kept(await makeDump(own.school, { folder }));
    const { file } = await selectBackup(journal, id);
    await expect(deleteBackup(journal, { folder: '/elsewhere' }, id, 'kiri')).rejects.toMatchObject({
      code: 'BackupNotFound',
    });
    expect(await deleteBackup(journal, { folder }, id, 'kiri')).toEqual({ fileDeleted: true });
    expect(existsSync(file ?? '')).toBe(false);
    await expect(selectBackup(journal, id)).rejects.toMatchObject({ code: 'BackupNotFound' });
    const named = join(folder, 'named.sql');
    writeFileSync(named, 'x\n-- Dump completed\n');
    const { backupId } = await nameFile(journal, { file: named, takenAt: null, by: 'kiri' });
    expect(await deleteBackup(journal, { folder }, backupId, 'kiri')).toEqual({ fileDeleted: false });
    expect(existsSync(named)).toBe(true);
  }, 60_000);

  test("the newest of Moodle's own course backups is found per course; the site itself is none", async () => {
    const { db, moodle } = own.school;
    const insert = (sql: string, values: readonly unknown[]): Promise<unknown> =>
      db.raw(sql, [moodle.database, ...values] as never);
    for (const id of [901, 902]) {
      const course = 'INSERT INTO ??.mdl_course (id, category, fullname, shortname) VALUES (?, 1, ?, ?)';
      await insert(course, [id, `c${id}`, `c${id}`]);
      await insert(
        'INSERT INTO ??.mdl_context (id, contextlevel, instanceid, path, depth) VALUES (?, 50, ?, ?, 3)',
        [id + 90_000, id, `/1/3/${id + 90_000}`],
      );
    }
    const file = `INSERT INTO ??.mdl_files (contenthash, pathnamehash, contextid, component, filearea, itemid, filepath,
      filename, filesize, timecreated, timemodified) VALUES ('x', ?, 90901, ?, ?, 0, '/', ?, 1, ?, ?)`;
    await insert(file, ['a', 'backup', 'course', 'a.mbz', 1000, 1000]);
    await insert(file, ['b', 'backup', 'automated', 'b.mbz', 2000, 2000]);
    await insert(file, ['c', 'backup', 'course', '.', 9000, 9000]);
    await insert(file, ['d', 'backup', 'activity', 'd.mbz', 9000, 9000]);
    expect(await selectCourseBackups(db, moodle as { database: string; prefix: string })).toEqual([
      { courseId: 901, newestAt: 2000 },
      { courseId: 902, newestAt: null },
    ]);
  });

  test('age counts from the moment whose data a dump holds; the future is refused', async () => {
    const { journal } = own.school;
    const takenAt = new Date(Date.now() - 30 * 3_600_000);
    const id = await nameElsewhere(journal, { statement: 'nightly dump on the NAS', takenAt, by: 'kiri' });
    expect((await selectBackup(journal, id)).ageHours).toBeCloseTo(30, 1);
    await expect(verifyBackup(own.school, id)).rejects.toMatchObject({ code: 'BackupNotFound' });
    const tomorrow = new Date(Date.now() + 86_400_000);
    await expect(
      nameElsewhere(journal, { statement: 'x', takenAt: tomorrow, by: 'kiri' }),
    ).rejects.toMatchObject({ code: 'UsageInvalid' });
  });
});
