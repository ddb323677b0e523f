/** The report: how a run ended, what it has done, what it has not done and why, and who decided what. */
import type { JSX } from 'preact';
import type { Bounded, Item } from './content.js';
import { Bars, YearLevels } from './parts/bars.js';
import { Causes } from './parts/causes.js';
import { renderDocument } from './parts/document.js';
import { GradeSection } from './parts/grade-safety.js';
import { KeptSection } from './parts/kept.js';
import { Layout, Notice, Section, Type } from './parts/layout.js';
import { ListSection } from './parts/list-section.js';
import { Value } from './parts/name.js';
import { OverTime } from './parts/over-time.js';
import { Tiles } from './parts/summary.js';
import { ListTable, whoColumn, type Column } from './parts/tables.js';
import { PlanViews, viewAnchors } from './parts/views.js';
import type { Decided, PlanOfRun, Remark, ReportContent, UndoState } from './report-content.js';
import { count, countOf, shortHash } from './format.js';

function Verified({ verified, remaining }: ReportContent): JSX.Element {
  if (verified === null) return <Notice tone="plain" title="Moodle was not read again afterwards." />;
  return verified ? (
    <Notice tone="good" title="Checked: Moodle was read again, and nothing is left to do." />
  ) : (
    <Notice
      tone="bad"
      title={`Checked: Moodle was read again, and ${countOf(remaining, 'change is', 'changes are')} still missing.`}
    />
  );
}

function Visible({ visible }: Pick<ReportContent, 'visible'>): JSX.Element | null {
  if (visible === null) return null;
  return (
    <Notice tone={visible.late.length === 0 ? 'good' : 'careful'} title={visible.sentence}>
      {visible.late.length === 0 ? null : (
        <ul>
          {visible.late.map((line) => (
            <li>{line}</li>
          ))}
        </ul>
      )}
      {visible.cure === null ? null : <Type {...visible.cure} />}
    </Notice>
  );
}

function Summary({ content }: { readonly content: ReportContent }): JSX.Element {
  const { done, kept } = content;
  return (
    <>
      <p>
        {content.outcome === null
          ? 'This run has not ended; the page shows where it stood when the page was made.'
          : `This run has ended: ${content.outcome}.`}{' '}
        It was started on {content.started} by <Value>{content.startedBy}</Value>
        {content.ended === null ? '.' : ` and ended on ${content.ended}.`}
      </p>
      <p>
        {done.applied === 0
          ? 'Nothing was written to Moodle.'
          : `${countOf(done.applied, 'change was', 'changes were')} written to Moodle.`}
        {done.conflict > 0
          ? ` ${countOf(done.conflict, 'change was', 'changes were')} not made, because Moodle had become different.`
          : ''}
        {done.satisfied > 0
          ? ` ${countOf(done.satisfied, 'change')} had been made by somebody else meanwhile.`
          : ''}
        {done.pending > 0 ? ` ${countOf(done.pending, 'change')} of the plan were not made.` : ''}{' '}
        {content.withdrawn.total === 0
          ? ''
          : `${countOf(content.withdrawn.total, 'thing was', 'things were')} suspended or hidden. `}
        {content.deleted.total === 0
          ? 'Nothing was deleted.'
          : `${countOf(content.deleted.total, 'thing was', 'things were')} listed to be deleted for good: see below.`}
      </p>
      <Tiles
        tiles={[
          { label: 'changes done', value: done.applied, tone: 'good' },
          { label: 'in conflict', value: done.conflict, tone: done.conflict > 0 ? 'bad' : 'plain' },
          { label: 'not done', value: done.pending, tone: done.pending > 0 ? 'careful' : 'plain' },
          {
            label: content.keptBy === 'apply' ? 'kept, deletion is off' : 'left as they are',
            value: kept.total,
          },
          {
            label: 'losses of grades or work',
            value: content.grades.lost.total,
            tone: content.grades.lost.total > 0 ? 'bad' : 'good',
          },
          { label: 'decisions', value: content.decisions.length },
        ]}
      />
      {content.plans.length === 0 ? null : <Verified {...content} />}
      <Visible visible={content.visible} />
    </>
  );
}

const decisionColumns: readonly Column<Decided>[] = [
  { title: 'When', cell: ({ at }) => at },
  { title: 'What was asked', cell: ({ gate }) => gate },
  { title: 'Answer', cell: ({ verdict }) => verdict },
  { title: 'Account', cell: ({ by }) => <Value>{by}</Value> },
  { title: 'Hash', cell: ({ hash }) => <code title={hash}>{shortHash(hash)}</code> },
  { title: 'Comment', cell: ({ comment }) => <Value>{comment}</Value> },
];

const remarkColumns: readonly Column<Remark>[] = [
  { title: 'When', cell: ({ at }) => at },
  { title: 'Account', cell: ({ by }) => <Value>{by}</Value> },
  { title: 'Comment', cell: ({ text }) => <Value>{text}</Value> },
];

const planColumns: readonly Column<PlanOfRun>[] = [
  { title: 'Plan', cell: ({ planId }) => String(planId) },
  { title: 'What became of it', cell: ({ sentence }) => sentence },
  { title: 'Snapshot', number: true, cell: ({ snapshotId }) => String(snapshotId) },
  { title: 'Hash', cell: ({ hash }) => <code title={hash}>{shortHash(hash)}</code> },
];

