/** The findings: what is wrong in a reading, how to mend it, and whether the reading is believable. */
import type { JSX } from 'preact';
import type { Comparison, GroupTypeCounts } from '../data/model/comparison.js';
import { findingCodes, type FindingCode, type Severity } from '../data/model/finding.js';
import type { Bounded, Cause, ClassRef, Frame, PersonRef } from './content.js';
import { Bars, YearLevels } from './parts/bars.js';
import { Causes } from './parts/causes.js';
import { renderDocument } from './parts/document.js';
import { Layout, Notice, Section } from './parts/layout.js';
import { ListSection } from './parts/list-section.js';
import { Class, Person } from './parts/name.js';
import { Tiles } from './parts/summary.js';
import { type Column } from './parts/tables.js';
import { count, countOf } from './format.js';
import { severityTones } from './words.js';

/** One person's or class's findings. */
export interface Concerned<R> {
  readonly about: R;
  readonly number: number;
  readonly what: readonly string[];
}

export interface FindingsContent {
  readonly frame: Frame;
  readonly snapshotId: number;
  readonly people: { readonly students: number; readonly teachers: number };
  readonly classes: number;
  readonly counts: readonly {
    readonly code: FindingCode;
    readonly severity: Severity;
    readonly count: number;
  }[];
  readonly comparison: Comparison | null;
  readonly causes: readonly Cause[];
  readonly byClass: Bounded<Concerned<ClassRef>>;
  readonly byTeacher: Bounded<Concerned<PersonRef>>;
  readonly byStudent: Bounded<Concerned<PersonRef>>;
}

function totalOf(content: FindingsContent, ...severities: readonly Severity[]): number {
  return content.counts
    .filter(({ severity }) => severities.includes(severity))
    .reduce((sum, one) => sum + one.count, 0);
}

function Compared({ comparison }: { readonly comparison: Comparison | null }): JSX.Element {
  if (comparison === null || comparison.baseSnapshotId === null)
    return <p>Moodle was never brought to an earlier reading, so everybody counts as new.</p>;
  const { people, teachers } = comparison;
  return (
    <p>
      Compared with the last reading that Moodle was brought to, {countOf(people.joiners, 'person', 'people')}{' '}
      joined and {count(people.leavers)} left (teachers: {count(teachers.joiners)} joined,{' '}
      {count(teachers.leavers)} left). {countOf(comparison.movedBetweenClasses, 'student')} stayed and moved
      between classes.
    </p>
  );
}

function Summary({ content }: { readonly content: FindingsContent }): JSX.Element {
  const stops = totalOf(content, 'stops-run');
  const drops = totalOf(content, 'drops-record', 'drops-value');
  const notices = totalOf(content, 'notice');
  return (
    <>
      <p>
        This reading of KnowledgeNET has {countOf(content.people.students, 'student')},{' '}
        {countOf(content.people.teachers, 'teacher')} and {countOf(content.classes, 'class', 'classes')}.
      </p>
      <Compared comparison={content.comparison} />
      {stops > 0 ? (
        <Notice tone="bad" title={`${countOf(stops, 'finding')} stop the rollover.`}>
          Mend them in KnowledgeNET, export the workbook again and upload it.
        </Notice>
      ) : (
        <Notice
          tone={drops > 0 ? 'careful' : 'good'}
          title={
            drops > 0
              ? `${countOf(drops, 'record or value is', 'records or values are')} left out.`
              : 'Nothing stops the rollover, and nothing is left out.'
          }
        >
          {drops > 0
            ? 'The rollover can go on without them. Mended in KnowledgeNET, they come in with the next reading.'
            : null}
        </Notice>
      )}
      <Tiles
        tiles={[
          { label: 'students', value: content.people.students },
          { label: 'teachers', value: content.people.teachers },
          { label: 'classes', value: content.classes },
          { label: 'findings that stop', value: stops, tone: stops > 0 ? 'bad' : 'good' },
          { label: 'left out', value: drops, tone: drops > 0 ? 'careful' : 'good' },
          { label: 'for your information', value: notices },
        ]}
      />
    </>
  );
}

