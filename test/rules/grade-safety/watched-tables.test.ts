import { expect, test } from 'vitest';
import { watchedTables, type SchemaColumn } from '../../../data/rules/grade-safety/watched-tables.js';

function table(name: string, ...columns: readonly string[]): SchemaColumn[] {
  return columns.map((column) => {
    const [word = '', type = 'bigint(10)'] = column.split(' ');
    return { table: name, column: word, type, nullable: column.endsWith('null') };
  });
}

const gradebook = [
  ...table('grade_items', 'id', 'courseid', 'calculation longtext null'),
  ...table(
    'grade_grades',
    'id',
    'itemid',
    'userid',
    'finalgrade decimal(10,5) null',
    'feedback longtext null',
  ),
];

test('the gradebook is known; columns that a Moodle does not have are left out', () => {
  const { tables } = watchedTables(gradebook, []);
  expect(tables.map((one) => one.table)).toEqual(['grade_grades', 'grade_items']);
  expect(tables[0]?.values.map(({ column }) => column)).toEqual(['finalgrade', 'feedback']);
  expect(tables[0]?.columns).toEqual(['itemid', 'finalgrade', 'feedback']);
});

test('any activity’s tables are found by its name, a person and its id', () => {
  const schema = [
    ...table('pātai', 'id', 'course'),
    ...table(
      'pātai_answers',
      'id',
      'pātaiid',
      'userid',
      'answer longtext null',
      'score decimal(10,5) null',
      'timemodified',
    ),
    ...table('pātai_options', 'id', 'pātaiid', 'text longtext null'),
    ...table('pātai_read', 'id', 'pātaiid', 'userid'),
    ...table('unrelated_answers', 'id', 'pātaiid', 'userid'),
  ];
  const { tables, unread } = watchedTables(schema, ['pātai', 'page']);
  expect(tables).toEqual([
    {
      table: 'pātai_answers',
      way: [{ by: 'pātaiid', table: 'pātai' }],
      course: 'course',
      person: { at: 0, column: 'userid' },
      values: [
        { column: 'answer', presence: 'not-empty' },
        { column: 'score', presence: 'not-null' },
      ],
      columns: ['pātaiid', 'answer', 'score'],
    },
  ]);
  expect(unread, 'an activity of which nothing may be read is said').toEqual(['page']);
});

test('a known table whose way to the course is missing is left out', () => {
  expect(watchedTables(table('quiz_attempts', 'id', 'quiz', 'userid', 'preview'), []).tables).toEqual([]);
});