const itemColumns: readonly Column<Item>[] = [
  whoColumn,
  { title: 'What', cell: ({ what }) => <Value>{what}</Value> },
  { title: 'More', cell: ({ detail }) => <Value>{detail}</Value> },
];

function Plots({ content }: { readonly content: ReportContent }): JSX.Element {
  const { yearLevels, overTime } = content;
  return (
    <>
      <Section id="time" title="Changes over time">
        <OverTime runs={overTime} />
      </Section>
      <Section id="levels" title="Students who joined and left" className="narrow">
        {yearLevels === null || yearLevels.length === 0 ? (
          <p class="quiet">The reading is not kept any more, or says nothing about year levels.</p>
        ) : (
          <YearLevels levels={yearLevels} />
        )}
      </Section>
    </>
  );
}

function UndoSection({ undo }: { readonly undo: UndoState }): JSX.Element {
  const { left, takenBack, until, command } = undo;
  return (
    <Section id="undo" title="What can still be taken back">
      <p>
        {takenBack === 0 ? '' : `${countOf(takenBack, 'change has', 'changes have')} been taken back. `}
        {until === null
          ? left === 0
            ? 'Nothing of this run is in effect that could be taken back.'
            : 'The changes of this run are not kept any more: it cannot be taken back by command.'
          : `${countOf(left, 'change')} can be taken back until ${until}, one by one or together. What people have changed or used in Moodle since is not overwritten.`}
      </p>
      {until === null ? null : <Type {...command} />}
    </Section>
  );
}

function Removed({ content }: { readonly content: ReportContent }): JSX.Element {
  return (
    <>
      <ListSection
        id="withdrawn"
        title="Suspended or hidden"
        caption="Grades and work of all of them stay, and they can come back."
        columns={itemColumns}
        list={content.withdrawn}
        empty="Nothing was suspended or hidden."
      />
      {content.deleted.total === 0 ? null : (
        <ListSection
          id="deleted"
          title="Deleted for good"
          caption="What the gate listed, and what became of each."
          columns={itemColumns}
          list={content.deleted}
          empty=""
        />
      )}
    </>
  );
}

function all<T>(items: readonly T[]): Bounded<T> {
  return { items, total: items.length, command: '' };
}

/** The page as text. */
export function renderReportPage(content: ReportContent): string {
  const open = content.conflicts.reduce((sum, cause) => sum + cause.items.total, 0);
  return renderDocument(
    `${content.title} – ${content.frame.school}`,
    <Layout
      frame={content.frame}
      title={content.title}
      anchors={[
        { id: 'outcomes', title: 'Numbers' },
        { id: 'levels', title: 'Year levels' },
        { id: 'grades', title: 'Grades and work' },
        { id: 'conflicts', title: 'Conflicts' },
        { id: 'not-done', title: 'Not done' },
        ...(content.views === null ? [] : viewAnchors),
        ...(content.keptBy === 'undo' ? [] : [{ id: 'kept', title: 'Kept' }]),
        { id: 'withdrawn', title: 'Withdrawn' },
        { id: 'undo', title: 'Taking back' },
        { id: 'decisions', title: 'Decisions' },
      ]}
      summary={<Summary content={content} />}
    >
      <Section id="outcomes" title="What was done, by type">
        {content.outcomes.length === 0 ? (
          <p class="quiet">Nothing had to be written.</p>
        ) : (
          <Bars
            caption="Changes of the plans, by what became of them."
            what="Change"
            bars={content.outcomes.map((one) => ({
              label: one.label,
              note: one.state,
              value: one.count,
              tone: one.tone,
            }))}
          />
        )}
        <h3>Plans of this run</h3>
        <ListTable
          id="plan-list"
          caption="In the order in which they were made."
          columns={planColumns}
          list={all(content.plans)}
          empty="No plan was made."
        />
      </Section>
      <Plots content={content} />
      <GradeSection proof={content.grades} />
      <Section id="conflicts" title="Conflicts, and why">
        <p>
          {open === 0
            ? 'There was none.'
            : `${count(open)} of the changes were not made, because Moodle had become different from what the plan was made on.`}
        </p>
        <Causes id="conflict" causes={content.conflicts} empty="" />
      </Section>
      <Section id="not-done" title="Not planned, and why">
        <Causes id="cause" causes={content.causes} empty="Nothing was left out of the plan." />
      </Section>
      {content.views === null ? null : <PlanViews purpose={content.purpose} views={content.views} />}
      <KeptSection purpose={content.keptBy} kept={content.kept} />
      <Removed content={content} />
      <UndoSection undo={content.undo} />
      <Section id="decisions" title="Who decided what">
        <ListTable
          id="decision-list"
          caption="Decisions and refusals, in the order in which they were made."
          columns={decisionColumns}
          list={all(content.decisions)}
          empty="Nobody has decided anything in this run."
        />
        {content.comments.length === 0 ? null : (
          <>
            <h3>Comments</h3>
            <ListTable
              id="comment-list"
              caption="What people wrote beside the run."
              columns={remarkColumns}
              list={all(content.comments)}
              empty=""
            />
          </>
        )}
      </Section>
    </Layout>,
  );
}
