/** The plan: what would happen in Moodle, what would not and why, and who must decide. */
import type { JSX } from 'preact';
import type { Comparison } from '../data/model/comparison.js';
import type { Season } from '../data/model/guard.js';
import type { PlanCounts } from '../data/model/plan.js';
import type { Bar, Bounded, Cause, Command, Frame, GuardLine, Item, Views } from './content.js';
import { Bars, YearLevels } from './parts/bars.js';
import { Causes } from './parts/causes.js';
import { renderDocument } from './parts/document.js';
import { Layout, Notice, Section, Type } from './parts/layout.js';
import { ListSection } from './parts/list-section.js';
import { Value } from './parts/name.js';
import { changesSentence, keptSentence, sumOf, Guards, Tiles } from './parts/summary.js';
import { ListTable, whoColumn, type Column } from './parts/tables.js';
import { PlanViews, viewAnchors } from './parts/views.js';
import { changeTitles, count, countOf } from './words.js';

/** An account or course that may be the person or class, or a class whose code is used again. */
export interface Question extends Item {
  /** What speaks for it. */
  readonly evidence: string;
  /** What both sides say, to compare; absent where only one side is asked about. */
  readonly sides?: readonly { readonly label: string; readonly value: string }[];
}

export interface PlanContent {
  readonly frame: Frame;
  readonly planId: number;
  readonly counts: PlanCounts;
  readonly satisfied: number;
  /** How many changes, and how many of them are not done yet. */
  readonly changes: number;
  readonly pending: number;
  readonly guards: readonly GuardLine[];
  readonly season: Season;
  readonly comparison: Comparison | null;
  readonly proposals: Bounded<Question>;
  readonly reused: Bounded<Question>;
  readonly answerQuestions: Command;
  readonly causes: readonly Cause[];
  readonly kept: Bounded<Item>;
  readonly views: Views;
}

function questionsOf({ proposals, reused }: PlanContent): number {
  return proposals.total + reused.total;
}

/** Notices that are the other side of a question are counted as the question. */
const asked: ReadonlySet<string> = new Set(['link-proposed', 'code-reused']);

function notDoneOf({ causes }: PlanContent): number {
  const open = causes.filter(({ code, tone }) => tone !== 'plain' && !asked.has(code));
  return open.reduce((sum, { items }) => sum + items.total, 0);
}

function Progress({ changes, pending }: PlanContent): JSX.Element | null {
  if (pending === changes) return null;
  return (
    <p>
      {pending === 0
        ? 'This plan has been carried out.'
        : `${count(changes - pending)} of ${count(changes)} steps have been carried out so far.`}
    </p>
  );
}

function Summary({ content }: { readonly content: PlanContent }): JSX.Element {
  const { counts } = content;
  const does = changesSentence(counts);
  const notDone = notDoneOf(content);
  const waiting = counts['held.enrolment'] ?? 0;
  const questions = questionsOf(content);
  return (
    <>
      <p>
        {does === ''
          ? 'This plan changes nothing in Moodle.'
          : `When this plan is carried out, Moodle gets ${does}.`}
        {content.satisfied > 0
          ? ` ${countOf(content.satisfied, 'enrolment')} are right already and stay as they are.`
          : ''}
      </p>
      <p>{keptSentence(counts)}</p>
      {notDone + questions === 0 ? (
        <p>Nothing is left open.</p>
      ) : (
        <p>
          {notDone > 0
            ? `${countOf(notDone, 'thing is', 'things are')} not done until a person settles ${notDone === 1 ? 'it' : 'them'}. `
            : ''}
          {questions > 0 ? `${countOf(questions, 'question waits', 'questions wait')} for an answer. ` : ''}
          {waiting > 0 ? `${countOf(waiting, 'enrolment waits', 'enrolments wait')} for that.` : ''}
        </p>
      )}
      <Progress {...content} />
      <Tiles
        tiles={[
          { label: 'new accounts', value: counts['user.create'] ?? 0, tone: 'good' },
          { label: 'new courses', value: counts['course.create'] ?? 0, tone: 'good' },
          { label: 'new enrolments', value: counts['enrolment.create'] ?? 0, tone: 'good' },
          { label: 'left out until mended', value: notDone, tone: notDone > 0 ? 'careful' : 'plain' },
          { label: 'questions for you', value: questions, tone: questions > 0 ? 'careful' : 'plain' },
          { label: 'kept, deletion is off', value: sumOf(counts, 'kept') },
        ]}
      />
      <Guards guards={content.guards} season={content.season} any={content.changes > 0} />
    </>
  );
}

/** What is written, by type, then what is not. */
function typeBars(counts: PlanCounts): Bar[] {
  const bar = (label: string, value: number, tone: Bar['tone']): Bar[] =>
    value === 0 ? [] : [{ label, value, tone }];
  return [
    ...Object.entries(changeTitles).flatMap(([name, words]) => bar(words.title, counts[name] ?? 0, 'plain')),
    ...bar('Not done: conflict', counts['notice.conflict'] ?? 0, 'bad'),
    ...bar('Not done: waits for an answer', counts['notice.held'] ?? 0, 'careful'),
  ];
}

function Plots({ content }: { readonly content: PlanContent }): JSX.Element {
  const { comparison } = content;
  return (
    <div class="columns">
      <Section id="changes" title="Changes by type">
        <Bars
          caption="How many of each would be written, and how many are left out."
          what="Change"
          bars={typeBars(content.counts)}
        />
      </Section>
      <Section id="levels" title="Students who joined and left">
        {comparison === null || comparison.yearLevels.length === 0 ? (
          <p class="quiet">The reading says nothing about year levels.</p>
        ) : (
          <YearLevels levels={comparison.yearLevels} />
        )}
      </Section>
    </div>
  );
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

function Questions({ content }: { readonly content: PlanContent }): JSX.Element | null {
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

const itemColumns: readonly Column<Item>[] = [
  whoColumn,
  { title: 'What', cell: ({ what }) => <Value>{what}</Value> },
];

/** What stays in Moodle though KnowledgeNET no longer has it. */
export function KeptSection({ kept }: { readonly kept: Bounded<Item> }): JSX.Element {
  return (
    <ListSection
      id="kept"
      title="Kept, because deletion is off"
      caption="What is kept."
      columns={itemColumns}
      list={kept}
      empty="Everything that was made in Moodle is still in KnowledgeNET."
    >
      <p>In Moodle by this tool, and no longer in KnowledgeNET. All of it stays as it is.</p>
    </ListSection>
  );
}

/** The page as text. */
export function renderPlanPage(content: PlanContent): string {
  const title = `Plan ${content.planId}: what would change in Moodle`;
  const questions = questionsOf(content) === 0 ? [] : [{ id: 'questions', title: 'Questions' }];
  return renderDocument(
    `${title} – ${content.frame.school}`,
    <Layout
      frame={content.frame}
      title={title}
      anchors={[
        { id: 'changes', title: 'Numbers' },
        ...questions,
        { id: 'not-done', title: 'Not done' },
        ...viewAnchors,
        { id: 'kept', title: 'Kept' },
      ]}
      summary={<Summary content={content} />}
    >
      <Plots content={content} />
      <Questions content={content} />
      <Section id="not-done" title="Not done, and why">
        {content.causes.length === 0 ? (
          <Notice tone="good" title="Nothing is left out." />
        ) : (
          <Causes id="cause" causes={content.causes} empty="" />
        )}
      </Section>
      <PlanViews views={content.views} />
      <KeptSection kept={content.kept} />
    </Layout>,
  );
}
