/** What a plan asks people: who is who, and which course goes on. */
import type { JSX } from 'preact';
import type { PlanContent, Question } from '../plan-content.js';
import { Section, Type } from './layout.js';
import { Value } from './name.js';
import { ListTable, whoColumn, type Column } from './tables.js';

/** How many there are. */
export function questionsOf({ proposals, reused }: PlanContent): number {
  return proposals.total + reused.total;
}

const questionColumns: readonly Column<Question>[] = [
  whoColumn,
  { title: 'Question', cell: ({ what }) => <Value>{what}</Value> },
  { title: 'What speaks for it', cell: ({ evidence }) => <Value>{evidence}</Value> },
];

const proposalColumns: readonly Column<Question>[] = [
  ...questionColumns,
  {
    title: 'What both say',
    cell: ({ sides = [] }) => (
      <>
        {sides.map(({ label, value }) => (
          <div key={label}>
            {label}: <Value>{value}</Value>
          </div>
        ))}
      </>
    ),
  },
];

/** The section; nothing where nothing is asked. */
export function Questions({ content }: { readonly content: PlanContent }): JSX.Element | null {
  if (questionsOf(content) === 0) return null;
  return (
    <Section id="questions" title="Questions for you">
      <p>
        Nobody is linked and no course is used again without a person’s word. Until it is given, these people
        and classes wait.
      </p>
      {content.proposals.total === 0 ? null : (
        <>
          <h3>Is this the same person or class?</h3>
          <ListTable
            id="proposal-list"
            caption="Accounts and courses that are in Moodle already and may be the same."
            columns={proposalColumns}
            list={content.proposals}
            empty=""
          />
        </>
      )}
      {content.reused.total === 0 ? null : (
        <>
          <h3>Does the course go on, or is there a new one?</h3>
          <ListTable
            id="reused-list"
            caption="Class codes that are used again with mostly other students."
            columns={questionColumns}
            list={content.reused}
            empty=""
          />
        </>
      )}
      <Type {...content.answerQuestions} />
    </Section>
  );
}
