/** Tables of grades, groups and completion; only read, to prove that nothing is lost (docs/grade-safety.md). */
import type { TableFacts } from '../schema-facts.js';

export const gradeTables = {
  grade_items: {
    access: ['select'],
    why: 'grades are compared before and after',
    columns: { id: 'bigint auto_increment', courseid: 'bigint null default NULL' },
  },
  grade_grades: {
    access: ['select'],
    why: 'grades are compared before and after',
    columns: {
      id: 'bigint auto_increment',
      itemid: 'bigint not null',
      userid: 'bigint not null',
      rawgrade: 'decimal(10,5) null default NULL',
      finalgrade: 'decimal(10,5) null default NULL',
      overridden: 'bigint not null',
      feedback: 'longtext null default NULL',
    },
  },
  groups: {
    access: ['select'],
    why: 'memberships of groups are compared before and after',
    columns: { id: 'bigint auto_increment', courseid: 'bigint not null' },
  },
  groups_members: {
    access: ['select'],
    why: 'memberships of groups are compared before and after',
    columns: { id: 'bigint auto_increment', groupid: 'bigint not null', userid: 'bigint not null' },
  },
  course_completions: {
    access: ['select'],
    why: 'completions are compared before and after',
    columns: {
      id: 'bigint auto_increment',
      userid: 'bigint not null',
      course: 'bigint not null',
      timecompleted: 'bigint null default NULL',
    },
  },
} as const satisfies Record<string, TableFacts>;
