/** The proof that nobody has lost grades or work: what was compared, in numbers, and what differs. */
import type { JSX } from 'preact';
import type { Bounded, Command, Item } from '../content.js';
import { count, countOf } from '../format.js';
import { Notice, Section, Type } from './layout.js';
import { Value } from './name.js';
import { ListTable, whoColumn, type Column } from './tables.js';

/** One table of Moodle. */
export interface ComparedTable {
  readonly table: string;
  readonly rowsBefore: number;
  readonly rowsAfter: number | null;
  readonly valuesBefore: number;
  readonly valuesAfter: number | null;
}

/** Around the apply of one plan. */
export interface ComparedPlan {
  readonly planId: number;
  readonly before: string;
  /** Null: applying was broken off, and nothing was compared. */
  readonly after: string | null;
  readonly people: number;
  readonly courses: number;
  readonly losses: number;
  readonly others: number;
  readonly tables: readonly ComparedTable[];
  readonly unread: readonly string[];
}

export interface GradeProof {
  readonly plans: readonly ComparedPlan[];
  readonly lost: Bounded<Item>;
  readonly others: Bounded<Item>;
  /** Null: nothing was lost. */
  readonly undo: Command | null;
}

const tableColumns: readonly Column<ComparedTable>[] = [
  { title: 'Moodle’s table', cell: ({ table }) => <Value>{table}</Value> },
  { title: 'Rows before', number: true, cell: ({ rowsBefore }) => count(rowsBefore) },
  {
    title: 'Rows after',
    number: true,
    cell: ({ rowsAfter }) => (rowsAfter === null ? '' : count(rowsAfter)),
  },
  { title: 'Values before', number: true, cell: ({ valuesBefore }) => count(valuesBefore) },
  {
    title: 'Values after',
    number: true,
    cell: ({ valuesAfter }) => (valuesAfter === null ? '' : count(valuesAfter)),
  },
];

const itemColumns: readonly Column<Item>[] = [
  whoColumn,
  { title: 'Course', cell: ({ detail }) => <Value>{detail}</Value> },
  { title: 'What', cell: ({ what }) => <Value>{what}</Value> },
];

function Verdict({ proof }: { readonly proof: GradeProof }): JSX.Element {
  const { plans, lost, others } = proof;
  if (lost.total > 0)
    return (
      <Notice
        tone="bad"
        title={`Grades or work are gone: ${countOf(lost.total, 'difference')}, named below.`}
      >
        {proof.undo === null ? null : <Type {...proof.undo} />}
      </Notice>
    );
  if (plans.some(({ after }) => after === null))
    return <Notice tone="careful" title="Applying was broken off; its end was not compared." />;
  if (others.total > 0)
    return (
      <Notice
        tone="good"
        title={`Nothing is gone. ${countOf(others.total, 'thing differs', 'things differ')}, as when teachers mark meanwhile.`}
      />
    );
  return <Notice tone="good" title="Nothing is gone, and nothing differs." />;
}

function Plan({ plan }: { readonly plan: ComparedPlan }): JSX.Element {
  const { planId, before, after, people, courses, tables, unread } = plan;
  return (
    <>
      <h3>Plan {planId}</h3>
      <p>
        {people + courses === 0
          ? 'None of its people and courses was in Moodle before: there was nothing that could be lost.'
          : `${countOf(people, 'person', 'people')} and ${countOf(courses, 'course')} that were in Moodle before were looked at ${before}${after === null ? '.' : ` and ${after}.`}`}
        {unread.length === 0
          ? ''
          : ` Not compared, because the database account may not read them: ${unread.join(', ')}.`}
      </p>
      {tables.length === 0 ? null : (
        <ListTable
          id={`grades-${planId}`}
          caption="What was compared, row by row. A value is a grade, a mark of override, a feedback, a submitted text."
          columns={tableColumns}
          list={{ items: tables, total: tables.length, command: '' }}
          empty=""
        />
      )}
    </>
  );
}

/** The whole section. */
export function GradeSection({ proof }: { readonly proof: GradeProof }): JSX.Element {
  const { plans, lost, others } = proof;
  return (
    <Section id="grades" title="Grades and work">
      {plans.length === 0 ? (
        <p class="quiet">Nothing was applied, so nothing was compared.</p>
      ) : (
        <Verdict proof={proof} />
      )}
      {lost.total === 0 ? null : (
        <ListTable id="lost-list" caption="What is gone." columns={itemColumns} list={lost} empty="" />
      )}
      {others.total === 0 ? null : (
        <ListTable
          id="differing-list"
          caption="What else differs: no loss."
          columns={itemColumns}
          list={others}
          empty=""
        />
      )}
      {plans.map((plan) => (
        <Plan plan={plan} />
      ))}
    </Section>
  );
}
