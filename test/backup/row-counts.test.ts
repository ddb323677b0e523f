/** Rows counted in the text of a dump, wherever its pieces end. */
import { expect, test } from 'vitest';
import { differingTables, RowCounter } from '../../data/backup/row-counts.js';
import { courseBackupCommand, withoutRecent } from '../../data/backup/course-backups.js';

const dump = `-- MariaDB dump
CREATE TABLE \`mdl_empty\` (
  \`id\` bigint(10) NOT NULL COMMENT 'a (b); INSERT INTO'
);
CREATE TABLE \`mdl_user\` (
  \`id\` bigint(10) NOT NULL
);
INSERT INTO \`mdl_user\` VALUES
(1,'O\\'Brien (x),(y);'),
(2,'ends with \\\\'),
(3,_binary '\\n),(4);',NULL),(4,'it''s');
INSERT INTO \`mdl_user\` (\`id\`, \`VALUES(\`) VALUES (5,0x28282828);
CREATE TABLE \`mdl_log\` (\`id\` int);
INSERT INTO \`mdl_log\` VALUES (1),(2),(3);INSERT INTO \`mdl_not\` VALUES (1);
-- Dump completed on 2027-01-05 10:00:00
`;

for (const size of [1, 2, 7, 10_000])
  test(`counts rows outside of strings, in pieces of ${size} bytes`, () => {
    const counter = new RowCounter();
    const bytes = Buffer.from(dump);
    for (let at = 0; at < bytes.length; at += size) counter.add(bytes.subarray(at, at + size));
    expect(counter.counts).toEqual({ mdl_empty: 0, mdl_log: 3, mdl_user: 5 });
    expect(counter.rows).toBe(8);
    expect(counter.ended).toBe(true);
  });

test('an end mark inside of the dump is none', () => {
  const counter = new RowCounter();
  counter.add(Buffer.from("\n-- Dump completed on 2027-01-05 10:00:00\nINSERT INTO `t` VALUES ('\\n"));
  expect(counter.ended).toBe(false);
});

test('tables that differ or are on one side only are named', () => {
  expect(differingTables({ a: 1, b: 2, c: 0 }, { a: 1, b: 3, d: 0 })).toEqual(['b', 'c', 'd']);
});

test("courses without a recent backup are listed with Moodle's own command", () => {
  const now = new Date('2027-01-31T00:00:00Z');
  const day = (text: string): number => new Date(text).getTime() / 1000;
  const courses = [
    { courseId: 2, newestAt: null },
    { courseId: 3, newestAt: day('2027-01-20T00:00:00Z') },
    { courseId: 4, newestAt: day('2026-12-20T00:00:00Z') },
  ];
  expect(withoutRecent(courses, 30, now).map(({ courseId }) => courseId)).toEqual([2, 4]);
  expect(courseBackupCommand(2, '/srv/kō')).toBe(
    "php admin/cli/backup.php --courseid=2 --destination='/srv/kō'",
  );
});