const typeColumns: readonly Column<GroupTypeCounts>[] = [
  { title: 'Type', cell: ({ groupType }) => <bdi>{groupType === '' ? 'none' : groupType}</bdi> },
  { title: 'Classes before', number: true, cell: ({ before }) => count(before) },
  { title: 'Now', number: true, cell: ({ now }) => count(now) },
  { title: 'New', number: true, cell: ({ newClasses }) => count(newClasses) },
  { title: 'Gone', number: true, cell: ({ goneClasses }) => count(goneClasses) },
  { title: 'Members before', number: true, cell: ({ membershipsBefore }) => count(membershipsBefore) },
  { title: 'Members now', number: true, cell: ({ membershipsNow }) => count(membershipsNow) },
];

function Plots({ content }: { readonly content: FindingsContent }): JSX.Element {
  const { comparison, counts } = content;
  return (
    <>
      <Section id="codes" title="Findings by cause">
        {counts.length === 0 ? (
          <p>There are none: every record is as it should be.</p>
        ) : (
          <Bars
            caption="How often each cause occurs."
            what="Cause"
            bars={counts.map((one) => ({
              label: findingCodes[one.code],
              value: one.count,
              tone: severityTones[one.severity].tone,
              note: `${severityTones[one.severity].word} (${one.code})`,
            }))}
          />
        )}
      </Section>
      <Section id="levels" title="Students who joined and left" className="narrow">
        {comparison === null || comparison.yearLevels.length === 0 ? (
          <p class="quiet">The reading says nothing about year levels.</p>
        ) : (
          <YearLevels levels={comparison.yearLevels} />
        )}
      </Section>
      {comparison === null || comparison.groupTypes.length === 0 ? null : (
        <ListSection
          id="types"
          title="Classes by type"
          listId="type-list"
          caption="Classes and their members, before and now."
          columns={typeColumns}
          list={{ items: comparison.groupTypes, total: comparison.groupTypes.length, command: '' }}
          empty=""
        />
      )}
    </>
  );
}

function concernedColumns<R>(title: string, name: (one: R) => JSX.Element): Column<Concerned<R>>[] {
  return [
    { title, cell: ({ about }) => name(about) },
    { title: 'Findings', number: true, cell: ({ number }) => count(number) },
    {
      title: 'What',
      cell: ({ what }) => (
        <>
          {what.map((line) => (
            <div>{line}</div>
          ))}
        </>
      ),
    },
  ];
}

const byPerson = concernedColumns<PersonRef>('Name', (about) => <Person of={about} />);
const byClass = concernedColumns<ClassRef>('Class', (about) => <Class of={about} />);

/** The page as text. */
export function renderFindingsPage(content: FindingsContent): string {
  const title = `Reading ${content.snapshotId}: what was found`;
  return renderDocument(
    `${title} – ${content.frame.school}`,
    <Layout
      frame={content.frame}
      title={title}
      anchors={[
        { id: 'codes', title: 'Numbers' },
        { id: 'causes', title: 'Causes' },
        { id: 'classes', title: 'By class' },
        { id: 'teachers', title: 'By teacher' },
        { id: 'students', title: 'By student' },
      ]}
      summary={<Summary content={content} />}
    >
      <Plots content={content} />
      <Section id="causes" title="Causes, and how to mend them">
        <Causes id="cause" causes={content.causes} empty="There are no findings." />
      </Section>
      <ListSection
        id="classes"
        title="By class"
        listId="class-list"
        caption="Classes with findings."
        columns={byClass}
        list={content.byClass}
        empty="No class has a finding."
      />
      <ListSection
        id="teachers"
        title="By teacher"
        listId="teacher-list"
        caption="Teachers with findings."
        columns={byPerson}
        list={content.byTeacher}
        empty="No teacher has a finding."
      />
      <ListSection
        id="students"
        title="By student"
        listId="student-list"
        caption="Students with findings."
        columns={byPerson}
        list={content.byStudent}
        empty="No student has a finding."
      />
    </Layout>,
  );
}
