/** A plan from three sides: by class, by teacher, by student. */
import type { JSX } from 'preact';
import type { PlanPurpose } from '../../data/model/plan.js';
import type { Bounded, ClassView, Member, PersonView, Views } from '../content.js';
import { count } from '../format.js';
import type { Anchor } from './layout.js';
import { ListSection } from './list-section.js';
import { Class, Person, Value } from './name.js';
import { More, type Column } from './tables.js';

export const viewAnchors: readonly Anchor[] = [
  { id: 'classes', title: 'By class' },
  { id: 'teachers', title: 'By teacher' },
  { id: 'students', title: 'By student' },
];

function Marked({ member }: { readonly member: Member }): JSX.Element {
  return (
    <>
      <Person of={member.person} />
      {member.doing === null ? null : ` (${member.doing})`}
      {member.mark === null ? null : <span class="problem"> ({member.mark})</span>}
    </>
  );
}

/** Few are shown at once, many when they are asked for. */
const SHOWN_AT_ONCE = 6;

function People({ of, words }: { readonly of: Bounded<Member>; readonly words: string }): JSX.Element | null {
  if (of.total === 0) return null;
  const list = (
    <>
      <ul class="people">
        {of.items.map((member) => (
          <li>
            <Marked member={member} />
          </li>
        ))}
      </ul>
      <More of={of} />
    </>
  );
  if (of.total <= SHOWN_AT_ONCE) return list;
  return (
    <details>
      <summary>
        {count(of.total)} {words}
      </summary>
      {list}
    </details>
  );
}

function Problems({ of }: { readonly of: readonly string[] }): JSX.Element | null {
  if (of.length === 0) return null;
  return (
    <>
      {of.map((problem) => (
        <div class="problem">{problem}</div>
      ))}
    </>
  );
}

interface Headings {
  readonly teachers: string;
  readonly students: string;
  readonly classes: string;
}

const headings: Readonly<Record<PlanPurpose, Headings>> = {
  apply: {
    teachers: 'Teachers who come in',
    students: 'Students who come in',
    classes: 'Comes into',
  },
  removals: {
    teachers: 'Teachers whose enrolment is suspended',
    students: 'Students whose enrolment is suspended',
    classes: 'Enrolments suspended',
  },
  undo: {
    teachers: 'Teachers whose enrolment is removed again',
    students: 'Students whose enrolment is removed again',
    classes: 'Enrolments removed again',
  },
};

const classColumns = (heading: Headings): readonly Column<ClassView>[] => [
  { title: 'Class', sort: (one) => one.class.id, cell: (one) => <Class of={one.class} /> },
  {
    title: 'Course',
    cell: (one) => (
      <>
        {one.course}{' '}
        {one.detail === '' ? null : (
          <small>
            <Value>{one.detail}</Value>
          </small>
        )}
        <Problems of={one.problems} />
      </>
    ),
  },
  {
    title: heading.teachers,
    sort: ({ teachers }) => teachers.total,
    cell: ({ teachers }) => <People of={teachers} words="teachers" />,
  },
  {
    title: heading.students,
    sort: ({ students }) => students.total,
    cell: ({ students }) => <People of={students} words="students" />,
  },
];

function personColumns(heading: Headings, withYear: boolean): Column<PersonView>[] {
  const year: Column<PersonView> = {
    title: 'Year',
    number: true,
    cell: ({ person }) => person.yearLevel,
  };
  return [
    {
      title: 'Name',
      sort: ({ person }) => person.name || person.id,
      cell: ({ person }) => <Person of={person} />,
    },
    ...(withYear ? [year] : []),
    {
      title: 'Account',
      cell: ({ account, detail, problems }) => (
        <>
          {account}{' '}
          {detail === '' ? null : (
            <small>
              <Value>{detail}</Value>
            </small>
          )}
          <Problems of={problems} />
        </>
      ),
    },
    {
      title: heading.classes,
      sort: ({ classes }) => classes.length,
      cell: ({ classes }) => (
        <span class="codes">
          {classes.map(({ id, doing }, at) => (
            <>
              {at === 0 ? null : ', '}
              <Value>{id}</Value>
              {doing === null ? null : ` (${doing})`}
            </>
          ))}
        </span>
      ),
    },
  ];
}

/** The three sections. */
export function PlanViews({
  purpose,
  views,
}: {
  readonly purpose: PlanPurpose;
  readonly views: Views;
}): JSX.Element {
  const heading = headings[purpose];
  return (
    <>
      <ListSection
        id="classes"
        title="By class"
        listId="class-list"
        caption="Every class whose course or members change, or for which something is not done."
        columns={classColumns(heading)}
        list={views.classes}
        empty="No class changes."
      />
      <ListSection
        id="teachers"
        title="By teacher"
        listId="teacher-list"
        caption="Every teacher for whom something changes, or is not done."
        columns={personColumns(heading, false)}
        list={views.teachers}
        empty="Nothing changes for a teacher."
      />
      <ListSection
        id="students"
        title="By student"
        listId="student-list"
        caption="Every student for whom something changes, or is not done."
        columns={personColumns(heading, true)}
        list={views.students}
        empty="Nothing changes for a student."
      />
    </>
  );
}
